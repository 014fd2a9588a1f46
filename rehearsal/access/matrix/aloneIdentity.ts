/** How changed policies are judged that are somebody's own, and boundaries. */
import type { PolicyDocument } from "../../record/policyDocuments";
import { arnOf } from "../estate/collect";
import { heldPolicy } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Attached, Policy } from "../../../packages/iam/src/policy/policies";
import { boundaryOf } from "./castModel";
import { namedBy } from "./decoys";
import { stacksIn } from "./facts";
import type { Prepared } from "./judge";
import type { Round } from "./questions";
import { rowMarks } from "./statements";
import { text } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";

export type Where = Omit<Round, "classes" | "found">;

/** How changed documents of one policy are judged. */
export interface Bench {
  readonly name: string;
  readonly attached: Attached;
  /** The rows that it has to do with: they tell actions apart. */
  readonly marks: ReadonlyMap<string, string>;
  /** Puts a changed policy in place of its own, and says who is asked about what. */
  readonly rounds: (changed: Policy) => readonly Where[];
}

const only = <Value>(key: string, value: Value): ReadonlyMap<string, Value> => new Map([[key, value]]);

/** Somebody's own policy, or a boundary: nothing else limits, and whatever is asked for lets in. */
function ofIdentity(
  { real, ground, rows }: Prepared,
  roleArn: string,
  change: (changed: Policy) => Partial<AccessModel>,
) {
  const subjects = real.subjects.filter(
    ({ principal }) => principal.kind === "session" && principal.roleArn === roleArn,
  );
  const who = subjects.flatMap((each) => each.who);
  const account = roleArn.split(":")[4] ?? "";
  return {
    attached: "identity" as const,
    marks: rowMarks(ground.actions, [
      ...new Set(rows.filter((row) => who.includes(row.who)).map(({ row }) => row)),
    ]),
    rounds: (changed: Policy): Where[] => [
      {
        cast: { model: { ...real.model, ...change(changed) }, subjects },
        otherSide: true,
        asked: [...ground.asked, ...namedBy([changed], account, real.model.guarded)],
      },
    ],
  };
}

export function inlineBench(prepared: Prepared, { resource, statements }: PolicyDocument): Bench {
  const { roles } = prepared.real.model;
  const name = text(resource.inputs, "role");
  const role =
    [...roles.values()].find((each) => each.account === resource.account && each.arn.endsWith(`/${name}`)) ??
    notKnown(`role ${name} is not in the model`);
  const change = (changed: Policy) => ({
    roles: only(role.arn, {
      ...role,
      boundary: undefined,
      identity: role.identity.map((each) => (each.statements[0]?.content === statements[0] ? changed : each)),
    }),
  });
  return { name: `inline policy of role ${name}`, ...ofIdentity(prepared, role.arn, change) };
}

export function managedBench(prepared: Prepared, { resource }: PolicyDocument): Bench {
  const { real, facts } = prepared;
  const arn = arnOf(resource);
  const name = `managed policy ${arn.split("/").at(-1)}`;
  const of = stacksIn(facts).find(({ values }) => boundaryOf(values) === arn);
  if (of) {
    const { roles, workload } = of.values;
    const change = (changed: Policy) => ({ managed: only(arn, changed) });
    return { name, ...ofIdentity(prepared, `${String(roles)}${String(workload)}-anything`, change) };
  }
  const registered = real.model.managed.get(arn);
  const having = [...real.model.roles.values()].find(
    (each) => registered && heldPolicy(each.arn) === undefined && each.identity.includes(registered),
  );
  if (having) {
    const own = (changed: Policy) => having.identity.map((each) => (each === registered ? changed : each));
    const change = (changed: Policy) => ({
      roles: only(having.arn, { ...having, boundary: undefined, identity: own(changed) }),
    });
    return { name, ...ofIdentity(prepared, having.arn, change) };
  }
  const subject = real.subjects.find(({ who }) => who.includes(`holder ${arn}`))?.principal;
  const role = subject?.kind === "session" ? real.model.roles.get(subject.roleArn) : undefined;
  if (!role)
    return notKnown(
      `${name} is neither a boundary nor of a role nor for people: add whom it is for to the access matrix`,
    );
  return {
    name,
    ...ofIdentity(prepared, role.arn, (changed) => ({
      roles: only(role.arn, { ...role, identity: [changed] }),
    })),
  };
}
