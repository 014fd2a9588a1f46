import { CODE, imageOf, OLD } from "./codeAlone";
import { run, type Result } from "./harness";
import { BUILDSPECS, releaseFolder } from "./inputs";
import { REPOSITORY_URI } from "./kinds";
import { described } from "./services";
import { REGION } from "./stack";
import {
  BUCKET,
  COMMIT_ID,
  EXECUTION_ID,
  emptyWorld,
  role,
  TOOLING,
  type OwnersService,
  type World,
} from "./world";

/** What releases code alone to a service of ECS, and such a service that another stack owns. */

const ROLE = "arn:aws:iam::222222222222:role/quotes-execution";
const TASK_ROLE = "arn:aws:iam::222222222222:role/services/quotes-task";
export const imageUri = (code: string): string => `${REPOSITORY_URI}@sha256:${imageOf(code)}`;

/** What its owner registers. */
export const definition = (image: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  family: "quotes",
  executionRoleArn: ROLE,
  taskRoleArn: TASK_ROLE,
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  cpu: "256",
  memory: "512",
  volumes: [],
  containerDefinitions: [
    {
      name: "app",
      image,
      command: ["serve", "--port", "8080"],
      environment: [
        { name: "PASSWORD", value: "never-in-a-log" },
        { name: "TABLE", value: "quotes" },
      ],
      secrets: [{ name: "KEY", valueFrom: "arn:aws:ssm:eu-west-1:222222222222:parameter/key" }],
    },
    { name: "proxy", image: "public.ecr.aws/envoy:1" },
  ],
  ...changes,
});

const INSTANCE_ROLE = "arn:aws:iam::222222222222:role/main-instances";
/** What jobs are told beside it of a service on instances. */
export const ON_INSTANCES = { INSTANCE_ROLE_ARN: INSTANCE_ROLE };
/** Such a definition, with all that ECS takes but for the tags; it need not say what it requires, nor an architecture. */
export const onInstances = (image: string, changes: Readonly<Record<string, unknown>> = {}) => {
  const onFargate = definition(image);
  const [first, ...rest] = onFargate.containerDefinitions;
  return {
    ...Object.fromEntries(Object.entries(onFargate).filter(([key]) => key !== "requiresCompatibilities")),
    ...{ networkMode: "bridge", pidMode: "task", ipcMode: "none", enableFaultInjection: true },
    containerDefinitions: [
      {
        ...first,
        privileged: false,
        portMappings: [{ containerPort: 8080, hostPort: 0, protocol: "tcp" }],
        mountPoints: [{ sourceVolume: "data", containerPath: "/data" }],
        resourceRequirements: [{ type: "GPU", value: "1" }],
      },
      ...rest,
    ],
    volumes: [{ name: "data", host: { sourcePath: "/data" } }],
    placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.instance-type =~ g5.*" }],
    inferenceAccelerators: [{ deviceName: "device_1", deviceType: "eia2.medium" }],
    ephemeralStorage: { sizeInGiB: 30 },
    proxyConfiguration: { type: "APPMESH", containerName: "proxy", properties: [] },
    ...changes,
  };
};

/** Revision 7 runs, and is the newest. */
export const service = (changes: Partial<OwnersService> = {}): OwnersService => ({
  ...{ cluster: "main", name: "quotes-test", status: "ACTIVE", says: {}, goesBack: false },
  deployments: [
    { id: "1000000000000000001", status: "PRIMARY", definition: "quotes:7", states: [["COMPLETED"]] },
  ],
  rollout: [["IN_PROGRESS"], ["IN_PROGRESS"], ["COMPLETED"]],
  definitions: new Map([["quotes:7", described("quotes", 7, definition(imageUri(OLD)))]]),
  ...changes,
});
/** The same, with other task definitions of the family. */
export const withDefinitions = (
  all: Readonly<Record<number, Readonly<Record<string, unknown>>>>,
  changes: Partial<OwnersService> = {},
): OwnersService =>
  service({
    definitions: new Map(
      Object.entries(all).map(([revision, input]) => [
        `quotes:${revision}`,
        described("quotes", Number(revision), input),
      ]),
    ),
    ...changes,
  });
/** What Plan says where nothing has changed since. */
export const PLANNED = "7/1000000000000000001";

export const serviceWorld = (ownersService?: OwnersService, changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  ...(ownersService && { ownersService }),
  ...changes,
});

/** Plans or deploys a release whose code is this image. */
export function releaseService(
  job: "code-plan" | "code-deploy",
  world: World,
  changes: Readonly<Record<string, string>> = {},
  code = CODE,
): Promise<Result> {
  const digest = `sha256:${imageOf(code)}`;
  const { folder, sha256 } = releaseFolder({
    "release.json": JSON.stringify({ commit: COMMIT_ID, codeDigest: digest, settings: "image" }),
  });
  const planned: Record<string, string> = job === "code-deploy" ? { PLANNED } : {};
  const variables = {
    ...{
      PIPELINE: "catalog",
      ENVIRONMENT: "test",
      PULUMI_STACK: "test",
      ENVIRONMENT_ACCOUNT: "222222222222",
    },
    ...{ ARTIFACT_BUCKET: BUCKET, APPROVAL: "true", DEPLOY_STAGE: "Deploy-test" },
    ...{ PLAN_ROLE_ARN: role("222222222222", "plan"), DEPLOY_ROLE_ARN: role("222222222222", "deploy") },
    ...{ CLUSTER: "main", SERVICE_NAME: "quotes-test", FAMILY: "quotes", CONTAINER: "app" },
    ...{ TASK_EXECUTION_ROLE_ARN: ROLE, TASK_ROLE_ARN: TASK_ROLE, ARCHITECTURE: "x86_64" },
    ...{ SERVICE_ENDPOINT: "https://quotes.example.com", REPOSITORY_NAME: "catalog", REPOSITORY_URI },
    ...{
      SCAN_THRESHOLD: "HIGH",
      PLANNED_BY: "Approve-test/Plan",
      EXECUTION_ID,
      COMMIT_ID,
      RELEASE_SHA256: sha256,
    },
    CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${REGION}:${TOOLING}:build/delivery-catalog--test-plan-job:6f1e2d3c-0000-4000-8000-000000000000`,
  };
  return run(
    BUILDSPECS[`${job}, to a service`],
    folder,
    { ...variables, CODE_DIGEST: digest, ...planned, ...changes },
    world,
  );
}
