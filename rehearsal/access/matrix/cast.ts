/** Who is asked for: every principal there is, and those that nobody thought of. */
import { ofType } from "../../record/record";
import { policyDocuments } from "../../aws/policyDocuments";
import { principals } from "../../record/policyDocuments";
import { BRANCHES, branchTags } from "../estate/branches";
import { tagged } from "../../../packages/iam/src/evaluate/decide";
import { heldPolicy, withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import {
  anonymous,
  type Principal,
  root,
  service,
  session,
} from "../../../packages/iam/src/policy/principals";
import type { World } from "../estate/world";
import {
  boundaryOf,
  everything,
  NOBODY,
  ownBoundary,
  peoplesPolicies,
  strangersAccount,
  taking,
  withDecoys,
} from "./castModel";
import type { Asked } from "./decoys";
import type { PlacedRow } from "./expand";
import { branchSession } from "./branchPlaces";
import { stacksIn } from "./facts";
import { fits } from "./fits";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Facts } from "./bindings";

/** Somebody who is asked for. */
export interface Subject {
  /** `role delivery-catalog-build`. */
  readonly name: string;
  readonly principal: Principal;
  readonly account: string | undefined;
  /** The rows that are about it, by their `who`. */
  readonly who: readonly string[];
  /** Its rows are the most that it may; its own policies say less. */
  readonly atMost: boolean;
  /** In its own account it may do everything, so only others are asked about. */
  readonly abroad: boolean;
  /** Neither stacks nor templates make it, or its policy. */
  readonly madeUp: boolean;
}

/** Principals, and a model that has them. */
export interface Cast {
  readonly model: AccessModel;
  readonly subjects: readonly Subject[];
}

const shortName = (arn: string): string => arn.split("/").at(-1) ?? arn;
const accountIn = (arn: string): string => arn.split(":")[4] ?? "";

const subject = (
  name: string,
  principal: Principal,
  who: readonly string[],
  more: Partial<Subject> = {},
): Subject => ({
  name,
  principal,
  account: "account" in principal ? principal.account : undefined,
  who,
  atMost: false,
  abroad: false,
  madeUp: true,
  ...more,
});

function rolesAsked(world: World, model: AccessModel, rows: readonly PlacedRow[]): Subject[] {
  const registered = new Set(ofType(world.record, "aws:iam/role:Role").map(({ outputs }) => outputs["arn"]));
  const workloads = [...new Set(rows.flatMap(({ who }) => (who.startsWith("workload ") ? [who] : [])))];
  const ofBranches = rows.flatMap(({ who }) => (who.startsWith("session of ") ? [who] : []));
  return [...world.model.roles.keys(), ...[...model.roles.keys()].filter(heldPolicy)].flatMap((arn) => {
    const held = heldPolicy(arn);
    const policyArn =
      held &&
      [...model.managed.keys()].find(
        (each) => shortName(each) === held && accountIn(each) === accountIn(arn),
      );
    if (held !== undefined)
      return subject(`whoever has policy ${held}`, session(arn, "asked"), [`holder ${policyArn ?? ""}`], {
        madeUp: false,
      });
    const sessions = BRANCHES.filter(({ hash }) => ofBranches.includes(branchSession(arn, hash)));
    if (sessions.length > 0)
      return sessions.map((branch) =>
        subject(
          `role ${shortName(arn)} for branch ${branch.hash}`,
          session(arn, "asked", branchTags(branch)),
          [branchSession(arn, branch.hash)],
          { madeUp: false },
        ),
      );
    if (registered.has(arn))
      return subject(`role ${shortName(arn)}`, session(arn, "asked"), [`role ${arn}`], {
        madeUp: false,
      });
    const who = workloads.filter((each) => fits(each.replace("workload ", ""), arn));
    return subject(`role ${shortName(arn)}`, tagged(model, session(arn, "asked")), who, {
      atMost: true,
      madeUp: false,
    });
  });
}

/** Services that a policy or a row names, and one that none does. */
function servicesAsked({ record }: World, rows: readonly PlacedRow[]): Subject[] {
  const named = policyDocuments(record).flatMap(({ statements }) =>
    statements.flatMap((statement) => principals(statement, "Service")),
  );
  const inRows = rows.flatMap(({ who }) =>
    who.startsWith("service ") ? [who.slice("service ".length)] : [],
  );
  return [...new Set([...named, ...inRows, "ec2.amazonaws.com"])]
    .sort()
    .map((name) => subject(`service ${name}`, service(name), [`service ${name}`]));
}

