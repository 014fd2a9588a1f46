import { partition } from "../../components/names";
import { list, map, text, type Values } from "../../packages/iam/src/json";
import { service, session } from "../../packages/iam/src/policy/principals";
import { after, arn, named } from "./physicalNames";
import { on } from "./requests";
import type { DeployedResource, DeployedStack, LaterCalls, Service } from "./types";

const STATES = "states.amazonaws.com";
const GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/";

const machine = named("StateMachineName");
const machineArn = arn("states", after("stateMachine:", machine));

/** For which state machines Step Functions takes a role. */
const source = ({ stackName, account, region }: DeployedStack) => ({
  "aws:SourceAccount": account,
  "aws:SourceArn": `arn:${partition(region)}:states:${region}:${account}:stateMachine:${stackName}-machine`,
});

/** Functions that states call, however deep in the definition. */
function called(state: unknown): string[] {
  if (Array.isArray(state)) return list(state).flatMap(called);
  if (typeof state !== "object" || state === null) return [];
  const { Resource, Parameters, Arguments } = map(state);
  const names = [Resource, map(Parameters)["FunctionName"], map(Arguments)["FunctionName"]];
  return [
    ...names.filter((each): each is string => typeof each === "string" && each.includes(":lambda:")),
    ...Object.values(map(state)).flatMap(called),
  ].filter((each) => !each.includes(":states:"));
}
const definition = (properties: Values): unknown =>
  properties["Definition"] ?? JSON.parse(text(properties, "DefinitionString") ?? "{}");

/** Step Functions takes the role, and calls the functions with it. */
function calls({ logicalId, arn: own, properties }: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const roleArn = text(properties, "RoleArn") ?? "";
  return [
    {
      when: "in use",
      principal: service(STATES),
      asked: on(roleArn, ["sts:AssumeRole"], { ...source(stack), "aws:SourceArn": own }),
      why: `Step Functions takes the role of ${logicalId}`,
      source: `${GUIDE}procedure-create-iam-role.html`,
    },
    {
      when: "in use",
      principal: session(roleArn, "machine"),
      asked: [...new Set(called(definition(properties)))].flatMap((each) =>
        on(each, ["lambda:InvokeFunction"]),
      ),
      why: `Step Functions calls what ${logicalId} is for`,
      source: `${GUIDE}lambda-iam.html`,
    },
  ];
}

export const stepfunctions: Service = {
  file: "stepfunctions",
  cloudFormation: {
    "AWS::StepFunctions::StateMachine": {
      createOnly: ["StateMachineName", "StateMachineType"],
      ref: machineArn,
      attributes: { Arn: machineArn, Name: machine },
      title: machine,
      runs: false,
      arn: machineArn,
      carries: "nothing",
      refused: ["DefinitionS3Location", "EncryptionConfiguration", "LoggingConfiguration"],
      handlers: {
        create: {
          states: "CreateStateMachine DescribeStateMachine TagResource",
          iam: "PassRole",
          s3: "GetObject GetObjectVersion",
          kms: "DescribeKey GenerateDataKey",
        },
        read: { states: "DescribeStateMachine ListTagsForResource", kms: "Decrypt" },
        update: {
          states: "UpdateStateMachine TagResource UntagResource ListTagsForResource",
          iam: "PassRole",
          kms: "DescribeKey GenerateDataKey",
          s3: "GetObject GetObjectVersion",
        },
        delete: { states: "DeleteStateMachine DescribeStateMachine" },
        tagging: { states: "UntagResource TagResource ListTagsForResource" },
      },
      conditions: [
        { why: "a definition that Plan refuses", actions: "s3:GetObject s3:GetObjectVersion" },
        { why: "a key of one's own", actions: "kms:DescribeKey kms:GenerateDataKey kms:Decrypt" },
      ],
      passes: [["RoleArn", STATES]],
      later: calls,
      meantFor: { uses: ["stepfunctions"], functions: true },
    },
  },
  prefix: "states",
  takes: { [STATES]: source },
};
