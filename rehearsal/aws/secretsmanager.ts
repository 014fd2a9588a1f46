import { list, map } from "../../packages/iam/src/json";
import { arn, digest, type Name, named, property } from "./physicalNames";
import { on } from "./requests";
import type { DeployedResource, Grant, Service } from "./types";

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
  },
  prefix: "secretsmanager",
  onNothing: ["secretsmanager:GetRandomPassword"],
  // A policy's calls are asked on its secret, which has the tags.
  asked: ({ resource }, _, action) =>
    /ResourcePolicy$/.test(action) ? on(resource.arn, [action]) : undefined,
};
