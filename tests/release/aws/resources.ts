/** What the stacks register, made in the emulator by each account's administrator. */
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";

/** One call as an account's administrator. */
export type Request = (
  account: string,
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  region?: string,
) => Promise<unknown>;

export interface Making {
  readonly request: Request;
  /** S3 has a protocol of its own. */
  readonly s3: (account: string, method: string, path: string, body: string) => Promise<void>;
}

type Make = (resource: Resource, account: string, making: Making) => Promise<unknown>;

/** By Pulumi's type. What is not here, and why, stands in docs/release-test.md. */
export const MADE: Readonly<Record<string, Make>> = {
  "aws:s3/bucket:Bucket": ({ outputs, region = "" }, account, { s3 }) =>
    s3(
      account,
      "PUT",
      `/${String(outputs["bucket"])}`,
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 is what is left out
      region === "us-east-1"
        ? ""
        : `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
    ),
  "aws:s3/bucketVersioning:BucketVersioning": ({ inputs }, account, { s3 }) =>
    s3(
      account,
      "PUT",
      `/${String(inputs["bucket"])}?versioning`,
      `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`,
    ),
  "aws:sns/topic:Topic": ({ outputs }, account, { request }) =>
    request(account, "sns", "CreateTopic", { Name: outputs["name"] }),
  "aws:ssm/parameter:Parameter": ({ inputs }, account, { request }) =>
    request(account, "ssm", "PutParameter", {
      ...{ Name: inputs["name"], Type: inputs["type"] },
      Value: inputs["insecureValue"] ?? inputs["value"],
    }),
  "awsx:ecr:Repository": ({ outputs, region }, account, { request }) => {
    const { name } = outputs["repository"] as { name: string };
    return request(account, "ecr", "CreateRepository", { repositoryName: name }, region);
  },
  "aws:iam/role:Role": ({ outputs, inputs }, account, { request }) =>
    request(account, "iam", "CreateRole", {
      ...{ RoleName: outputs["name"], AssumeRolePolicyDocument: written(inputs["assumeRolePolicy"]) },
    }),
  "aws:ecs/cluster:Cluster": ({ outputs }, account, { request }) =>
    request(account, "ecs", "CreateCluster", { clusterName: outputs["name"] }),
  "aws:lb/loadBalancer:LoadBalancer": ({ outputs }, account, { request }) =>
    request(account, "elasticloadbalancing", "CreateLoadBalancer", {
      Name: outputs["name"],
      ...tags({ arn: outputs["arn"], name: outputs["dnsName"] }),
    }),
  "aws:lb/listener:Listener": ({ inputs, outputs }, account, { request }) =>
    request(account, "elasticloadbalancing", "CreateListener", {
      ...{ LoadBalancerArn: inputs["loadBalancerArn"], Port: inputs["port"], Protocol: "HTTP" },
      // Whatever the listener answers itself, no scenario asks for.
      "DefaultActions.member.1.Type": "fixed-response",
      "DefaultActions.member.1.FixedResponseConfig.StatusCode": "404",
      ...tags({ arn: outputs["arn"] }),
    }),
  "aws:cloudwatch/logGroup:LogGroup": ({ outputs }, account, { request }) =>
    request(account, "logs", "CreateLogGroup", { logGroupName: outputs["name"] }),
};

/** What the emulator is told beside what AWS's API has: which ARN the stacks know something by. */
const tags = (of: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(of).flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  );

const written = (policy: unknown): string => (typeof policy === "string" ? policy : JSON.stringify(policy));

/** In the order in which the types stand above. */
export async function makeResources(record: Rehearsed, making: Making): Promise<void> {
  for (const [type, make] of Object.entries(MADE))
    for (const resource of ofType(record, type)) {
      if (resource.account === undefined) throw new Error(`${resource.urn} is in no account`);
      await make(resource, resource.account, making);
    }
}
