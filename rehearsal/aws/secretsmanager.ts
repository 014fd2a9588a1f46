import { list, map, text } from "../../packages/iam/src/json";
import { service } from "../../packages/iam/src/policy/principals";
import { arn, digest, type Name, named, property } from "./physicalNames";
import { on, one } from "./requests";
import type { DeployedResource, DeployedStack, Grant, LaterCalls, Service } from "./types";

/** A secret's ARN ends with six characters that Secrets Manager makes up. */
const secretArn = arn(
  "secretsmanager",
  (site, resource) => `secret:${named("Name")(site, resource)}-${digest(site, resource).slice(0, 6)}`,
);
const ofSecret: Name = property("SecretId");

/** What a policy of a secret writes into it. */
const grants = ({ properties }: DeployedResource): Grant[] =>
  list(map(properties["ResourcePolicy"])["Statement"]).map((statement) => ({
    on: String(properties["SecretId"]),
    statement: map(statement),
    ownOnly: true,
  }));

const SCHEDULE = "AWS::SecretsManager::RotationSchedule";

/** Secrets Manager calls the function, in the account's name: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html */
function rotations({ logicalId, properties }: DeployedResource, { account }: DeployedStack): LaterCalls[] {
  const by = text(properties, "RotationLambdaARN");
  if (by === undefined) return [];
  return [
    {
      when: "in use",
      principal: service("secretsmanager.amazonaws.com"),
      asked: on(by, ["lambda:InvokeFunction"], { "aws:SourceAccount": account }),
      why: `Secrets Manager has the secret of ${logicalId} rotated`,
      source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html",
    },
  ];
}

export const secretsmanager: Service = {
  file: "secretsmanager",
  cloudFormation: {
    "AWS::SecretsManager::Secret": {
      createOnly: ["Name"],
      ref: secretArn,
      attributes: { Id: secretArn },
      title: named("Name"),
      runs: false,
      arn: secretArn,
      carries: { guards: "secret" },
      handlers: {
        create: {
          secretsmanager:
            "DescribeSecret GetRandomPassword CreateSecret TagResource ReplicateSecretToRegions",
        },
        read: { secretsmanager: "DescribeSecret GetSecretValue" },
        update: {
          secretsmanager: `UpdateSecret TagResource UntagResource GetRandomPassword GetSecretValue
          ReplicateSecretToRegions RemoveRegionsFromReplication`,
        },
        delete: { secretsmanager: "DeleteSecret DescribeSecret RemoveRegionsFromReplication" },
        tagging: { secretsmanager: "UntagResource TagResource" },
      },
      conditions: [
        {
          why: "a value that is made up",
          when: "GenerateSecretString",
          actions: "secretsmanager:GetRandomPassword",
        },
        {
          why: "copies in other Regions",
          actions: "secretsmanager:ReplicateSecretToRegions secretsmanager:RemoveRegionsFromReplication",
        },
      ],
      refused: ["KmsKeyId", "ReplicaRegions"],
      meantFor: { uses: ["secretsmanager"] },
    },
    "AWS::SecretsManager::ResourcePolicy": {
      createOnly: ["SecretId"],
      ref: ofSecret,
      attributes: { Id: ofSecret },
      runs: false,
      arn: ofSecret,
      carries: { grants },
      handlers: {
        create: { secretsmanager: "PutResourcePolicy GetResourcePolicy" },
        read: { secretsmanager: "GetResourcePolicy" },
        update: { secretsmanager: "PutResourcePolicy GetResourcePolicy" },
        delete: { secretsmanager: "DeleteResourcePolicy GetResourcePolicy" },
      },
      meantFor: { uses: ["secretsmanager"] },
    },
    [SCHEDULE]: {
      createOnly: ["SecretId"],
      ref: ofSecret,
      attributes: { Id: ofSecret },
      runs: false,
      arn: ofSecret,
      carries: "nothing",
      handlers: {
        create: { secretsmanager: "RotateSecret DescribeSecret", lambda: "InvokeFunction", iam: "PassRole" },
        read: { secretsmanager: "DescribeSecret" },
        update: { secretsmanager: "RotateSecret DescribeSecret", lambda: "InvokeFunction", iam: "PassRole" },
        delete: { secretsmanager: "CancelRotateSecret DescribeSecret" },
      },
      conditions: [
        { why: "a role for secrets that somebody else rotates, which Plan refuses", actions: "iam:PassRole" },
      ],
      refused: ["ExternalSecretRotationRoleArn", "HostedRotationLambda"],
      asked: ({ resource: { arn: secret, properties } }, _, action) => {
        const by = text(properties, "RotationLambdaARN");
        if (action === "lambda:InvokeFunction") return by === undefined ? [] : on(by, [action]);
        const rotates = action === "secretsmanager:RotateSecret";
        return on(secret, [action], rotates ? one("secretsmanager:RotationLambdaARN", by) : undefined);
      },
      later: rotations,
      meantFor: { uses: ["secretRotation"], functions: true },
    },
  },
  prefix: "secretsmanager",
  onNothing: ["secretsmanager:GetRandomPassword"],
  // A policy's calls are asked on its secret, which has the tags.
  asked: ({ resource }, _, action) =>
    /ResourcePolicy$/.test(action) ? on(resource.arn, [action]) : undefined,
};
