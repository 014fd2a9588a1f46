import assert from "node:assert/strict";
import { IMAGE } from "../../../components/defaults";
import { judgeOf } from "../../../components/jobs/judge";
import { LAMBDA_IMAGE } from "../../../components/jobs/jobDefaults";
import type { Resource } from "../../../rehearsal/record/record";
import { DeliveryPipeline, type DeliveryPipelineArgs } from "../../../components/pipeline/deliveryPipeline";
import { pipelineStatements } from "../../../components/pipeline/pipelineStatements";
import { pipelineStages } from "../../../components/pipeline/pipelineDefinition";
import {
  type Connection,
  sourceEvent,
  sourceStatements,
  sourceTriggers,
} from "../../../components/pipeline/source";
import { releaseStages } from "../../../components/pipeline/stages";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import {
  documentOf,
  inputsOf,
  JOB_DEFAULTS,
  jobScope,
  names,
  ofKind,
  only,
  refusal,
  registered,
  resolved,
  roleStatements,
  SCOPE,
} from "../../programs";

const codecommit = { kind: "codecommit", repository: "shop", branch: "main" } as const;
const connection: Connection = {
  kind: "connection",
  connection: "arn:aws:codeconnections:eu-central-1:444444444444:connection/1",
  ...{ repository: "acme/shop", branch: "main", paths: [], tags: [] },
};
const args = (change: Partial<DeliveryPipelineArgs> = {}): DeliveryPipelineArgs => ({
  ...jobScope(),
  workload: lambdaContainer,
  jobDefaults: JOB_DEFAULTS,
  environments: [
    { name: "test", account: "222222222222" },
    { name: "prod", account: "333333333333", approvalTimeoutDays: 2 },
  ],
  directory: ".",
  template: "template.yaml",
  expirationInDays: 44,
  computeType: "BUILD_GENERAL1_SMALL",
  scanThreshold: "CRITICAL",
  keepReleases: 5,
  platform: "linux/amd64",
  transforms: [],
  source: codecommit,
  executionMode: "SUPERSEDED",
  emails: ["a@example.com"],
  ...change,
});
const delivery = (change: Partial<DeliveryPipelineArgs> = {}) =>
  registered((opts) => new DeliveryPipeline("shop", args(change), opts));
const stages = releaseStages(args().environments, (kind, environment) =>
  environment === undefined ? `acme-cat-${kind}` : `acme-cat--${environment}-${kind}`,
);
const PIPELINE = "codepipeline/pipeline:Pipeline";
const ownPolicy = (made: Awaited<ReturnType<typeof delivery>>) =>
  only(
    made.filter(({ inputs }) => inputs["role"] === "acme-cat-pipeline"),
    "iam/rolePolicy:RolePolicy",
  );

