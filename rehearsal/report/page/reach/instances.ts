import { BRANCHES } from "../../../access/estate/branches";
import type { Deployment } from "../../../access/estate/deployed";
import { type Principal, session } from "../../../../packages/iam/src/policy/principals";
import { list, map, type Values } from "../../../../packages/iam/src/json";
import type { Role } from "../../../../packages/iam/src/model";

/** Keys that follow from who asks for what: nobody says them. */
const FOLLOWS = /^aws:(principal|resourceaccount|source(account|orgid|orgpaths)|username|sourceowner)/i;

/** What policies have where the session of one branch is meant; one branch stands for all. */
const OF_BRANCH = "${aws:PrincipalTag/branch}";
const BRANCH = BRANCHES[0]?.hash ?? "";

/** Whether a deployment is shown: of branches, one. */
export const isShown = ({ tags }: Deployment): boolean => [undefined, BRANCH].includes(tags["branch"]);

/** How people read a name that policies write for all branches. */
export const readable = (name: string): string => name.replaceAll(OF_BRANCH, "<branch>");

/** The session that a role asks as: one branch's, where its policies go by that. */
export function asking({ arn, identity }: Role): Principal {
  const written = JSON.stringify(
    identity.flatMap(({ statements }) => statements.map(({ content }) => content)),
  );
  return session(arn, "asked", written.includes(OF_BRANCH) ? { branch: BRANCH } : undefined);
}

/** One text that a pattern of IAM's fits. */
export const instance = (pattern: string, account = ""): string =>
  pattern
    .replaceAll("${aws:PrincipalAccount}", account)
    .replaceAll(OF_BRANCH, BRANCH)
    .replace(/\$\{[^}]*\}/g, "x")
    .replaceAll("*", "x")
    .replaceAll("?", "x");

/** Context of a request that meets a statement's conditions, as far as they want something to be there. */
export function meeting(statement: Values, account: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [operator, keys] of Object.entries(map(statement["Condition"]))) {
    if (/Not|^Null$/.test(operator)) continue;
    for (const [key, value] of Object.entries(map(keys))) {
      const [first] = list(value).map(String);
      if (first !== undefined && !FOLLOWS.test(key) && !/^aws:SourceArn$/i.test(key))
        found[key] = instance(first, account);
    }
  }
  return found;
}

/** Values that a statement wants of a key, whatever the operator. */
export const wanted = (statement: Values, key: string): string[] =>
  Object.entries(map(statement["Condition"]))
    .filter(([operator]) => !operator.includes("Not"))
    .flatMap(([, keys]) => Object.entries(map(keys)))
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, value]) => list(value).map(String));
