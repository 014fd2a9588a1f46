/** An AWS that holds objects in memory and says yes, for the tests of what runs over it: made-up projects and pipelines. */
import { map } from "../../packages/iam/src/json";
import type { Resource, StackRun } from "../../rehearsal/record/record";
import { Artifacts } from "./artifacts";
import { type Aws, AwsError, type Session } from "./model";

export const ACCOUNT = "111111111111";
const REGION = "eu-west-1";
export const BUCKET = "made-up-artifacts";
export const arn = (service: string, rest: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

/** A resource as a stack would have registered it. */
export function resource(type: string, name: string, inputs: Resource["inputs"], ownArn: string): Resource {
  return {
    ...{ stack: "tooling", type, name, urn: `urn:${type}::${name}`, id: name, parent: "", custom: true },
    ...{
      remote: false,
      protect: false,
      provider: undefined,
      account: ACCOUNT,
      region: REGION,
      dependsOn: [],
    },
    inputs,
    outputs: { ...inputs, name, arn: ownArn },
  };
}

export const run = (resources: readonly Resource[]): StackRun => ({
  ...{ stack: "tooling", account: ACCOUNT, region: REGION, outputs: {}, failures: [], seconds: 0 },
  resources,
});

export function project(
  name: string,
  buildspec: string,
  variables: object[] = [],
  source = "CODEPIPELINE",
  inputs: Readonly<Record<string, unknown>> = {},
): Resource {
  return resource(
    "aws:codebuild/project:Project",
    name,
    {
      name,
      serviceRole: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      encryptionKey: arn("kms", "key/1"),
      source: { type: source, buildspec },
      environment: { image: "standard:1.0", environmentVariables: variables },
      logsConfig: { cloudwatchLogs: { groupName: `/made-up/${name}` } },
      ...inputs,
    },
    arn("codebuild", `project/${name}`),
  );
}

export interface MadeUp {
  readonly aws: Pick<Aws, "session" | "ask" | "request" | "objects">;
  readonly artifacts: Artifacts;
  readonly objects: Map<string, Buffer>;
  /** `who action resource`, in order. */
  readonly asked: string[];
  /** `service operation` and its input. */
  readonly requests: { readonly what: string; readonly input: Readonly<Record<string, unknown>> }[];
  readonly refused: Set<string>;
}

export function madeUp(): MadeUp {
  const objects = new Map<string, Buffer>();
  const asked: string[] = [];
  const requests: MadeUp["requests"] = [];
  const refused = new Set<string>();
  const aws: MadeUp["aws"] = {
    session: ({ roleArn, name }): Session => ({
      id: `${roleArn.split("/").at(-1)}/${name}`,
      env: { PATH: "" },
    }),
    ask: ({ id }, { action, resource: on }) => {
      asked.push(`${id.split("/")[0]} ${action} ${on}`);
      if (refused.has(action)) throw new AwsError("AccessDenied", `${id} may not ${action} on ${on}`, 403);
    },
    request: (_account, service, operation, input) => {
      requests.push({ what: `${service} ${operation}`, input: map(input) });
      return Promise.resolve({});
    },
    objects: {
      get: (bucket, key) => Promise.resolve(objects.get(`${bucket}/${key}`)),
      put: (bucket, key, body) => {
        objects.set(`${bucket}/${key}`, Buffer.from(body));
        return Promise.resolve();
      },
      list: (bucket, prefix = "") =>
        Promise.resolve(
          [...objects.keys()]
            .filter((key) => key.startsWith(`${bucket}/${prefix}`))
            .map((key) => key.slice(bucket.length + 1)),
        ),
    },
  };
  const store = { bucketArn: `arn:aws:s3:::${BUCKET}`, keyArn: arn("kms", "key/1"), viaS3: "s3.here" };
  return { aws, artifacts: new Artifacts(aws, store), objects, asked, requests, refused };
}
