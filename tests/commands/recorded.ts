/** An AWS client that answers from a record, without a network. */

interface Context {
  readonly commandName?: string;
}
interface Stack {
  add(
    middleware: (
      next: unknown,
      context: Context,
    ) => (args: { input: unknown }) => Promise<{ output: unknown; response: unknown }>,
    options: { step: "initialize" },
  ): void;
}

/** By name of the command, one answer a call, the last of them again and again; an Error is thrown. */
export type Answers = Readonly<Record<string, readonly unknown[]>>;

/** The same client, and what it was asked: `["DeleteStack", input]`. A command without an answer fails by its name. */
export function recorded<C>(
  client: C,
  answers: Answers,
): { client: C; asked: (readonly [string, unknown])[] } {
  const asked: (readonly [string, unknown])[] = [];
  const { middlewareStack } = client as unknown as { middlewareStack: Stack };
  middlewareStack.add(
    (_, { commandName = "" }) =>
      ({ input }) => {
        const name = commandName.replace(/Command$/, "");
        const given = answers[name] ?? [new Error(`no answer to ${name}`)];
        const answer = given[Math.min(asked.filter(([each]) => each === name).length, given.length - 1)];
        asked.push([name, input]);
        return answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve({ output: { $metadata: {}, ...(answer as object) }, response: {} });
      },
    { step: "initialize" },
  );
  return { client, asked };
}

/** What every client is made with; nothing is ever sent. */
export const NOWHERE = {
  region: "eu-central-1",
  endpoint: "http://127.0.0.1:1",
  credentials: () => Promise.resolve({ accessKeyId: "none", secretAccessKey: "none" }),
};