/** Everybody as the stacks have them, and made-up principals beside them. */
export function cast(world: World, facts: Facts, rows: readonly PlacedRow[], asked: readonly Asked[]): Cast {
  const { partition } = facts.settings;
  const held = withHolders({ ...world.model, managed: peoplesPolicies(world, facts) });
  const model = withDecoys({ ...held, managed: world.model.managed }, asked);
  const roles = new Map([...model.roles].map(([arn, role]) => [arn, ownBoundary(world)(role)] as const));
  const all = everything(model.keys);
  const put = (account: string, name: string, identity: readonly Policy[], boundary?: string): string => {
    const arn = name.startsWith("arn:") ? name : `arn:${partition}:iam::${account}:role/${name}`;
    roles.set(arn, { arn, account, trust: NOBODY, identity, boundary });
    return arn;
  };
  const stranger = strangersAccount(facts);
  const accounts = facts.accounts.flatMap((account) => [
    subject(`an administrator of ${account}`, session(put(account, "an-administrator", [all]), "asked"), [
      `administrator ${account}`,
    ]),
    subject(`root of ${account}`, root(account, partition), [`administrator ${account}`]),
    subject(`another role of ${account}`, session(put(account, "another", []), "asked"), []),
  ]);
  const withRoles = stacksIn(facts).filter(({ has }) => has.has("bounded"));
  const limits = withRoles.map(({ values }) => {
    const [workload, own] = [String(values["workload"]), String(values["roles"])];
    const arn = put(String(values["account"]), `${own}${workload}-anything`, [all], boundaryOf(values));
    const hash = values["hash"];
    return subject(
      `a role of ${workload} with every permission`,
      session(arn, "asked", typeof hash === "string" ? { branch: hash } : undefined),
      [`workload ${own}${workload}-*`],
      { madeUp: false },
    );
  });
  const readers = [...new Set(facts.looked.flatMap(({ values }) => values["readers"] ?? []))].map((arn) => {
    put(arn.split(":")[4] ?? "", arn, [taking(model.keys)]);
    return subject(`role ${shortName(arn)}, which may take roles,`, session(arn, "asked"), [`reader ${arn}`]);
  });
  const strangers = [...world.model.roles.keys()].map((arn) => arn.replace(/:\d{12}:/, `:${stranger}:`));
  return {
    model: { ...model, roles },
    subjects: [
      ...rolesAsked(world, model, rows),
      ...limits,
      ...readers,
      ...accounts,
      ...["an-administrator", ...new Set(strangers)].map((name) =>
        subject(
          `${shortName(name)} of a stranger's account`,
          session(put(stranger, name, [all]), "asked"),
          [],
          { abroad: true },
        ),
      ),
      ...servicesAsked(world, rows),
      subject("anonymous", anonymous, []),
    ],
  };
}

/** Every role as an administrator of its account can rewrite it: with every permission, and no boundary. */
export function rewritten(world: World, { model }: Cast): Cast {
  const all = everything(model.keys);
  const roles = new Map(model.roles);
  const subjects = [...world.model.roles.keys()].map((arn) => {
    const role = model.roles.get(arn);
    if (role) roles.set(arn, { ...role, identity: [all], boundary: undefined });
    const name = `role ${shortName(arn)}, rewritten by an administrator of ${accountIn(arn)},`;
    const ofBranches = BRANCHES.map(({ hash }) => branchSession(arn, hash));
    return subject(name, session(arn, "asked"), [`role ${arn}`, `rewritten ${arn}`, ...ofBranches], {
      abroad: true,
    });
  });
  return { model: { ...model, roles }, subjects };
}

/** Every role without policies of its own: it may only what a resource's policy alone gives it. */
export function stripped(world: World, { model }: Cast): Cast {
  const roles = new Map(model.roles);
  const subjects = [...world.model.roles.keys()].map((arn) => {
    const role = model.roles.get(arn);
    if (role) roles.set(arn, { ...role, identity: [] });
    return subject(`role ${shortName(arn)}, without policies of its own,`, session(arn, "asked"), []);
  });
  return { model: { ...model, roles }, subjects };
}
