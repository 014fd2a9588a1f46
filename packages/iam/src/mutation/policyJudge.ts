/**
 * Holds changed documents of one policy against the access matrix. Everybody else's policies are permissive, so that no
 * other policy hides what this one says.
 */
import { prepare } from "../evaluate/decide";
import { texts } from "../json";
import { findingOf } from "../matrix/findings";
import type { AccessMatrix } from "../matrix/matrix";
import type { Resource, Subject } from "../matrix/permission";
import { askRound, type Ground, type Mismatch, type Round } from "../matrix/questions";
import { askable, classes, marksOf, TAKES_ROLES } from "../matrix/statements";
import { strangersAccount } from "../matrix/permission";
import { fits } from "../matrix/wildcards";
import type { AccessModel, Role } from "../model";
import { serviceOf } from "../policy/catalog";
import { notKnown } from "../policy/notKnown";
import type { Policy } from "../policy/policies";
import { anonymous } from "../policy/principals";
import { type Forms, type Home, instanceOf, isAsked } from "./forms";

/** One policy that is changed. */
export interface PolicyUnderTest {
  readonly policy: Policy;
  /** ARN of the role, the resource or the managed policy. */
  readonly owner: string;
  /** Another policy beside it has the conditions, such as the boundary of what a template makes. Default: none. */
  readonly unconditional?: boolean;
}

/** What there is against a changed policy: the first finding; undefined: it says neither more nor less than the matrix. */
export type PolicyJudge = (changed: Policy) => string | undefined;

/** How changed documents of a policy are judged. */
interface Bench {
  readonly ground: Ground;
  /** What tells the actions apart that it has to do with. */
  readonly marks: ReturnType<typeof marksOf>;
  /** Puts a changed policy in place of its own, and says who is asked about what. */
  readonly rounds: (
    changed: Policy,
    services: ReadonlySet<string>,
  ) => readonly Omit<Round, "classes" | "found">[];
  /** Whether anybody can ask for an action on something at all. Default: for every one. */
  readonly isAsked?: (action: string, arn: string) => boolean;
}

const judging =
  ({ ground, marks, rounds, isAsked: canBe = () => true }: Bench): PolicyJudge =>
  (changed) => {
    const all = classes(changed.statements, ground.named, marks);
    const found: Mismatch[] = [];
    const first = (mismatch: Mismatch): boolean => {
      const { of, asked } = mismatch;
      return of.actions.some((action) => canBe(action, asked.arn)) && found.push(mismatch) > 0;
    };
    rounds(changed, new Set(all.map(({ service }) => service))).some((round) =>
      askRound(ground, { ...round, classes: all, found: first }),
    );
    return found.map(findingOf)[0];
  };

/** The policy of a resource: everybody abroad has every permission, and everybody at home none or all. */
function resourceBench(
  { real, rewritten, stripped, ground, permissions }: AccessMatrix,
  asked: readonly Resource[],
  change: (model: AccessModel, changed: Policy) => AccessModel,
): Bench {
  const on = permissions.filter((permission) =>
    permission.on.some((each) => each.arn !== "*" && asked.some(({ arn }) => fits(each.arn, arn))),
  );
  const madeUp = real.subjects.filter((each) => each.madeUp);
  return {
    ground,
    marks: marksOf(ground.actions, on),
    rounds: (changed) =>
      [{ ...rewritten, subjects: [...rewritten.subjects, ...madeUp] }, stripped].map(
        ({ model, subjects }) => ({
          actors: { model: change(model, changed), subjects },
          asked,
        }),
      ),
  };
}

/**
 * A trust. Beside all others each role of its account asks as if it had every permission, since for a trust that names
 * the account nothing but their own policies would limit them.
 */
function trustBench(matrix: AccessMatrix, owner: string, name: string): Bench {
  const { rewritten, ground, permissions } = matrix;
  const { account } =
    rewritten.model.roles.get(owner) ?? notKnown(`${name} is of no role that is in the model`);
  const asked = [{ arn: owner, account }];
  const change = (model: AccessModel, trust: Policy): AccessModel => {
    const role = model.roles.get(owner) ?? notKnown(`${name} is of no role that is in the model`);
    return { ...model, roles: new Map(model.roles).set(owner, { ...role, trust }) };
  };
  const atAll = resourceBench(matrix, asked, change);
  const atHome = rewritten.subjects
    .filter((each) => each.account === account)
    .map((each) => ({ ...each, abroad: false }));
  return {
    ground,
    // What may be done to the role itself is none of its trust's business.
    marks: marksOf(
      ground.actions.filter(({ name }) => TAKES_ROLES.test(name)),
      permissions,
    ),
    rounds: (changed, services) => [
      ...atAll.rounds(changed, services),
      { actors: { model: change(rewritten.model, changed), subjects: atHome }, asked },
    ],
  };
}

