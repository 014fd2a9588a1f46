/** What ECS does to run tasks, and what the tasks do. */
import { partition } from "../../../components/names";
import type { DeployedResource, Deployment } from "../estate/deployed";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { service, session } from "../../../packages/iam/src/policy/principals";
import { type Asked, type Call, calls, on, type Place } from "./call";
import { list, map, text } from "../../../packages/iam/src/json";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/";
const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
/** What a service does with its tables; which of it a task calls, no template says. */
const USE = ["dynamodb:GetItem", "dynamodb:PutItem"];

export const TASKS = "ecs-tasks.amazonaws.com";
/** For which task ECS takes a role. */
export const taskSource = ({ region, account }: Deployment) => ({
  "aws:SourceArn": `arn:${partition(region)}:ecs:${region}:${account}:task/rehearsal`,
  "aws:SourceAccount": account,
});

const ofType = ({ resources }: Deployment, type: string): DeployedResource[] =>
  resources.filter((each) => each.type === type);

/** Before a task starts: its image, its log, its secrets, with the role that the template hands over for it. */
function startCalls(
  { repositoryArn = "", region, account }: Deployment,
  { arn, properties }: DeployedResource,
): Asked[] {
  const containers = list(properties["ContainerDefinitions"]).map(map);
  const logs = containers.flatMap((each) => {
    const { LogDriver: driver, Options: options } = map(each["LogConfiguration"]);
    if (driver !== "awslogs") return [];
    const group = text(map(options), "awslogs-group") ?? notKnown(`a container of ${arn} logs to no group`);
    const stream = `arn:${partition(region)}:logs:${region}:${account}:log-group:${group}:log-stream:task/api/1`;
    return on(stream, ["logs:CreateLogStream", "logs:PutLogEvents"]);
  });
  const secrets = containers
    .flatMap((each) => list(each["Secrets"]).map((secret) => String(map(secret)["ValueFrom"])))
    .filter((from) => from.includes(":secretsmanager:"))
    // A secret's ARN ends with six characters of its own.
    .flatMap((from) => on(from.split(":").slice(0, 7).join(":"), ["secretsmanager:GetSecretValue"]));
  return [...on("*", ["ecr:GetAuthorizationToken"]), ...on(repositoryArn, PULL), ...logs, ...secrets];
}

/** Everything that is called for the tasks of a template. */
export function taskCalls(deployment: Deployment): Call[] {
  const { pipeline, environment } = deployment;
  const place: Place = { pipeline, environment, phase: "every release", step: `${environment}: in use` };
  return ofType(deployment, "AWS::ECS::TaskDefinition").flatMap((definition) => {
    const { logicalId, properties } = definition;
    const [starts, runs] = ["ExecutionRoleArn", "TaskRoleArn"].map((each) => text(properties, each));
    const takes = [starts, runs].flatMap((role) =>
      role === undefined ? [] : on(role, ["sts:AssumeRole"], taskSource(deployment)),
    );
    const tables = ofType(deployment, "AWS::DynamoDB::Table").flatMap(({ arn }) => on(arn, USE));
    const by = (role: string | undefined, asked: readonly Asked[], why: string, page: string) =>
      role === undefined ? [] : calls(place, session(role, "task"), asked, why, `${GUIDE}${page}.html`);
    return [
      ...calls(
        place,
        service(TASKS),
        takes,
        `ECS takes the roles of ${logicalId}`,
        `${GUIDE}task-iam-roles.html`,
      ),
      ...by(
        starts,
        startCalls(deployment, definition),
        `ECS starts a task of ${logicalId}`,
        "task_execution_IAM_role",
      ),
      ...by(runs, tables, `a task of ${logicalId} uses the stack's tables`, "task-iam-roles"),
    ];
  });
}
