import { bringUp, type BringUpOptions } from "./bringUp";
import type { Rehearsed } from "../record/record";
import { type Finding, judge, type Rule, type Verdict } from "../rules/rule";
import { RULES } from "../rules/all";
import type { Folder } from "../record/stackFiles";
import type { NotShown } from "../record/notShown";

/** The bring-up: what came up and how it was judged. */
export interface Act1 {
  readonly runs: Rehearsed;
  /** Empty where not everything came up: rules would speak of what is missing anyway. */
  readonly verdicts: readonly Verdict[];
  /** With the rule that found it; errors of programs have none. */
  readonly findings: readonly (Finding & { readonly rule?: Pick<Rule, "id" | "title" | "source"> })[];
  readonly notShown: readonly NotShown[];
}

const NOT_SHOWN: readonly NotShown[] = [
  {
    what: "that AWS itself accepts each value; quotas raised or used up in an account",
    shownBy: "pulumi up",
  },
  {
    what: "unknown values of a first preview, and that a second up changes nothing",
    shownBy: "npm run test:engine, over a doubled AWS; pulumi up",
  },
  {
    what: "what is inside awsx components: their own program does not run here",
    shownBy: "npm run test:engine, over a doubled AWS; pulumi up",
  },
  {
    what: "the jobs' commands",
    shownBy: "npm test, with a recording aws command; a release",
  },
  {
    what: "that a connection is authorised, a repository has the branch, people confirm their e-mail",
    shownBy: "pulumi up",
  },
  {
    what: "that a push starts a pipeline, also one that was made before its connection was authorised",
    shownBy: "npm run doctor, then a push",
  },
];

/** What rules have found, each with its rule. */
export const findingsOf = (verdicts: readonly Verdict[]): Act1["findings"] =>
  verdicts.flatMap(({ rule: { id, title, source }, findings }) =>
    findings.map((finding) => ({ ...finding, rule: { id, title, source } })),
  );

/** Brings the stacks of a folder up and judges them. */
export async function rehearse(
  folder: Folder,
  options: BringUpOptions & { rules?: readonly Rule[] },
): Promise<Act1> {
  const { runs, findings } = await bringUp(folder, options);
  if (findings.length > 0) {
    const unjudged = { what: "the rules: not all stacks came up", shownBy: "npm start, once they do" };
    return { runs, verdicts: [], findings, notShown: [unjudged, ...NOT_SHOWN] };
  }
  const verdicts = judge(runs, options.rules ?? RULES);
  return { runs, verdicts, findings: findingsOf(verdicts), notShown: NOT_SHOWN };
}