function guardedBench(matrix: AccessMatrix, { policy: own }: PolicyUnderTest): Bench {
  const { model } = matrix.real;
  const guarded =
    [...model.guarded.values()].find(({ policy }) => policy === own) ??
    notKnown(`${own.name} is of nothing that is in the model`);
  const asked = matrix.ground.asked.filter(({ arn, account }) => {
    if (!askable(guarded.arn.split(":")[2] ?? "", "", arn) || arn === "*") return false;
    const question = {
      principal: anonymous,
      action: "s3:GetObject",
      resource: arn,
      resourceAccount: account,
    };
    return prepare(model, { ...question, absent: "others" }).documents.resource === own;
  });
  return resourceBench(matrix, asked, (of, policy) => ({
    ...of,
    guarded: new Map(of.guarded).set(guarded.arn, { ...guarded, policy }),
  }));
}

/** Somebody who has a policy, or is bounded by it, and the role. */
interface Holder {
  readonly subject: Subject;
  readonly role: Role;
  readonly asBoundary: boolean;
}

function holdersOf({ real: { model, subjects } }: AccessMatrix, own: Policy): Holder[] {
  const found = subjects.flatMap((subject): Holder[] => {
    const { principal, atMost } = subject;
    const role = principal.kind === "session" ? model.roles.get(principal.roleArn) : undefined;
    if (!role) return [];
    if (role.identity.includes(own)) return [{ subject, role, asBoundary: false }];
    // What a role that may less than its boundary may, its own policies say, too.
    const asBoundary = !atMost && role.boundary !== undefined && model.managed.get(role.boundary) === own;
    return asBoundary ? [{ subject, role, asBoundary }] : [];
  });
  return found.length > 0 ? found : notKnown(`${own.name} belongs to no principal of the access matrix`);
}

/** The model where a policy is another, and where nothing else limits those who have it. */
function modelWith(
  model: AccessModel,
  holders: readonly Holder[],
  own: Policy,
  changed: Policy,
): AccessModel {
  const swapped = (each: Policy): Policy => (each === own ? changed : each);
  const roles = holders.map(({ role, asBoundary }) => {
    const boundary = asBoundary ? role.boundary : undefined;
    return [role.arn, { ...role, boundary, identity: role.identity.map(swapped) }] as const;
  });
  const managed = [...model.managed].map(([arn, each]) => [arn, swapped(each)] as const);
  return { ...model, roles: new Map(roles), managed: new Map(managed) };
}

/** Permissions about actions and resources alone. */
const withoutConditions = (ground: Ground): Ground => ({
  ...ground,
  permissions: new Map(
    [...ground.permissions].map(
      ([who, all]) => [who, all.map((each) => ({ ...each, when: [], resourceConditions: [] }))] as const,
    ),
  ),
});

/** Somebody's own policy, or a boundary: whatever is asked for lets in, and only what AWS knows is asked. */
function identityBench(
  matrix: AccessMatrix,
  { policy: own, unconditional = false }: PolicyUnderTest,
  forms: Forms,
): Bench {
  const { real, estate, permissions } = matrix;
  const ground = unconditional ? withoutConditions(matrix.ground) : matrix.ground;
  const holders = holdersOf(matrix, own);
  const subjects = holders.map(({ subject }) => subject);
  const who = new Set(subjects.flatMap((each) => each.who));
  const mine = permissions.filter((each) => who.has(each.who));
  const account = holders[0]?.role.account ?? "";
  const written = [
    ...own.statements.flatMap(({ content }) => texts(content["Resource"])),
    ...mine.flatMap(({ on }) => on.map(({ arn }) => arn)),
  ];
  const stranger = strangersAccount(estate.accounts);
  const ours = ground.asked.filter((each) => each.account !== stranger);
  const owners = new Map(ours.map((each) => [each.arn.split("/")[0], each.account]));
  const placed = (arn: string): Resource => {
    const stated = arn.split(":")[4] ?? "";
    const owner = /^\d{12}$/.test(stated) ? stated : owners.get(arn.split("/")[0]);
    return { arn, account: owner ?? account };
  };
  // Whatever a statement does not place may be at home, or a stranger's.
  const homes = [account, stranger].map((each): Home => [estate.partition, estate.region, each]);
  return {
    ground,
    marks: marksOf(ground.actions, mine),
    rounds: (changed, services) => {
      const patterns = changed.statements.flatMap(({ content }) => texts(content["Resource"]));
      const asked = new Set(
        [...forms].flatMap(([action, of]) => (services.has(serviceOf(action)) ? of : [])),
      );
      const tried = homes.flatMap((home) =>
        [...new Set([...written, ...patterns])].flatMap((each) =>
          [...asked].flatMap((form) => instanceOf(each, form, home) ?? []),
        ),
      );
      return [
        {
          actors: { model: modelWith(real.model, holders, own, changed), subjects },
          otherSide: true,
          asked: [...ground.asked, ...[...new Set(tried)].map(placed)],
        },
      ];
    },
    isAsked: (action, arn) => isAsked(forms, action, arn),
  };
}

/** Prepares once what all changed documents of one policy are judged by. Throws NotKnown for one of nobody. */
export function policyJudge(matrix: AccessMatrix, about: PolicyUnderTest, forms: Forms): PolicyJudge {
  const { policy, owner } = about;
  if (policy.attached === "identity") return judging(identityBench(matrix, about, forms));
  return judging(
    policy.attached === "trust" ? trustBench(matrix, owner, policy.name) : guardedBench(matrix, about),
  );
}
