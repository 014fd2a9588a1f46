import type { Permission } from "./permission";
import type { Mismatch } from "./questions";

const spoken = ({ context }: Mismatch): string => {
  const all = Object.entries(context).map(([key, value]) => `${key}=${String(value)}`);
  return all.length > 0 ? ` with ${all.join(", ")}` : "";
};

/** One line for a question whose answer is not the access matrix's. */
export function findingOf(mismatch: Mismatch): string {
  const { subject, of, asked, decision, permissions } = mismatch;
  const others = of.actions.length > 1 ? ` (and ${of.actions.length - 1} like it)` : "";
  const what = `${of.representative}${others} on ${asked.arn}${spoken(mismatch)}`;
  if (decision.verdict === "allowed") {
    const by = decision.by.map(({ sid, policy }) => `${sid} in ${policy}`).join(" and ");
    return `${subject.name} may ${what}, which the access matrix does not have, by ${by || "nothing but being root"}; narrow the statement, or add a row that says why`;
  }
  const why = permissions.map(({ reason }) => reason).join("; ");
  return `${subject.name} may not ${what}, which the access matrix has (${why}), for lack of ${decision.missing.join(", ")}; add the statement, or take the row out`;
}

/** What tells findings apart: the same of many resources and values is one line. */
const kindOf = ({ subject, of, decision, permissions }: Mismatch): string =>
  [
    subject.name,
    of.representative,
    decision.verdict,
    ...decision.by.map(({ sid, policy }) => `${sid} ${policy}`),
    ...permissions.map(({ reason }) => reason),
  ].join("|");

/** One line for each kind of mismatch, and for each permission that nothing was asked of. */
export function findingsOf(mismatches: readonly Mismatch[], idle: readonly Permission[]): string[] {
  const kinds = new Map<string, Mismatch>();
  for (const each of mismatches) if (!kinds.has(kindOf(each))) kinds.set(kindOf(each), each);
  return [
    ...[...kinds.values()].map(findingOf),
    ...idle.map(
      ({ at, who, actions, on }) =>
        `${at}: nothing was asked of the row "${who}: ${actions.join(", ")} on ${on.map(({ arn }) => arn).join(", ")}": its names fit nothing, or its conditions exclude each other`,
    ),
  ];
}
