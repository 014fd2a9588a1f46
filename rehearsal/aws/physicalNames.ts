import type { Values } from "../../packages/iam/src/json";
import { createHash } from "node:crypto";
import { dnsSuffix, partition } from "../../components/names";

/** Where a template is deployed. */
export interface Site {
  /** `catalog--test` */
  readonly stack: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Values of SSM parameters that are there, by name. Default: none. */
  readonly published?: Readonly<Record<string, string>>;
}

/** A resource, before and apart from what AWS adds. */
export interface Declared {
  readonly logicalId: string;
  readonly type: string;
  /** Resolved. */
  readonly properties: Values;
  /** 1, and one more each time that it is replaced. */
  readonly generation: number;
}

/** Makes a name or an ARN of a resource. */
export type Name = (site: Site, resource: Declared) => string;

export const digest = (site: Site, { logicalId, generation }: Declared): string =>
  createHash("sha256").update(`${site.account}/${site.stack}/${logicalId}/${generation}`).digest("hex");

/** As CloudFormation makes names: the stack's, the logical id, something that a replacement has another of. */
export const generatedName: Name = (site, resource) =>
  `${site.stack}-${resource.logicalId}-${digest(site, resource).slice(0, 12).toUpperCase()}`;
export const generatedId: Name = (site, resource) => digest(site, resource).slice(0, 10);

export const property =
  (name: string, otherwise: Name = () => ""): Name =>
  (site, resource) => {
    const value = resource.properties[name];
    return value === undefined
      ? otherwise(site, resource)
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
  };
export const named = (name: string) => property(name, generatedName);
export const arn =
  (service: string, resource: Name): Name =>
  (site, declared) =>
    `arn:${partition(site.region)}:${service}:${service === "iam" ? "" : site.region}:${site.account}:${resource(site, declared)}`;
export const after =
  (prefix: string, name: Name, suffix = ""): Name =>
  (site, resource) =>
    `${prefix}${name(site, resource)}${suffix}`;

export const partitionOf = (arn: string): string => arn.split(":")[1] ?? "";

/** A function, version or alias, however a template names it: `name`, `name:live`, part of an ARN or all of it. */
export function functionArn({ region, account }: Pick<Site, "region" | "account">, written: string): string {
  if (written.startsWith("arn:")) return written;
  const name = written.replace(/^\d{12}:function:/, "");
  return `arn:${partition(region)}:lambda:${region}:${account}:function:${name}`;
}
export const version: Name = (_, { generation }) => String(generation);
export const endpoint: Name = (site, resource) =>
  `https://${generatedId(site, resource)}.execute-api.${site.region}.${dnsSuffix(site.region)}`;
/** A log group as IAM writes it, without the `:*` that its attribute has. */
export const logGroupArn = (written: string): string => written.replace(/:\*$/, "");

/** Types whose resources hold data, which a roll-back never replaces or deletes; known here or not. */
export const holdsData = (type: string): boolean =>
  /^AWS::(RDS|DocDB|Neptune|EFS|Kinesis|OpenSearchService|ElastiCache|Redshift|DSQL)::|^AWS::(DynamoDB::(Global)?Table|S3::Bucket|SQS::Queue|KMS::(Replica)?Key|SecretsManager::Secret|Cognito::UserPool)$/.test(
    type,
  );

/** Types that give somebody a right; known here or not. */
export const isPermission = (type: string): boolean =>
  /^AWS::(IAM|RAM)::|^AWS::Lambda::(Permission|Url|LayerVersionPermission)$|Polic(y|ies)$/.test(type);
