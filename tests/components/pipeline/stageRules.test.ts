import assert from "node:assert/strict";
import { stageProblems } from "../../../components/pipeline/stageRules";
import { releaseStages } from "../../../components/pipeline/stages";
import type {
  JobNames,
  Action,
  ApprovalAction,
  JobAction,
  SourceAction,
  Stage,
} from "../../../components/stage";

const source: Action & SourceAction = {
  ...{ name: "Source", runOrder: 1, kind: "source" },
  namespace: "Src",
  output: "Source",
};
const job: Action & JobAction = {
  name: "Build",
  runOrder: 1,
  kind: "job",
  namespace: "Build",
  job: "build",
  input: "Source",
  output: "Release",
  variables: { ID: "#{codepipeline.PipelineExecutionId}" },
  exports: ["DIGEST"],
};
const approval: Action & ApprovalAction = {
  name: "Approval",
  runOrder: 1,
  kind: "approval",
  summary: "#{Build.DIGEST}",
  link: "https://example.com",
  timeoutInMinutes: 5,
};
const first: Stage = { name: "Source", actions: [source] };
const build = (change: object = {}): Stage => ({ name: "Build", actions: [{ ...job, ...change }] });
const asks = (change: object = {}): Stage => ({ name: "Ask", actions: [{ ...approval, ...change }] });
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
/** A job whose variables take so many characters of its configuration. */
const long = (characters: number): Stage =>
  build({
    variables: { ID: "x".repeat(characters - '[{"name":"ID","value":"","type":"PLAINTEXT"}]'.length) },
  });

const jobs: JobNames = (kind, environment) =>
  [kind, ...(environment === undefined ? [] : [environment])].join("-");

