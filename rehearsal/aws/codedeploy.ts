import { list, map, text } from "../../packages/iam/src/json";
import { service, session } from "../../packages/iam/src/policy/principals";
import { after, arn, functionArn, named, partitionOf, property } from "./physicalNames";
import { on, ofType, requestTags } from "./requests";
import type { DeployedResource, DeployedStack, LaterCalls, Service, Subject } from "./types";

const CODEDEPLOY =
  "https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html";
const GROUP = "AWS::CodeDeploy::DeploymentGroup";

const application = named("ApplicationName");
const group = named("DeploymentGroupName");

const codedeployArn = ({ resource: { arn }, stack: { region, account } }: Subject, rest: string): string =>
  `arn:${partitionOf(arn)}:codedeploy:${region}:${account}:${rest}`;
/** What a template hands over to CodeDeploy with an alias. */
const updateOf = ({ policies }: DeployedResource) =>
  map(map(policies["UpdatePolicy"])["CodeDeployLambdaAliasUpdate"]);

/** CodeDeploy moves each alias that a template hands to it, and looks at alarms meanwhile. */
export function shiftOf(alias: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const update = updateOf(alias);
  const by = ofType(stack, GROUP).find(({ id }) => id === update["DeploymentGroupName"]);
  if (!by) return [];
  const name = alias.arn.split(":").slice(0, 7).join(":");
  const hooks = ["BeforeAllowTrafficHook", "AfterAllowTrafficHook"].flatMap(
    (each) => text(update, each) ?? [],
  );
  const alarms = list(map(by.properties["AlarmConfiguration"])["Alarms"]).map((each) =>
    String(map(each)["Name"]),
  );
  const alarmArn = (each: string) =>
    `arn:${partitionOf(alias.arn)}:cloudwatch:${stack.region}:${stack.account}:alarm:${each}`;
  const triggers = list(by.properties["TriggerConfigurations"]).map((each) =>
    String(map(each)["TriggerTargetArn"]),
  );
  const asked = [
    ...on(name, ["lambda:GetAlias", "lambda:UpdateAlias"]),
    ...on(alias.arn, ["lambda:GetProvisionedConcurrencyConfig"]),
    ...alarms.flatMap((each) => on(alarmArn(each), ["cloudwatch:DescribeAlarms"])),
    ...hooks.flatMap((each) => on(functionArn(stack, each), ["lambda:InvokeFunction"])),
    ...triggers.flatMap((each) => on(each, ["sns:Publish"])),
  ];
  const principal = session(String(by.properties["ServiceRoleArn"]), "CodeDeploy");
  return [
    {
      when: "deployment",
      principal,
      asked,
      why: `CodeDeploy shifts ${alias.logicalId}`,
      source: CODEDEPLOY,
    },
  ];
}

export const codedeploy: Service = {
  file: "codedeploy",
  cloudFormation: {
    "AWS::CodeDeploy::Application": {
      createOnly: ["ApplicationName", "ComputePlatform"],
      ref: application,
      attributes: {},
      runs: false,
      arn: arn("codedeploy", after("application:", application)),
      carries: "nothing",
      handlers: {
        create: { codedeploy: "CreateApplication TagResource" },
        read: { codedeploy: "GetApplication ListTagsForResource" },
        update: { codedeploy: "TagResource UntagResource" },
        delete: { codedeploy: "GetApplication DeleteApplication" },
        tagging: { codedeploy: "TagResource UntagResource" },
      },
      meantFor: "shifted functions",
    },
    [GROUP]: {
      createOnly: ["ApplicationName", "DeploymentGroupName"],
      ref: group,
      attributes: {},
      runs: false,
      arn: arn(
        "codedeploy",
        (site, resource) =>
          `deploymentgroup:${property("ApplicationName")(site, resource)}/${group(site, resource)}`,
      ),
      carries: "nothing",
      handlers: {
        create: {
          codedeploy: `CreateDeploymentGroup CreateDeployment GetDeployment GetDeploymentConfig GetDeploymentGroup
          GetApplicationRevision ListDeployments RegisterApplicationRevision
          RegisterOnPremisesInstance TagResource UntagResource`,
          iam: "PassRole",
        },
        read: { codedeploy: "GetDeploymentGroup ListTagsForResource ListDeployments GetDeployment" },
        update: {
          codedeploy: `UpdateDeploymentGroup TagResource UntagResource GetDeployment CreateDeployment
          GetDeploymentConfig GetApplicationRevision StopDeployment ListDeployments
          RegisterApplicationRevision RegisterOnPremisesInstance`,
          iam: "PassRole",
        },
        delete: { codedeploy: "DeleteDeploymentGroup GetDeploymentGroup" },
        tagging: { codedeploy: "TagResource UntagResource ListTagsForResource" },
      },
      conditions: [
        {
          why: "a deployment by the group itself",
          when: "Deployment",
          actions: `codedeploy:CreateDeployment codedeploy:GetDeploymentConfig codedeploy:GetApplicationRevision
          codedeploy:RegisterApplicationRevision codedeploy:StopDeployment`,
        },
        {
          why: "servers of one's own",
          when: "OnPremisesInstanceTagFilters OnPremisesTagSet",
          actions: "codedeploy:RegisterOnPremisesInstance",
        },
      ],
      passes: [["ServiceRoleArn", "codedeploy.amazonaws.com"]],
      later: ({ properties }) => [
        {
          when: "deployment",
          principal: service("codedeploy.amazonaws.com"),
          asked: on(String(properties["ServiceRoleArn"]), ["sts:AssumeRole"]),
          why: "CodeDeploy takes its role",
          source: CODEDEPLOY,
        },
      ],
      meantFor: "shifted functions",
    },
  },
  prefix: "codedeploy",
  onNothing: ["codedeploy:StopDeployment"],
  // Of a deployment group, and of an alias that one shifts.
  asked: (subject, _, action) => {
    const { resource, stack } = subject;
    const update = updateOf(resource);
    const { ApplicationName = update["ApplicationName"] } = resource.properties;
    const by = ofType(stack, GROUP).find(
      ({ id }) => id === resource.id || id === update["DeploymentGroupName"],
    );
    if (action === "codedeploy:GetDeploymentConfig") {
      const config =
        text(by?.properties ?? {}, "DeploymentConfigName") ?? "CodeDeployDefault.LambdaAllAtOnce";
      return on(codedeployArn(subject, `deploymentconfig:${config}`), [action]);
    }
    if (/ApplicationRevision$/.test(action))
      return on(codedeployArn(subject, `application:${String(ApplicationName)}`), [action]);
    const shifting = text(update, "DeploymentGroupName");
    return shifting === undefined
      ? on(resource.arn, [action], requestTags(stack))
      : on(codedeployArn(subject, `deploymentgroup:${String(ApplicationName)}/${shifting}`), [action]);
  },
};
