/** What is asked about: everything that is there, what permissions name, and what just misses it. */
import type { AccessModel } from "../model";
import { texts } from "../json";
import type { Policy } from "../policy/policies";
import { accountIn, strangersAccount, type Estate, type Permission, type Resource } from "./permission";
import { instance, nearMiss } from "./wildcards";

/** What is one, two, … folders above: `releases/1` for `releases/pictures/*`. */
function above(pattern: string): string[] {
  const [start = "", ...folders] = pattern.split("/");
  return folders.slice(0, -1).map((_, index) => instance([start, ...folders.slice(0, index), "1"].join("/")));
}

/**
 * Whether some of the buckets that a pattern fits can be a stranger's: their ARNs say no account, and names are everybody's.
 * A whole name is one bucket's in all the world.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const anybodysBuckets = (pattern: string): boolean => /^arn:[^:]*:s3:::[^/]*[*?$]/.test(pattern);

/** An instance of what a statement names, wherever it is: what names no account is taken for the holder's own. */
function namedBy(
  { statements }: Policy,
  holder: string,
  { guarded }: AccessModel,
  stranger: string,
): Resource[] {
  const patterns = statements.flatMap(({ content }) => texts(content["Resource"]));
  return patterns
    .filter((each) => each.startsWith("arn:"))
    .flatMap((pattern) => {
      const [arn, partition, service, region, account = "", ...rest] = pattern.split(":");
      const own = account === "" ? (guarded.get(pattern.split("/")[0] ?? "")?.account ?? holder) : account;
      const owner = /^\d{12}$/.test(own) ? own : holder;
      const name = rest
        .join(":")
        .replaceAll("${aws:PrincipalAccount}", holder)
        .replace(/\$\{[^}]*\}/g, "1");
      const filled = account === "" || account === "aws" ? account : owner;
      const one = instance([arn, partition, service, region, filled, name].join(":"));
      const owners =
        anybodysBuckets(pattern) && !guarded.has(one.split("/")[0] ?? "") ? [owner, stranger] : [owner];
      return owners.map((each) => ({ arn: one, account: each }));
    });
}

/** The ARN in one account, where it is in any: of what others share, the name alone says which it is. */
const inAccount = (arn: string, account: string): string =>
  arn.replace(/^((?:[^:]*:){4})\*:/, (_, before: string) => `${before}${account}:`);

/** Everything that is asked about, each once. */
export function resourcesAsked(estate: Estate, permissions: readonly Permission[]): Resource[] {
  const { model, accounts, resources = [] } = estate;
  const found = new Map<string, Resource>();
  const add = (arn: string, account: string) => {
    if (/^(\*$|arn:)/.test(arn)) found.set(`${account} ${arn}`, { arn, account });
  };
  // What has a policy of its own is in the model; of a slightly other name there is none.
  const around = (arn: string) => [
    instance(arn),
    ...(arn === "*" || model.guarded.has(arn) ? [] : [nearMiss(arn), ...above(arn)]),
  ];
  for (const { arn, account } of permissions.flatMap(({ on }) => on))
    for (const each of account === undefined ? accounts : [account])
      for (const one of around(inAccount(arn, each))) add(one, each);
  const stranger = strangersAccount(accounts);
  for (const { arn, account } of resources) add(arn, account);
  for (const account of accounts) add("*", account);
  for (const { arn, account, identity } of model.roles.values()) {
    add(arn, account);
    for (const policy of identity)
      for (const each of namedBy(policy, account, model, stranger)) add(each.arn, each.account);
  }
  for (const { arn, account } of model.guarded.values()) add(arn, account);
  for (const [arn, managed] of model.managed)
    for (const each of namedBy(managed, accountIn(arn), model, stranger)) add(each.arn, each.account);
  return [...found.values()];
}
