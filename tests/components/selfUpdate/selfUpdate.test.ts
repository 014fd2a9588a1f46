import assert from "node:assert/strict";
import { PULUMI_VERSION } from "../../../components/pullRequests/pullRequests";
import { SelfUpdate, type SelfUpdateArgs } from "../../../components/selfUpdate/selfUpdate";
import { list, map } from "../../../packages/iam/src/json";
import { variablesOf } from "../../../rehearsal/record/pipelines";
import type { Resource } from "../../../rehearsal/record/record";
import {
  documentOf,
  inputsOf,
  JOB_DEFAULTS,
  jobScope,
  names,
  only,
  registered,
  resolved,
  roleStatements,
  SCOPE,
} from "../../programs";

const KEY = "arn:aws:kms:eu-central-1:999999999999:key/1";
const ARGS: SelfUpdateArgs = {
  scope: SCOPE,
  source: { kind: "codecommit", repository: "platform", branch: "main" },
  state: { url: "s3://state/a?x=y", bucket: "state", folder: "a", projects: ["acme"], keys: [KEY] },
  role: "ops/platform-up",
  environments: [
    { name: "test", account: "222222222222" },
    { name: "qa", account: "222222222222" },
    { name: "prod", account: "333333333333" },
  ],
  emails: ["ops@example.com"],
  timeoutDays: 3,
  store: jobScope().store,
  jobDefaults: JOB_DEFAULTS,
};
let component: SelfUpdate | undefined;
const made = (change: Partial<SelfUpdateArgs> = {}): Promise<Resource[]> =>
  registered((opts) => (component = new SelfUpdate("self", { ...ARGS, ...change }, opts)));
const allow = (Sid: string, Action: string[], ...Resource: string[]) => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
});
const STATE = "arn:aws:s3:::state/a/.pulumi";
const PIPELINE = "arn:aws:codepipeline:eu-central-1:444444444444:acme-self";
const previewRole = (environment: string, account: string) =>
  `arn:aws:iam::${account}:role/team/acme-self-preview-${environment}`;
const upRole = (account: string) => `arn:aws:iam::${account}:role/ops/platform-up`;
const logOf = (job: string) => `arn:aws:logs:eu-central-1:444444444444:log-group:/aws/codebuild/${job}:*`;
const shared = (job: string) => [
  allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], logOf(job)),
  allow("ReadArtifacts", ["s3:GetObject", "s3:GetObjectVersion"], "arn:bucket/acme-self/*"),
  allow("FindBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], "arn:bucket"),
  allow("Decrypt", ["kms:Decrypt"], "arn:key"),
  allow("ReadState", ["s3:GetObject"], `${STATE}/meta.yaml`, `${STATE}/stacks/acme/*`),
  allow("ListState", ["s3:ListBucket"], "arn:aws:s3:::state"),
  allow("DecryptState", ["kms:Decrypt"], KEY),
];

