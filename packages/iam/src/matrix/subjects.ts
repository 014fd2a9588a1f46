/** Who is asked for: everybody that there is, and those that nobody thought of. */
import { CARRIERS } from "../evaluate/decide";
import { texts, map } from "../json";
import { type AccessModel, type Role, statementsOf } from "../model";
import { defaultKeyPolicy } from "../policy/defaultKeyPolicy";
import { type Policy, policy } from "../policy/policies";
import { anonymous, root, service, session } from "../policy/principals";
import {
  accountIn,
  type Estate,
  type Permission,
  type Resource,
  shortName,
  strangersAccount,
  type Subject,
  subject,
} from "./permission";

/** Subjects, and a model that has them. */
export interface Actors {
  readonly model: AccessModel;
  readonly subjects: readonly Subject[];
}

const NOBODY: Policy = { name: "trust of nobody", attached: "trust", statements: [] };

/** A role that nobody can take, with these policies. */
export const roleWith = (
  arn: string,
  identity: readonly Policy[] = [],
  boundary: string | undefined = undefined,
): Role => ({ arn, account: accountIn(arn), trust: NOBODY, identity, boundary });

/** Allows everything: what an administrator has. */
export const everything = (keys: AccessModel["keys"]): Policy =>
  policy(
    "the administrator's policy",
    "identity",
    { Version: "2012-10-17", Statement: { Sid: "Everything", Effect: "Allow", Action: "*", Resource: "*" } },
    keys,
  );

/** The model with what is asked about in it: others' roles and resources have the policies that AWS gives, or none. */
export function withOthers(model: AccessModel, asked: readonly Resource[]): AccessModel {
  const guarded = new Map(model.guarded);
  const roles = new Map(model.roles);
  for (const { arn, account } of asked) {
    if (arn.includes(":role/") && !roles.has(arn)) roles.set(arn, { ...roleWith(arn), account });
    const { attached, of } = CARRIERS[arn.split(":")[2] ?? ""] ?? {};
    const carrier = of?.(arn);
    if (attached === undefined || carrier === undefined || guarded.has(carrier)) continue;
    const content = attached === "key" ? defaultKeyPolicy(carrier, account) : undefined;
    const made = content && policy(`${attached} policy of ${carrier}`, attached, content, model.keys);
    guarded.set(carrier, { arn: carrier, account, attached, policy: made });
  }
  return { ...model, guarded, roles };
}

/** Services that a policy or a permission names, and one that none does. What delivers logs AWS lets in by itself. */
function services(model: AccessModel, permissions: readonly Permission[]): Subject[] {
  const guarded = new Map([...model.guarded].filter(([, { attached }]) => attached !== "logGroup"));
  const named = statementsOf({ ...model, guarded }).flatMap(({ content }) =>
    texts(map(content["Principal"])["Service"]),
  );
  const inPermissions = permissions.flatMap(({ who }) => /^service (.*)$/.exec(who)?.[1] ?? []);
  return [...new Set([...named, ...inPermissions, "ec2.amazonaws.com"])]
    .sort()
    .map((name) => subject(`service ${name}`, service(name), [`service ${name}`], { madeUp: true }));
}

/** Everybody as they are, and made-up principals beside them. */
export function asTheyAre(
  estate: Estate,
  permissions: readonly Permission[],
  asked: readonly Resource[],
): Actors {
  const { accounts, partition, hypothetical = [] } = estate;
  const own = [...estate.model.roles.keys()];
  const roles = new Map([...estate.model.roles, ...hypothetical.map((role) => [role.arn, role] as const)]);
  const model = withOthers({ ...estate.model, roles }, asked);
  const all = [everything(model.keys)];
  const made = new Map(model.roles);
  const someone = (name: string, arn: string, identity: Policy[], who: string[], more = {}): Subject => {
    made.set(arn, roleWith(arn, identity));
    return subject(name, session(arn, "asked"), who, { madeUp: true, ...more });
  };
  const roleIn = (account: string, name: string) => `arn:${partition}:iam::${account}:role/${name}`;
  const stranger = strangersAccount(accounts);
  const strangers = own.map((arn) => arn.replace(/:\d{12}:/, `:${stranger}:`));
  const subjects = [
    ...(estate.subjects ??
      own.map((arn) => subject(`role ${shortName(arn)}`, session(arn, "asked"), [`role ${arn}`]))),
    ...accounts.flatMap((account) => {
      const who = [`administrator ${account}`];
      return [
        someone(`an administrator of ${account}`, roleIn(account, "an-administrator"), all, who),
        subject(`root of ${account}`, root(account, partition), who, { madeUp: true }),
        someone(`another role of ${account}`, roleIn(account, "another"), [], []),
      ];
    }),
    ...[roleIn(stranger, "an-administrator"), ...new Set(strangers)].map((arn) =>
      someone(`${shortName(arn)} of a stranger's account`, arn, all, [], { abroad: true }),
    ),
    ...services(estate.model, permissions),
    subject("anonymous", anonymous, [], { madeUp: true }),
  ];
  return { model: { ...model, roles: made }, subjects };
}

/** Each role of the estate with other policies. */
function changed(
  { model: { roles: own } }: Estate,
  { model }: Actors,
  change: Partial<Role>,
  called: (arn: string) => Subject,
): Actors {
  const roles = new Map(model.roles);
  for (const [arn, role] of own) roles.set(arn, { ...role, ...change });
  return { model: { ...model, roles }, subjects: [...own.keys()].map(called) };
}

/** Every role as an administrator of its account can rewrite it: with every permission, and no boundary. */
export const rewritten = (estate: Estate, actors: Actors): Actors =>
  changed(estate, actors, { identity: [everything(actors.model.keys)], boundary: undefined }, (arn) =>
    subject(
      `role ${shortName(arn)}, rewritten by an administrator of ${accountIn(arn)},`,
      session(arn, "asked"),
      [`role ${arn}`, `rewritten ${arn}`, ...(estate.rewritten?.(arn) ?? [])],
      { abroad: true, madeUp: true },
    ),
  );

/** Every role without policies of its own: it may only what a resource's policy alone gives it. */
export const stripped = (estate: Estate, actors: Actors): Actors =>
  changed(estate, actors, { identity: [] }, (arn) =>
    subject(`role ${shortName(arn)}, without policies of its own,`, session(arn, "asked"), [], {
      madeUp: true,
    }),
  );