describe("DeliveryPipeline", () => {
  it("is a V2 pipeline of the stages, with the store's bucket and its key by ARN", async () => {
    const made = await delivery();
    const topic = String(only(made, "sns/topic:Topic").outputs["arn"]);
    assert.deepEqual(only(made, PIPELINE).inputs, {
      name: "catalog",
      pipelineType: "V2",
      executionMode: "SUPERSEDED",
      roleArn: "arn:aws:iam::444444444444:role/team/acme-cat-pipeline",
      artifactStores: [{ type: "S3", location: "bucket", encryptionKey: { type: "KMS", id: "arn:key" } }],
      stages: pipelineStages(stages, codecommit, topic),
      triggers: [],
    });
  });

  it("is made once its role may work and all of its jobs are there", async () => {
    const made = await delivery({ createRepository: true });
    const { dependsOn } = only(made, PIPELINE);
    const needed = [
      ownPolicy(made),
      ...ofKind(made, "codebuild/project:Project"),
      only(made, "codecommit/repository:Repository"),
    ];
    const missing = needed.filter(({ urn }) => !dependsOn.includes(urn));
    assert.equal(needed.length, 9);
    assert.deepEqual(names(missing), []);
  });

  it("runs as a role that CodePipeline takes without a condition, for its own artifacts, jobs, topic and source", async () => {
    const made = await delivery();
    const topic = String(only(made, "sns/topic:Topic").outputs["arn"]);
    const own = ["acme-cat-build", "acme-cat-verify", "acme-cat-promote"];
    const jobs = [...own, "acme-cat--test-*", "acme-cat--prod-*"];
    const role = ofKind(made, "iam/role:Role").find(({ inputs }) => inputs["name"] === "acme-cat-pipeline");
    assert.deepEqual(role?.inputs, {
      name: "acme-cat-pipeline",
      path: "/team/",
      description: "Runs pipeline catalog",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AssumedByService",
            Effect: "Allow",
            Principal: { Service: "codepipeline.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      },
    });
    assert.deepEqual(
      documentOf(ownPolicy(made)).Statement,
      await resolved([
        ...pipelineStatements(jobScope(), jobs, topic),
        ...sourceStatements(SCOPE, codecommit),
      ]),
    );
  });

  it("makes the CodeCommit repository only where it is asked to", async () => {
    const repositories = async (change: Partial<DeliveryPipelineArgs>) =>
      inputsOf(await delivery(change), "codecommit/repository:Repository");
    assert.deepEqual(await repositories({ createRepository: true }), { shop: { repositoryName: "shop" } });
    assert.deepEqual(await repositories({}), {});
    assert.deepEqual(await repositories({ createRepository: true, source: connection }), {});
  });

  it("protects the repository with the service's code, and nothing else, unless it is deletable", async () => {
    const guarded = async (change: Partial<DeliveryPipelineArgs>) =>
      names((await delivery({ createRepository: true, ...change })).filter(({ protect }) => protect));
    assert.deepEqual(await guarded({}), ["aws:codecommit/repository:Repository shop"]);
    assert.deepEqual(await guarded({ deletable: false }), ["aws:codecommit/repository:Repository shop"]);
    assert.deepEqual(await guarded({ deletable: true }), []);
  });

  it("is started by a rule from CodeCommit, and by its own trigger from a connection", async () => {
    const startedBy = async (source: DeliveryPipelineArgs["source"]) => {
      const made = await delivery({ source });
      const rules = ofKind(made, "cloudwatch/eventRule:EventRule");
      const event = JSON.stringify(sourceEvent(SCOPE, codecommit));
      const starting = rules.filter(({ inputs }) => inputs["eventPattern"] === event);
      return [only(made, PIPELINE).inputs["triggers"], rules.length, starting.length];
    };
    assert.deepEqual(await startedBy(codecommit), [[], 2, 1]);
    assert.deepEqual(await startedBy(connection), [sourceTriggers(connection), 1, 0]);
  });

  it("asks at its topic, and has an approver for each environment that asks", async () => {
    const made: { component?: DeliveryPipeline } = {};
    const resources = await registered(
      (opts) => (made.component = new DeliveryPipeline("shop", args(), opts)),
    );
    const [topic] = ofKind(resources, "sns/topic:Topic");
    assert.equal(topic?.inputs["displayName"], "Pipeline catalog");
    assert.deepEqual(
      ofKind(resources, "sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs["endpoint"]),
      ["a@example.com"],
    );
    const policies = ofKind(resources, "iam/policy:Policy").map(
      ({ name, outputs }) => [name, outputs["arn"]] as const,
    );
    const arnOf = (part: string) => policies.find(([name]) => name.includes(part))?.[1];
    const { name, operatorPolicyArn, approverPolicyArns } = made.component ?? {};
    assert.equal(policies.length, 2);
    assert.deepEqual(await resolved({ name, operatorPolicyArn, approverPolicyArns }), {
      name: "catalog",
      operatorPolicyArn: arnOf("operator"),
      approverPolicyArns: { prod: arnOf("prod") },
    });
  });

  it("hands the organization's boundary, path, network and retention to every role and job", async () => {
    const permissionsBoundary = "arn:aws:iam::444444444444:policy/org";
    const vpc = { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] };
    const made = await delivery({
      jobDefaults: { ...JOB_DEFAULTS, permissionsBoundary, vpc, logRetentionInDays: 7 },
    });
    const roles = ofKind(made, "iam/role:Role");
    assert.equal(roles.length, 9);
    for (const { inputs } of roles)
      assert.deepEqual([inputs["path"], inputs["permissionsBoundary"]], ["/team/", permissionsBoundary]);
    const projects = ofKind(made, "codebuild/project:Project");
    const logs = ofKind(made, "cloudwatch/logGroup:LogGroup");
    assert.deepEqual([projects.length, logs.length], [7, 7]);
    for (const { inputs } of projects) assert.deepEqual(inputs["vpcConfig"], vpc);
    for (const { inputs } of logs) assert.equal(inputs["retentionInDays"], 7);
    const lend = roleStatements(made, "shop-promote").at(-1);
    assert.deepEqual(lend?.Resource, ["arn:aws:ec2:eu-central-1:444444444444:network-interface/*"]);
  });

  it("queues runs where it is asked to, and lets reports go where it is deletable", async () => {
    const made = await delivery({ executionMode: "QUEUED", deletable: true });
    assert.equal(only(made, PIPELINE).inputs["executionMode"], "QUEUED");
    const groups = ofKind(made, "codebuild/reportGroup:ReportGroup");
    for (const { inputs } of groups) assert.equal(inputs["deleteReports"], true);
  });

  it("looks for stale approvals only where it is to end them: before each stage that asks", async () => {
    const rules = async (change: Partial<DeliveryPipelineArgs> = {}) =>
      inputsOf(await delivery(change), "cloudwatch/eventRule:EventRule");
    assert.deepEqual(Object.keys(await rules()).sort(), ["shop-cleanup", "shop-source"]);
    const made = await rules({ endsStaleApprovals: true });
    assert.deepEqual(Object.keys(made).sort(), [
      "shop-approval",
      "shop-arrival",
      "shop-cleanup",
      "shop-source",
    ]);
    const { detail } = JSON.parse(String(made["shop-arrival"]?.["eventPattern"])) as { detail: object };
    assert.deepEqual(detail, { stage: ["Deploy-test"], state: ["SUCCEEDED"] });
  });

  it("is in most things as most are, by default: as settings have it, with a judge of its own", async () => {
    const { scope, store, images } = jobScope();
    const pipeline = { name: "shop", prefix: "shop" };
    const judge = (values: readonly string[]) =>
      values.map((each) => `/acme/tooling/judge/shop/${each}`).join(" ");
    const written = { ...args(), pipeline, emails: [], expirationInDays: 32 };
    const jobDefaults = { judge, image: IMAGE, logRetentionInDays: 365, lambdaImage: LAMBDA_IMAGE };
    const all = await delivery({ ...written, jobDefaults });
    const few = await registered((opts) => {
      const { environments, source } = written;
      const few = { scope, store, images, environments, source, directory: undefined as never };
      return new DeliveryPipeline("shop", few, opts);
    });
    const plain = (resources: readonly Resource[]) =>
      resources
        .map(({ type, name, inputs }) => ({ type, name, inputs }))
        .sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
    const isJudge = ({ name }: Resource) => name.startsWith("shop-judge");
    assert.deepEqual(plain(few.filter((each) => !isJudge(each))), plain(all));
    const published = few.filter(isJudge).filter(({ custom }) => custom);
    assert.deepEqual(
      Object.fromEntries(published.map(({ inputs }) => [inputs["name"], inputs["insecureValue"]])),
      Object.fromEntries(
        Object.entries(judgeOf(lambdaContainer.template).values).map(([key, value]) => [judge([key]), value]),
      ),
    );
  });

  it("refuses to build images without a repository of them", async () => {
    const [first] = await refusal((opts) => new DeliveryPipeline("shop", args({ images: undefined }), opts));
    assert.equal(
      first,
      "pipeline catalog has no images, which lambda-container needs: give it an ImageRepository",
    );
  });

  it("refuses stages that CodePipeline would refuse, before anything is made", async () => {
    const environments = [{ name: "test", account: "222222222222", approvalTimeoutDays: 61 }] as const;
    const [first] = await refusal((opts) => new DeliveryPipeline("shop", args({ environments }), opts));
    assert.equal(
      first,
      "pipeline catalog cannot be created:\n  stage Approve-test: action Approval: an approval waits 5 to 86400 minutes, not 87840",
    );
  });
});
