import { catalog, type Catalog, serviceOf } from "../../../../packages/iam/src/policy/catalog";
import type { Statement } from "../../../../packages/iam/src/policy/policies";
import { type Principal, service } from "../../../../packages/iam/src/policy/principals";
import { isAskedOn } from "../../../../packages/iam/src/lint/statementFaults";
import { resourceTest } from "../../../../packages/iam/src/policy/patterns";
import { asking as askingAs, instance, meeting, wanted } from "./instances";
import { list, map } from "../../../../packages/iam/src/json";
import type { Thing } from "./thing";

/** One question that a statement gives rise to. */
export interface Asking {
  readonly from: Thing;
  readonly to: Thing;
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** What meets the statement's conditions. */
  readonly context: Readonly<Record<string, string>>;
}

type Covered = Catalog["covered"];

const texts = (value: unknown): string[] => list(value).map(String);
const allowing = (statements: readonly Statement[]): Statement[] =>
  statements.filter(({ effect }) => effect === "Allow");

/** What a written resource means for a thing: its own ARNs, and something inside it. */
function meanings(written: string, account: string): (thing: Thing) => string[] {
  const test = resourceTest(written.includes("${aws:PrincipalTag/") ? instance(written) : written, "literal");
  const covers = (arn: string) => test(arn, () => undefined);
  const made = instance(written, account);
  return (thing) => {
    const own = thing.arns.filter(covers);
    const inside = [made, ...own.map((arn) => `${arn}/x`)].filter(thing.has);
    return [...new Set([...own, ...inside])];
  };
}

/** What a role's own statements speak of. */
function asRole(things: readonly Thing[], covered: Covered, from: Thing): Asking[] {
  const { role } = from;
  if (!role) return [];
  const principal = askingAs(role);
  const statements = allowing(role.identity.flatMap((policy) => policy.statements));
  return statements.flatMap(({ content }) => {
    const context = meeting(content, from.account);
    const actions = texts(content["Action"]).flatMap(covered);
    return texts(content["Resource"]).flatMap((written) => {
      const meant = meanings(written, from.account);
      return things
        .filter((to) => to !== from)
        .flatMap((to) =>
          meant(to).flatMap((resource) =>
            actions
              .filter((action) => isAskedOn(action, resource))
              .map(({ name: action }) => ({ from, to, principal, action, resource, context })),
          ),
        );
    });
  });
}

/** What resources' statements let services do on behalf of a thing: a function that has its image pulled. */
function asService(things: readonly Thing[], covered: Covered, to: Thing): Asking[] {
  return allowing(to.policy?.statements ?? []).flatMap(({ content }) =>
    texts(map(content["Principal"])["Service"]).flatMap((name) =>
      wanted(content, "aws:SourceArn").flatMap((written) => {
        const source = instance(written);
        const from = things.find((each) => each !== to && (each.arns.includes(source) || each.has(source)));
        if (!from) return [];
        const given = { "aws:SourceArn": source, "aws:SourceAccount": from.account };
        const context = { ...meeting(content, from.account), ...given };
        const resource = instance(texts(content["Resource"])[0] ?? to.arns[0] ?? "");
        const actions = texts(content["Action"]).flatMap(covered);
        return actions.map(({ name: action }) => ({
          from,
          to,
          principal: service(name),
          action,
          resource,
          context,
        }));
      }),
    ),
  );
}

/** Every question that the statements give rise to: each action that they name, on each thing that they cover. */
export async function askingsOf(things: readonly Thing[]): Promise<Asking[]> {
  const statements = things
    .flatMap(({ role, policy }) => [...(role?.identity ?? []), ...(policy ? [policy] : [])])
    .flatMap((policy) => policy.statements);
  const named = statements.flatMap(({ content }) => texts(content["Action"]).map(serviceOf));
  const services = things.flatMap(({ arns }) => arns.map((arn) => arn.split(":")[2] ?? ""));
  const { covered } = await catalog(
    [...named, ...services, "sts"].filter((each) => /^[a-z0-9-]+$/.test(each)),
  );
  return things.flatMap((thing) => [...asRole(things, covered, thing), ...asService(things, covered, thing)]);
}