describe("stageProblems", () => {
  const has = (title: string, stages: readonly Stage[], ...problems: string[]) =>
    it(title, () => assert.deepEqual(stageProblems(stages), problems));

  has(
    "finds none in the real stages",
    releaseStages(
      [
        { name: "a", account: "222222222222" },
        { name: "b", account: "333333333333", approvalTimeoutDays: 60 },
      ],
      jobs,
    ),
  );
  has("finds none at the edges of every limit", [
    first,
    long(1000),
    asks({ timeoutInMinutes: 86_400, name: "a".repeat(100), summary: "x", link: "y".repeat(1000) }),
    ...many(47, (i) => ({
      name: `s${i}`,
      actions: many(50, (j) => ({
        ...job,
        output: `o${i}-${j}`,
        name: `a${j}`,
        namespace: `n${i}-${j}`,
        variables: {},
      })),
    })),
  ]);

  has("wants two stages", [first], "a pipeline has 2 to 50 stages, this one 1: split it into two pipelines");
  has(
    "takes no more than fifty",
    [first, ...many(50, (i) => ({ ...asks({ summary: "x" }), name: `s${i}` }))],
    "a pipeline has 2 to 50 stages, this one 51: split it into two pipelines",
  );
  has(
    "takes a stage's name once",
    [first, build(), { ...asks(), name: "Build" }],
    "stage Build is there twice",
  );
  has(
    "takes names of stages that match",
    [first, { ...build(), name: "a b" }],
    "stage a b: the name must match ^[A-Za-z0-9.@_-]{1,100}$",
  );
  has(
    "takes no stage without actions",
    [first, build(), { name: "Empty", actions: [] }],
    "stage Empty: a stage has 1 to 50 actions, this one 0",
  );
  has(
    "takes no stage of more than fifty",
    [first, build(), { name: "Full", actions: many(51, (i) => ({ ...approval, name: `a${i}` })) }],
    "stage Full: a stage has 1 to 50 actions, this one 51",
  );
  has(
    "wants sources first",
    [{ name: "Source", actions: [source, { ...job, input: "Source" }] }, asks()],
    "stage Source: the first stage has source actions only, and no other stage has any",
  );
  has(
    "wants sources nowhere else",
    [
      first,
      build(),
      { name: "Late", actions: [{ name: "Late", runOrder: 1, kind: "source", output: "Late" }] },
    ],
    "stage Late: the first stage has source actions only, and no other stage has any",
  );
  has(
    "rolls no source back",
    [{ ...first, onFailure: "ROLLBACK" }, build()],
    "stage Source: the source stage cannot be rolled back",
  );
  has(
    "takes an action's name once in a stage",
    [first, build(), { name: "Ask", actions: [approval, approval] }],
    "stage Ask: action Approval is there twice",
  );
  has(
    "takes names of actions that match",
    [first, build({ name: "" })],
    "stage Build: action : the name must match ^[A-Za-z0-9.@_-]{1,100}$",
  );
  has(
    "wants an artifact before it is used",
    [first, build({ input: "Release" })],
    "stage Build: action Build: no earlier action produces artifact Release",
  );
  has(
    "takes an artifact from one action only",
    [first, build({ output: "Source" })],
    "stage Build: action Build: artifact Source is produced already",
  );
  has(
    "takes names of artifacts that match",
    [first, build({ output: "a.b" })],
    "stage Build: action Build: artifact a.b must match ^[A-Za-z0-9_-]{1,100}$",
  );
  has(
    "takes no configuration value above 1000 characters, references included",
    [first, long(1001)],
    "stage Build: action Build: EnvironmentVariables has 1001 characters, CodePipeline takes 1 to 1000",
  );
  has(
    "takes no empty configuration value",
    [first, build(), asks({ link: "" })],
    "stage Ask: action Approval: ExternalEntityLink has 0 characters, CodePipeline takes 1 to 1000",
  );
  has(
    "wants a namespace before it is read",
    [first, asks({ summary: "#{Build.DIGEST}" }), build()],
    "stage Ask: action Approval: no earlier action provides #{Build.DIGEST}",
  );
  for (const value of [
    "#{Build.DIGEST}",
    "#{Src.CommitId}",
    "x#{codepipeline.PipelineExecutionId}",
    "#{variables.A}",
  ]) {
    const [problem] = [`variable A pastes ${value} into the job's environment`];
    it(`pastes nothing into a job's environment but the run's id: ${value}`, () => {
      const stages = [
        first,
        build(),
        { ...build({ output: "Out", namespace: "N", variables: { A: value } }), name: "B" },
      ];
      assert.ok(stageProblems(stages).some((each) => each.startsWith(`stage B: action Build: ${problem}`)));
    });
  }
  const rules = (variable: string, count = 1) =>
    many(count, (i) => ({ name: `r${i}`, variable, matches: "x" }));
  has("checks at the door what an earlier action exports", [
    first,
    build(),
    { ...asks({ summary: "x" }), entry: rules("#{Build.DIGEST}") },
  ]);
  has(
    "checks at the door nothing that nobody exports, and at most five things",
    [first, build(), { ...asks({ summary: "x" }), entry: rules("#{Build.OTHER}", 6) }],
    "stage Ask: a condition has 1 to 5 rules, this one 6",
    ...many(6, (i) => `stage Ask: rule r${i}: no earlier action provides #{Build.OTHER}`),
  );
  has(
    "wants a variable to be exported",
    [first, build(), asks({ summary: "#{Build.OTHER} #{Src.Nothing}" })],
    "stage Ask: action Approval: no earlier action provides #{Build.OTHER}",
    "stage Ask: action Approval: no earlier action provides #{Src.Nothing}",
  );
  for (const minutes of [4, 86_401, 7.5]) {
    has(
      `takes no approval of ${minutes} minutes`,
      [first, build(), asks({ timeoutInMinutes: minutes })],
      `stage Ask: action Approval: an approval waits 5 to 86400 minutes, not ${minutes}`,
    );
  }
  has(
    "takes a namespace once",
    [first, build({ namespace: "Src" })],
    "stage Build: action Build: namespace Src is taken",
  );
  has(
    "takes none of CodePipeline's own namespaces",
    [first, build({ namespace: "codepipeline" })],
    "stage Build: action Build: namespace codepipeline is taken",
  );
  has(
    "takes namespaces that are names",
    [first, build({ namespace: "a.b" })],
    "stage Build: action Build: namespace a.b is not a name",
  );
});
