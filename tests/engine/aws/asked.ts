/** What AWS is asked, so that it refuses: for every refusal that the double knows. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Accounts, ACCOUNT, config, OTHER, sdk, type Asked } from "./accounts";
import { PIPELINES } from "./askedOfPipelines";
import { PLATFORMS } from "./askedOfPlatforms";
import { POLICIES } from "./askedOfPolicies";
import { pipeline, project, SERVICES } from "./askedOfServices";
import { CREDENTIALS } from "./cloud";
import type { Values } from "./declared";
import { DoubledAws } from "./provider";
import type { RefusalId } from "./refusals";
import { bucket, document, role, STATEMENTS, trust } from "./samples";

const BUILD = "codebuild.amazonaws.com";
const PIPELINE = "codepipeline.amazonaws.com";

/** The same name under two names in the program. */
const twice =
  (kind: string, inputs: Values) =>
  async ({ own }: Accounts) => {
    await own.make(kind, "first", inputs);
    await own.make(kind, "second", inputs);
  };
/** Other accounts, and names that are taken. */
const NAMES = {
  account: ({ cloud }) => {
    writeFileSync(join(cloud.folder, CREDENTIALS), JSON.stringify({ default: OTHER }));
    return Promise.resolve().then(() => new DoubledAws(cloud, sdk()).configure(config(ACCOUNT)));
  },
  "pass-role": async ({ own, other }) =>
    project(own, (await role(other, "job", trust(BUILD))).outputs["arn"]),
  "bucket-elsewhere": async ({ own, other }) => {
    await bucket(other, "data");
    await own.make("s3/bucketVersioning:BucketVersioning", "data", {
      bucket: "data",
      versioningConfiguration: { status: "Enabled" },
    });
  },
  "role-taken": twice("iam/role:Role", { name: "job", assumeRolePolicy: trust(BUILD) }),
  "policy-taken": twice("iam/policy:Policy", { name: "rights", policy: document(STATEMENTS.managed) }),
  "bucket-taken": async ({ own, other }) => {
    await bucket(own, "data");
    await bucket(other, "data");
  },
  "project-taken": async ({ own }) => {
    const { outputs } = await role(own, "job", trust(BUILD));
    await project(own, outputs["arn"]);
    await project(own, outputs["arn"]);
  },
  "report-group-taken": twice("codebuild/reportGroup:ReportGroup", {
    name: "tests",
    type: "TEST",
    exportConfig: { type: "NO_EXPORT" },
  }),
  "code-taken": twice("codecommit/repository:Repository", { repositoryName: "code" }),
  "pipeline-taken": async ({ own }) => {
    const { outputs } = await role(own, "pipeline", trust(PIPELINE));
    await pipeline(own, outputs["arn"]);
    await pipeline(own, outputs["arn"]);
  },
  "images-taken": twice("ecr/repository:Repository", { name: "images" }),
  "alias-taken": async (accounts) => {
    const { id } = await accounts.own.make("kms/key:Key", "key", {});
    await twice("kms/alias:Alias", { name: "alias/key", targetKeyId: id })(accounts);
  },
  "log-group-taken": twice("cloudwatch/logGroup:LogGroup", { name: "log" }),
  "identity-provider-taken": twice("iam/openIdConnectProvider:OpenIdConnectProvider", {
    url: "https://token.actions.githubusercontent.com",
    clientIdLists: ["sts.amazonaws.com"],
  }),
} satisfies Partial<Record<RefusalId, Asked>>;

/** By the reason that AWS must give. */
export const ASKED: Readonly<Record<RefusalId, Asked>> = {
  ...NAMES,
  ...POLICIES,
  ...SERVICES,
  ...PIPELINES,
  ...PLATFORMS,
};
