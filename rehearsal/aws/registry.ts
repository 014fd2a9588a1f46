/** Joins what the services' files say: what is known of a type, and what to add where nothing is. */
import { NotKnown } from "../../packages/iam/src/policy/notKnown";
import { apigateway } from "./apigateway";
import { apigatewayv2 } from "./apigatewayv2";
import { chatbot } from "./chatbot";
import { cloudwatch } from "./cloudwatch";
import { codebuild } from "./codebuild";
import { codecommit } from "./codecommit";
import { codeconnections } from "./codeconnections";
import { codedeploy } from "./codedeploy";
import { codepipeline } from "./codepipeline";
import { codestarnotifications } from "./codestarnotifications";
import { dynamodb } from "./dynamodb";
import { ec2 } from "./ec2";
import { ecr } from "./ecr";
import { ecs } from "./ecs";
import { elbv2 } from "./elbv2";
import { events } from "./events";
import { iam } from "./iam";
import { kms } from "./kms";
import { lambda } from "./lambda";
import { logs } from "./logs";
import type { Declared, Site } from "./physicalNames";
import { pulumi } from "./pulumi";
import { s3 } from "./s3";
import { scheduler } from "./scheduler";
import { secretsmanager } from "./secretsmanager";
import { sns } from "./sns";
import { sqs } from "./sqs";
import { ssm } from "./ssm";
import { stepfunctions } from "./stepfunctions";
import type { CloudFormationType, Guarding, PulumiType, Service } from "./types";

/** Every service that has a file here; whose calls come first in a report goes by this order. */
export const SERVICES: readonly Service[] = [
  codedeploy,
  lambda,
  apigatewayv2,
  apigateway,
  ecs,
  elbv2,
  dynamodb,
  cloudwatch,
  iam,
  s3,
  kms,
  ecr,
  sns,
  sqs,
  secretsmanager,
  scheduler,
  stepfunctions,
  logs,
  codebuild,
  codecommit,
  codeconnections,
  codepipeline,
  codestarnotifications,
  chatbot,
  ec2,
  events,
  ssm,
  pulumi,
];

const found = <Entry>(
  tables: readonly (Readonly<Record<string, Entry>> | undefined)[],
  key: string,
): Entry | undefined => tables.find((table) => table && Object.hasOwn(table, key))?.[key];

/** A CloudFormation type; undefined for one that no file has. */
export const cloudFormationType = (type: string): CloudFormationType | undefined =>
  found(
    SERVICES.map(({ cloudFormation }) => cloudFormation),
    type,
  );

/** A type of Pulumi's provider; undefined for one that no file has. */
export const pulumiType = (type: string): PulumiType | undefined =>
  found(
    SERVICES.map((service) => service.pulumi),
    type,
  );

/** All CloudFormation types, in the order of their services. */
export const cloudFormationTypes = (): (readonly [string, CloudFormationType])[] =>
  SERVICES.flatMap(({ cloudFormation = {} }) => Object.entries(cloudFormation));
export const pulumiTypes = (): (readonly [string, PulumiType])[] =>
  SERVICES.flatMap((service) => Object.entries(service.pulumi ?? {}));

/** The service whose actions have this prefix in IAM. */
export const serviceOfActions = (action: string): Service | undefined =>
  SERVICES.find(({ prefix }) => prefix !== undefined && action.startsWith(`${prefix}:`));

/** The policy that AWS writes where nobody gives one; undefined where it writes none, as for buckets and repositories. */
export const defaultPolicy = (attached: Guarding, arn: string, account: string): unknown =>
  SERVICES.find((service) => service.defaultPolicy?.attached === attached)?.defaultPolicy?.document(
    arn,
    account,
  );

const guards = ({ carries }: CloudFormationType | PulumiType): boolean =>
  carries !== "nothing" && carries.guards !== undefined;

/** Prefixes of actions of services whose types here have no policies of their own. */
export const withoutPolicies = (): ReadonlySet<string> =>
  new Set(
    SERVICES.filter(
      ({ cloudFormation, pulumi }) => !Object.values({ ...cloudFormation, ...pulumi }).some(guards),
    ).flatMap(({ prefix }) => prefix ?? []),
  );

/** `AWS::SQS::`, `aws:sqs/`: what types of one service begin with. */
const beginning = (type: string): string => /^(AWS::\w+::|[a-z]+:\w+[/:])/.exec(type)?.[0] ?? type;

/** What to do for a type that no file has: it belongs in that of its service, there or not. */
export function whereToAdd(type: string): string {
  const own = beginning(type);
  const name = own
    .replace(/^AWS::|^\w+:|\W+$/g, "")
    .replace(/\W+$/, "")
    .toLowerCase();
  const has = ({ cloudFormation, pulumi }: Service): boolean =>
    Object.keys({ ...cloudFormation, ...pulumi }).some((each) => beginning(each) === own);
  const there = SERVICES.find(({ file }) => file === name) ?? SERVICES.find(has);
  return there
    ? `add it to rehearsal/aws/${there.file}.ts`
    : `add rehearsal/aws/${name}.ts, and a line for it in rehearsal/aws/registry.ts`;
}

/** The one message for a type that no file has, wherever it is met. */
export const unknownType = (where: string, type: string): string => {
  const must = type.startsWith("AWS::")
    ? "what Ref and GetAtt give, which changes replace it, which calls its handlers make when and on what, which roles it passes, and what of access it carries"
    : "what the provider answers, and what of access it carries";
  return `${where} is of type ${type}, which no file of rehearsal/aws knows and which may carry a policy: do without it, or ${whereToAdd(type)}; it must say ${must} (rehearsal/aws/types.ts)`;
};

/** Throws NotKnown for a type that no file has. */
export const knownCloudFormationType = (where: string, type: string): CloudFormationType => {
  const known = cloudFormationType(type);
  if (known) return known;
  throw new NotKnown(unknownType(where, type));
};
export const knownPulumiType = (where: string, type: string): PulumiType => {
  const known = pulumiType(type);
  if (known) return known;
  throw new NotKnown(unknownType(where, type));
};

/** What `Fn::GetAtt` gives; undefined for a type or an attribute that no file has. */
export const attributeOf = (site: Site, resource: Declared, attribute: string): string | undefined =>
  cloudFormationType(resource.type)?.attributes[attribute]?.(site, resource);
