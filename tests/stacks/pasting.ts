/** CodePipeline and CodeBuild as they make a job's environment: references are resolved in text, and the JSON is parsed after that. */

/** What somebody else can write into a variable, each with what must not come of it. */
export const HOSTILE: readonly string[] = [
  '","type":"PLAINTEXT"},{"name":"BASH_ENV","type":"PLAINTEXT","value":"$(touch pwned)',
  'it\'s\n"quoted"\\',
  "#{codepipeline.PipelineExecutionId} #{Build.CODE_DIGEST}",
  "$(touch pwned)`touch pwned`",
  "a\u0000b",
  "x".repeat(100_000),
];

/** Resolves every reference, raw: CodePipeline's own with the run's id, all others with the value. */
export const paste = (written: string, id: string, value: string): string =>
  written.replace(/#\{([^}]*)\}/g, (_, reference: string) =>
    reference === "codepipeline.PipelineExecutionId" ? id : value,
  );

/** The variables that CodeBuild makes of it. Throws where it would refuse the JSON. */
export const environmentOf = (pasted: string): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(pasted) as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  );
