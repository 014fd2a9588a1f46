/** What the gate has decided of roles' sessions, for the emulator's own IAM to decide once more. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import { prepare, type Question } from "../../../packages/iam/src/evaluate/decide";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Tools } from "./tools";

/** Mistakes that second_opinion.py can mend. */
const MISTAKES = ["session-arn", "policy-variables"] as const;

/** Where the two differ, and who is right by which page. */
export const differences = () =>
  z
    .record(
      z.enum(MISTAKES),
      z.strictObject({
        right: z.literal("project"),
        why: z.string(),
        page: z.string().startsWith("https://docs.aws.amazon.com/"),
      }),
    )
    .parse(parse(readFileSync(join(__dirname, "differences.yaml"), "utf8")));

type Verdict = "allowed" | "denied";

/** A decision as the project's evaluator made it. */
interface Decision {
  readonly verdict: Verdict;
  readonly line: string;
  readonly shown: string;
}

const decisions = new Map<string, Decision>();
const documents = new Map<string, string>();

const kept = (policy: Policy): string => {
  const text = JSON.stringify({ Statement: policy.statements.map(({ content }) => content) });
  const known = documents.get(text) ?? String(documents.size);
  documents.set(text, known);
  return known;
};

/** Keys of conditions, and of variables, that a policy speaks of. */
const keysOf = (policy: Policy): string[] =>
  policy.statements.flatMap(({ content }) => [
    ...Object.values((content["Condition"] ?? {}) as Readonly<Record<string, object>>).flatMap(Object.keys),
    ...[...JSON.stringify(content).matchAll(/\$\{([^},]+)/g)].map(([, key = ""]) => key),
  ]);

/** Notes a decision of the gate. */
export function noteDecision(model: AccessModel, question: Question, verdict: Verdict): void {
  if (question.principal.kind !== "session") return;
  const { request, documents: by } = prepare(model, question);
  const { principal } = request;
  if (principal.kind !== "session") return;
  const policies = [...by.identity, ...[by.boundary ?? []].flat(), ...[by.resource ?? []].flat()];
  const context: Record<string, unknown> = {};
  for (const key of new Set(policies.flatMap(keysOf))) {
    const values = request.context(key);
    if (values) context[key.toLowerCase()] = values.length === 1 ? values[0] : values;
  }
  const line = JSON.stringify({
    session: principal.arn,
    role: principal.roleArn,
    account: principal.account,
    action: request.action,
    arn: request.resource.arn,
    owner: request.resource.account,
    region: context["aws:requestedregion"] ?? "",
    context,
    identity: by.identity.map(kept),
    boundary: by.boundary ? [kept(by.boundary)] : [],
    resource: by.resource ? [kept(by.resource)] : [],
    required: /^(kms|sts):/i.test(request.action),
  });
  decisions.set(line, {
    verdict,
    line,
    shown: `${principal.roleArn} ${request.action} on ${request.resource.arn}`,
  });
}

const opinions = z.object({
  plain: z.enum(["allowed", "denied"]),
  "session-arn": z.enum(["allowed", "denied"]),
  "policy-variables": z.enum(["allowed", "denied"]),
  all: z.enum(["allowed", "denied"]),
});

/** Everything that was noted, each once, with what the emulator's IAM makes of it. */
export function secondOpinions({ python, modules }: Tools) {
  const all = [...decisions.values()];
  const byNumber = Object.fromEntries(
    [...documents].map(([text, name]) => [name, JSON.parse(text) as unknown]),
  );
  const { stdout, stderr, status } = spawnSync(python, [join(__dirname, "second_opinion.py")], {
    env: { PATH: process.env["PATH"] ?? "", PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: "1" },
    input: [JSON.stringify(byNumber), ...all.map(({ line }) => line), ""].join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`the emulator's IAM ended with ${String(status)}:\n${stderr}`);
  const lines = stdout.trimEnd().split("\n");
  return all.map(({ verdict, shown }, index) => ({
    ...{ verdict, shown },
    other: opinions.parse(JSON.parse(lines[index] ?? "")),
  }));
}
