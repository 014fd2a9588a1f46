/** Holds changed policies of a principal, and boundaries, against the access matrix: by requests alone that AWS knows. */
import type { Subject as Asking } from "../matrix/cast";
import type { Asked } from "../matrix/decoys";
import { findingOf } from "../matrix/findings";
import type { Prepared } from "../matrix/judge";
import { askRound, type Ground, type Mismatch } from "../matrix/questions";
import { classes, rowMarks } from "../matrix/statements";
import { serviceOf } from "../../../packages/iam/src/policy/catalog";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import { type Forms, type Home, instanceOf, isAsked } from "../../../packages/iam/src/mutation/forms";
import type { Subject } from "./subjects";
import type { AccessModel, Role } from "../../../packages/iam/src/model";
import { texts } from "../../../packages/iam/src/json";

/** A principal that a policy is about, and its role. */
interface Held {
  readonly asking: Asking;
  readonly role: Role;
  readonly asBoundary: boolean;
}

function heldBy({ real: { model, subjects } }: Prepared, own: Policy, name: string): Held[] {
  const found = subjects.flatMap((asking): Held[] => {
    const role = asking.principal.kind === "session" ? model.roles.get(asking.principal.roleArn) : undefined;
    if (!role) return [];
    if (role.identity.includes(own)) return [{ asking, role, asBoundary: false }];
    // What a template's role may do under a boundary its own policies say, too.
    const asBoundary =
      !asking.atMost && role.boundary !== undefined && model.managed.get(role.boundary) === own;
    return asBoundary ? [{ asking, role, asBoundary }] : [];
  });
  return found.length > 0 ? found : notKnown(`${name} belongs to no principal of the access matrix`);
}

/** The model where this policy is another, and where nothing else limits those who have it. */
function modelWith(
  { real: { model } }: Prepared,
  held: readonly Held[],
  own: Policy,
  changed: Policy,
): AccessModel {
  const swapped = (each: Policy): Policy => (each === own ? changed : each);
  return {
    ...model,
    roles: new Map(
      held.map(({ role, asBoundary }) => {
        const boundary = asBoundary ? role.boundary : undefined;
        return [role.arn, { ...role, boundary, identity: role.identity.map(swapped) }] as const;
      }),
    ),
    managed: new Map([...model.managed].map(([arn, each]) => [arn, swapped(each)] as const)),
  };
}

/** Rows about actions and resources alone: for what a template writes, a boundary beside it has the conditions. */
const withoutConditions = (ground: Ground): Ground => ({
  ...ground,
  rows: new Map(
    [...ground.rows].map(
      ([who, rows]) => [who, rows.map((row) => ({ ...row, when: [], resourceConditions: [] }))] as const,
    ),
  ),
});

/** ARNs that some patterns cover, one for each form that AWS asks for the services' actions on. */
function instances(
  patterns: Iterable<string>,
  forms: Forms,
  services: ReadonlySet<string>,
  home: Home,
): Set<string> {
  const all = new Set([...forms].flatMap(([action, of]) => (services.has(serviceOf(action)) ? of : [])));
  return new Set(
    [...patterns].flatMap((each) => [...all].flatMap((form) => instanceOf(each, form, home) ?? [])),
  );
}

/** What is asked about beside the access matrix's own questions. */
interface Beside {
  readonly forms: Forms;
  /** An account that is none of the project's: whatever a statement does not place may be there, too. */
  readonly stranger: string;
}

/** Judges changed documents of one policy: the first finding, or undefined. */
export function identityJudge(
  prepared: Prepared,
  { forms, stranger }: Beside,
  { policy: own, registered, name }: Subject,
) {
  const { rows, facts } = prepared;
  const held = heldBy(prepared, own, name);
  const ground = registered ? prepared.ground : withoutConditions(prepared.ground);
  const who = held.flatMap(({ asking }) => asking.who);
  const mine = rows.filter((row) => who.includes(row.who));
  const marks = rowMarks(ground.actions, [...new Set(mine.map(({ row }) => row))]);
  const { partition, region } = facts.settings;
  const account = held[0]?.role.account ?? "";
  const homes = [account, stranger].map((each): Home => [partition, region, each]);
  const written = new Set([
    ...own.statements.flatMap(({ content }) => texts(content["Resource"])),
    ...mine.flatMap(({ on }) => on.map(({ arn }) => arn)),
  ]);
  const owners = new Map(ground.asked.map((each) => [each.arn.split("/")[0], each.account]));
  const placed = (arn: string): Asked => {
    const [, , , , stated = ""] = arn.split(":");
    const owner = /^\d{12}$/.test(stated) ? stated : owners.get(arn.split("/")[0]);
    return { arn, account: owner ?? account };
  };
  return (changed: Policy): string | undefined => {
    const patterns = new Set(changed.statements.flatMap(({ content }) => texts(content["Resource"])));
    const all = classes(changed.statements, ground.named, marks);
    const services = new Set(all.map(({ service }) => service));
    const tried = new Set(
      homes.flatMap((home) => [...instances([...written, ...patterns], forms, services, home)]),
    );
    const found: Mismatch[] = [];
    askRound(ground, {
      cast: { model: modelWith(prepared, held, own, changed), subjects: held.map(({ asking }) => asking) },
      otherSide: true,
      asked: [...ground.asked, ...[...tried].map(placed)],
      classes: all,
      found: (mismatch) => {
        const { of, asked } = mismatch;
        if (!of.actions.some((action) => isAsked(forms, action, asked.arn))) return false;
        return found.push(mismatch) > 0;
      },
    });
    return found.map(findingOf)[0];
  };
}
