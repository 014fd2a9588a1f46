/** What CodeDeploy does while it moves an alias from one version to the next. */
import type { DeployedResource, Deployment } from "../estate/deployed";
import { functionArn } from "../estate/deployedTypes";
import type { Target } from "../estate/jobs";
import { service, session } from "../../../packages/iam/src/policy/principals";
import { type Call, calls, on, type Place } from "./call";
import { stepOf } from "./pipelineCalls";
import { list, map, text } from "../../../packages/iam/src/json";

const CODEDEPLOY =
  "https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html";

const ofType = ({ resources }: Deployment, type: string): DeployedResource[] =>
  resources.filter((each) => each.type === type);
const partitionOf = (arn: string): string => arn.split(":")[1] ?? "";

/** CodeDeploy moves each alias that a template hands to it, and looks at alarms meanwhile. */
function shiftCalls(deployment: Deployment, places: readonly Place[]): Call[] {
  return ofType(deployment, "AWS::Lambda::Alias").flatMap((alias) => {
    const update = map(map(alias.policies["UpdatePolicy"])["CodeDeployLambdaAliasUpdate"]);
    const group = ofType(deployment, "AWS::CodeDeploy::DeploymentGroup").find(
      ({ id }) => id === update["DeploymentGroupName"],
    );
    if (!group) return [];
    const principal = session(String(group.properties["ServiceRoleArn"]), "CodeDeploy");
    const name = alias.arn.split(":").slice(0, 7).join(":");
    const hooks = ["BeforeAllowTrafficHook", "AfterAllowTrafficHook"].flatMap(
      (each) => text(update, each) ?? [],
    );
    const alarms = list(map(group.properties["AlarmConfiguration"])["Alarms"]).map((each) =>
      String(map(each)["Name"]),
    );
    const alarmArn = (each: string) =>
      `arn:${partitionOf(alias.arn)}:cloudwatch:${deployment.region}:${deployment.account}:alarm:${each}`;
    const triggers = list(group.properties["TriggerConfigurations"]).map((each) =>
      String(map(each)["TriggerTargetArn"]),
    );
    const asked = [
      ...on(name, ["lambda:GetAlias", "lambda:UpdateAlias"]),
      ...on(alias.arn, ["lambda:GetProvisionedConcurrencyConfig"]),
      ...alarms.flatMap((each) => on(alarmArn(each), ["cloudwatch:DescribeAlarms"])),
      ...hooks.flatMap((each) =>
        on(functionArn({ ...deployment, stack: deployment.stackName }, each), ["lambda:InvokeFunction"]),
      ),
      ...triggers.flatMap((each) => on(each, ["sns:Publish"])),
    ];
    return places.flatMap((place) =>
      calls(place, principal, asked, `CodeDeploy shifts ${alias.logicalId}`, CODEDEPLOY),
    );
  });
}

/** CodeDeploy takes the role that the stacks made for it, shifts the aliases, and shifts them back. */
export function codedeployCalls(target: Target, deployment: Deployment): Call[] {
  const { pipeline, environment } = deployment;
  const places = (["update", "roll-back"] as const).map((phase): Place => {
    return { pipeline, environment, phase, step: stepOf(target.action) };
  });
  const handed = ofType(deployment, "AWS::CodeDeploy::DeploymentGroup").map(({ properties }) =>
    String(properties["ServiceRoleArn"]),
  );
  const principal = service("codedeploy.amazonaws.com");
  const takes = [...new Set(handed)].flatMap((role) => on(role, ["sts:AssumeRole"]));
  return [
    ...places.flatMap((place) => calls(place, principal, takes, "CodeDeploy takes its role", CODEDEPLOY)),
    ...shiftCalls(deployment, places),
  ];
}