describe("SelfUpdate", () => {
  let resources: Resource[];
  before(async () => (resources = await made()));

  it("lets the job that runs what was pushed read state and take the roles that may do nothing", () => {
    assert.deepEqual(roleStatements(resources, "self-preview"), [
      ...shared("acme-self-preview"),
      allow(
        "TakePreviewRoles",
        ["sts:AssumeRole"],
        previewRole("test", "222222222222"),
        previewRole("qa", "222222222222"),
        previewRole("prod", "333333333333"),
      ),
    ]);
  });

  it("lets the other keep state, ask for its own run, and take the role that each account has for that", () => {
    assert.deepEqual(roleStatements(resources, "self-up"), [
      ...shared("acme-self-up"),
      allow(
        "WriteState",
        ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        ...["stacks", "locks/organization", "history", "backups"].map((each) => `${STATE}/${each}/acme/*`),
      ),
      allow("EncryptState", ["kms:Encrypt", "kms:GenerateDataKey"], KEY),
      allow("AskPipeline", ["codepipeline:GetPipelineState", "codepipeline:ListActionExecutions"], PIPELINE),
      allow(
        "TakeUpRoles",
        ["sts:AssumeRole"],
        upRole("444444444444"),
        upRole("222222222222"),
        upRole("333333333333"),
      ),
    ]);
  });

  it("tells both where the state is and which role is each environment's, and Up the one of tooling", () => {
    const told = (job: string) => variablesOf(only(resources, "codebuild/project:Project", `self-${job}`));
    const both = {
      PIPELINE: "acme-self",
      ARTIFACT_BUCKET: "bucket",
      PULUMI_VERSION,
      PULUMI_BACKEND_URL: "s3://state/a?x=y",
    };
    assert.deepEqual(told("preview"), {
      ...both,
      ROLES: JSON.stringify({
        test: previewRole("test", "222222222222"),
        qa: previewRole("qa", "222222222222"),
        prod: previewRole("prod", "333333333333"),
      }),
    });
    assert.deepEqual(told("up"), {
      ...both,
      ROLES: JSON.stringify({
        test: upRole("222222222222"),
        qa: upRole("222222222222"),
        prod: upRole("333333333333"),
      }),
      TOOLING_ROLE_ARN: upRole("444444444444"),
    });
  });

  it("asks before Up, in the same stage, which is skipped without steps", () => {
    const { stages, executionMode } = only(resources, "codepipeline/pipeline:Pipeline").inputs;
    const own = list(stages).map(map);
    const run = own.map(({ name, actions }) => [
      name,
      list(actions).map((each) => [map(each)["name"], map(each)["category"], map(each)["runOrder"]]),
    ]);
    assert.deepEqual(run, [
      ["Source", [["Source", "Source", 1]]],
      ["Preview", [["Preview", "Build", 1]]],
      [
        "Up",
        [
          ["Approve", "Approval", 1],
          ["Up", "Build", 2],
        ],
      ],
    ]);
    assert.equal(executionMode, "SUPERSEDED");
    assert.deepEqual(
      own.map(({ beforeEntry }) => beforeEntry),
      [
        undefined,
        undefined,
        {
          condition: {
            result: "SKIP",
            rules: [
              {
                name: "Steps",
                ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
                configuration: {
                  Variable: "#{Preview.STEPS}",
                  Value: "^[0-9a-f]{64}$",
                  Operator: "MATCHES",
                },
              },
            ],
          },
        },
      ],
    );
    const [, , up] = own;
    const [approve, last] = list(up?.["actions"]).map(map);
    assert.equal(approve?.["timeoutInMinutes"], 3 * 24 * 60);
    assert.deepEqual(approve?.["configuration"], {
      CustomData: "Bring the stacks up with the steps #{Preview.STEPS}: read the commit, and Preview's log",
      ExternalEntityLink:
        "https://eu-central-1.console.aws.amazon.com/codesuite/codebuild/444444444444/projects/acme-self-preview/history?region=eu-central-1",
      NotificationArn: map(only(resources, "sns/topic:Topic").outputs)["arn"],
    });
    assert.deepEqual(JSON.parse(String(map(last?.["configuration"])["EnvironmentVariables"])), [
      { name: "EXECUTION_ID", value: "#{codepipeline.PipelineExecutionId}", type: "PLAINTEXT" },
      { name: "STAGE", value: "Up", type: "PLAINTEXT" },
    ]);
  });

  it("waits longer for runs than for anything else: Up has eight hours, Preview one", () => {
    const timeouts = Object.values(inputsOf(resources, "codebuild/project:Project")).map(
      ({ buildTimeout }) => buildTimeout,
    );
    assert.deepEqual(timeouts, [60, 480]);
  });

  it("is started by pushes to the branch, by a role that starts nothing else", () => {
    assert.deepEqual(
      Object.values(inputsOf(resources, "cloudwatch/eventRule:EventRule")).map(
        ({ eventPattern }) => map(map(JSON.parse(String(eventPattern)))["detail"])["referenceName"],
      ),
      [["main"]],
    );
    const triggers = resources.filter(
      ({ type, inputs }) => type === "aws:iam/role:Role" && inputs["name"] === "acme-self-trigger",
    );
    assert.equal(triggers[0]?.inputs["description"], "Starts pipeline acme-self");
    const statements = resources
      .filter(
        ({ type, inputs }) =>
          type === "aws:iam/rolePolicy:RolePolicy" && /StartPipeline/.test(JSON.stringify(inputs)),
      )
      .map((each) => documentOf(each).Statement);
    assert.deepEqual(statements, [
      [allow("StartPipeline", ["codepipeline:StartPipelineExecution"], PIPELINE)],
    ]);
  });

  it("gives whoever agrees a policy for this one approval and the log of Preview", async () => {
    const { Statement } = documentOf(only(resources, "iam/policy:Policy"));
    assert.deepEqual(Statement.slice(1), [
      allow("Approve", ["codepipeline:PutApprovalResult"], `${PIPELINE}/Up/Approve`),
      allow("ReadPreviewLog", ["logs:GetLogEvents"], logOf("acme-self-preview")),
    ]);
    assert.deepEqual(await resolved([component?.name, component?.upRoleArn]), [
      "acme-self",
      "arn:aws:iam::444444444444:role/team/acme-self-up",
    ]);
  });

  it("has no rule where a connection starts it, and the console of its partition", async () => {
    const connected = await made({
      scope: { ...SCOPE, region: "us-gov-west-1" },
      source: {
        kind: "connection",
        connection: "arn:aws-us-gov:codeconnections:us-gov-west-1:444444444444:connection/1",
        ...{ repository: "acme/platform", branch: "main", paths: [], tags: [] },
      },
      state: { url: "s3://state", bucket: "state", projects: ["acme"], keys: [] },
    });
    assert.deepEqual(
      names(connected).filter((each) => /Rule |Triggers/.test(each)),
      [],
    );
    const { stages, triggers } = only(connected, "codepipeline/pipeline:Pipeline").inputs;
    assert.equal(list(triggers).length, 1);
    assert.match(JSON.stringify(stages), /"https:\/\/console\.amazonaws-us-gov\.com\/codesuite\//);
    const sids = roleStatements(connected, "self-up").map(({ Sid }) => Sid);
    assert.deepEqual(
      sids.filter((each) => /State$/.test(String(each))),
      ["ReadState", "ListState", "WriteState"],
    );
  });
});
