/** What a kind of workload promises, and a template can drop: nothing of it is wrong, and nobody is told otherwise. */
import type { Workload } from "../../../components/workloads/workload";
import { map, text } from "../../../packages/iam/src/json";
import type { Evaluated, StackResource } from "../cloudformation/stack";
import type { Template } from "../cloudformation/template";
import { ofType } from "./deployment";
import type { ReleasedFunction } from "./functionSettings";

const AT_ONCE = "moves at once, without a canary, and no alarm turns it back";
const UNCOMPARED = "Lambda does not compare the code with what was tested";

const of = ({ name, arn }: ReleasedFunction, { properties }: StackResource): boolean =>
  [name, arn].includes(text(properties, "FunctionName") ?? "");

const shifted = ({ policies }: StackResource): boolean =>
  Object.keys(map(map(policies["UpdatePolicy"])["CodeDeployLambdaAliasUpdate"])).length > 0;

/** Of a function's code and traffic, in the order in which a release comes to them. */
function dropped(evaluated: Evaluated, each: ReleasedFunction): string[] {
  const { logicalId } = each;
  const own = (type: string) => ofType(evaluated, type).filter((resource) => of(each, resource));
  const [versions, aliases] = [own("AWS::Lambda::Version"), own("AWS::Lambda::Alias")];
  const unchecked = versions.filter(({ properties }) => text(properties, "CodeSha256") === undefined);
  const [alias] = aliases;
  return [
    ...(each.code === undefined ? [] : unchecked).map(
      (version) => `version ${version.logicalId} of ${logicalId} has no CodeSha256: ${UNCOMPARED}`,
    ),
    ...(versions.length === 0 || !alias
      ? [
          `function ${logicalId} has no ${versions.length === 0 ? "version" : "alias"}: all its traffic ${AT_ONCE}`,
        ]
      : aliases.some(shifted)
        ? []
        : [
            `alias ${alias.logicalId} of ${logicalId} has no CodeDeployLambdaAliasUpdate: its traffic ${AT_ONCE}`,
          ]),
  ];
}

/** Promises of the kind that a template of functions drops. A kind without CodeDeploy promises none of them. */
export const droppedByFunctions = (
  { roles }: Pick<Workload, "roles">,
  evaluated: Evaluated,
  functions: readonly ReleasedFunction[],
): string[] => (roles.codedeploy ? functions.flatMap((each) => dropped(evaluated, each)) : []);

/** The same of a template of AWS SAM, as far as it says so itself: what SAM makes of it is not known here. */
export function droppedBySam({ roles }: Pick<Workload, "roles">, template: Template): string[] {
  if (!roles.codedeploy) return [];
  const shared = map(map(template["Globals"])["Function"]);
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties }]) => {
    if (Type !== "AWS::Serverless::Function") return [];
    const own = { ...shared, ...map(Properties) };
    const { AutoPublishAlias: alias } = own;
    if (alias === undefined)
      return [`function ${logicalId} has no AutoPublishAlias: all its traffic ${AT_ONCE}`];
    return [
      ...(own["PackageType"] === "Image"
        ? []
        : [`the version of ${logicalId} gets no CodeSha256 from SAM: ${UNCOMPARED}`]),
      ...(own["DeploymentPreference"] === undefined
        ? [`function ${logicalId} has no DeploymentPreference: its traffic ${AT_ONCE}`]
        : []),
    ];
  });
}

/** Promises that a template of services drops. */
export const droppedByServices = (evaluated: Evaluated): string[] =>
  ofType(evaluated, "AWS::ECS::Service").flatMap(({ logicalId, properties }) => {
    const breaker = map(map(properties["DeploymentConfiguration"])["DeploymentCircuitBreaker"]);
    return String(breaker["Enable"]) === "true" && String(breaker["Rollback"]) === "true"
      ? []
      : [
          `service ${logicalId} has no DeploymentCircuitBreaker with Rollback: ECS does not bring the old tasks back when new ones don't start`,
        ];
  });
