/** What a kind of workload promises, and a template can drop: nothing of it is wrong, and nobody is told otherwise. */
import type { Workload } from "../../../components/workloads/workload";
import { map, text } from "../../../packages/iam/src/json";
import type { Evaluated, StackResource } from "../cloudformation/stack";
import { ofType } from "./deployment";
import type { ReleasedFunction } from "./functionSettings";

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
      (version) =>
        `version ${version.logicalId} of ${logicalId} has no CodeSha256: Lambda does not compare the code with what was tested`,
    ),
    ...(versions.length === 0 || !alias
      ? [
          `function ${logicalId} has no ${versions.length === 0 ? "version" : "alias"}: all its traffic moves at once, without a canary, and no alarm turns it back`,
        ]
      : aliases.some(shifted)
        ? []
        : [
            `alias ${alias.logicalId} of ${logicalId} has no CodeDeployLambdaAliasUpdate: its traffic moves at once, without a canary, and no alarm turns it back`,
          ]),
  ];
}

/** Promises of the kind that a template of functions drops. A kind without CodeDeploy promises none of them. */
export const droppedByFunctions = (
  { roles }: Pick<Workload, "roles">,
  evaluated: Evaluated,
  functions: readonly ReleasedFunction[],
): string[] => (roles.codedeploy ? functions.flatMap((each) => dropped(evaluated, each)) : []);

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
