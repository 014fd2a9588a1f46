import assert from "node:assert/strict";
import { kindCalls } from "../../../../rehearsal/access/calls/kindCalls";
import { walk, type Walk, type WalkedCall } from "../../../../rehearsal/access/calls/walk";
import { worldOf } from "../worlds";
import { whole } from "../../../whole/sample";

const short = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "RUN")
    .replace(/\b0{40}\b/g, "COMMIT")
    .replace(/\b0{64}\b/g, "SHA256")
    .replace(/arn:aws:s3:::artifacts-[0-9a-f]{7}/g, "bucket")
    .replace(/arn:aws:kms:\S+/g, "key")
    .replace(/-[0-9A-F]{12}/g, "-ID")
    .replace(/\b[0-9a-f]{16}\b/g, "ID")
    .replace(/-[0-9a-f]{7}\b/g, "-ID");

/** Calls as `caller action resource`, each once, in order. */
const told = (calls: readonly WalkedCall[]): string[] => [
  ...new Set(calls.map(({ caller, action, resource }) => short(`${caller} ${action} ${resource}`))),
];
const inTest = ({ calls }: Walk, of: (call: WalkedCall) => boolean) =>
  told(calls.filter((each) => (each.environment ?? "test") === "test" && of(each)));

describe("access/calls of code that is files", () => {
  const zip = async () => walk(await worldOf("functions in zips, in two accounts"));

  whole(
    "fetches the zip of the release with the rights of CloudFormation's role, through the key",
    async () => {
      const calls = (await zip()).calls.filter(
        ({ why }) => why === "CloudFormation creates Function (AWS::Lambda::Function)",
      );
      const fetching = calls.filter(({ action }) => /^(s3|kms):/.test(action));
      assert.deepEqual(
        fetching.map(({ caller, action, resource, context }) => [caller, action, short(resource), context]),
        ["test@222222222222", "prod@222222222223"].flatMap((written) => {
          const [name = "", account = ""] = written.split("@");
          const role = `delivery-zip--${name}-execution`;
          return [
            [role, "s3:GetObject", `bucket/releases/zip/${account}/${name}/RUN/code/SHA256.zip`, {}],
            [role, "kms:Decrypt", "key", { "kms:ViaService": "s3.eu-west-1.amazonaws.com" }],
          ];
        }),
      );
      assert.ok(fetching.every(({ answer }) => answer.verdict === "allowed"));
      assert.ok(fetching.every(({ answer }) => answer.by.length === 2)); // both sides
    },
  );

  whole("is built and promoted without ECR", async () => {
    const walked = await zip();
    assert.deepEqual(
      walked.calls.filter(({ action }) => action.startsWith("ecr:")),
      [],
    );
    const recording = inTest(walked, ({ why }) => /in records\.sh$/.test(why));
    assert.deepEqual(recording, [
      "delivery-zip-promote s3:ListBucket bucket",
      "delivery-zip-promote s3:GetObject bucket/kept/zip/environments/test.json",
      "delivery-zip-promote kms:Decrypt key",
      "delivery-zip-promote s3:PutObject bucket/kept/zip/environments/test.json",
      "delivery-zip-promote kms:GenerateDataKey key",
    ]);
    const removing = inTest(walked, ({ action }) => action === "s3:DeleteObject");
    assert.deepEqual(
      removing.filter((each) => each.startsWith("delivery-zip-promote ")),
      ["kept/zip/COMMIT", "releases/zip/222222222222/test/RUN"].flatMap((folder) =>
        ["template.yaml", "code/SHA256.zip"].map(
          (name) => `delivery-zip-promote s3:DeleteObject bucket/${folder}/${name}`,
        ),
      ),
    );
  });

  whole(
    "has a template for each environment where Build packages it, and one that stands for it",
    async () => {
      const world = await worldOf("every kind of workload over one store");
      const walked = walk(world);
      assert.deepEqual(
        walked.notShown.filter((each) => each.includes("stood for it")),
        [
          "the template of pipeline jobs, which Build packages: one of its types, rehearsal/access/estate/sampleTemplate.yaml, stood for it",
        ],
      );
      const checked = told(
        walked.calls.filter(({ pipeline, why }) => pipeline === "jobs" && why === "s3 cp in change-set.sh"),
      );
      assert.deepEqual(
        checked.filter((each) => each.includes("s3:PutObject")),
        [
          "delivery-jobs--dev-release-job s3:PutObject bucket/releases/jobs/111111111111/dev/RUN/templates/dev.json",
          "delivery-jobs--dev-release-job s3:PutObject bucket/releases/jobs/111111111111/dev/RUN/code/SHA256.zip",
          "delivery-jobs--dev-release-job s3:PutObject bucket/releases/jobs/111111111111/dev/RUN.template.json",
        ],
      );
      assert.deepEqual(walked.findings, []);
    },
  );
});

describe("access/calls of tasks on a container platform", () => {
  const containers = async () =>
    walk(await worldOf("containers on a platform that is built, and on one that is there"));

  whole("starts them with the one role and runs them with the other", async () => {
    const walked = await containers();
    const image = walked.calls.find(({ action }) => action === "ecr:PutImage")?.resource ?? "";
    assert.deepEqual(
      inTest(walked, ({ step }) => step === "test: in use"),
      [
        "service ecs-tasks.amazonaws.com sts:AssumeRole arn:aws:iam::222222222222:role/delivery-web--test-task-execution",
        "service ecs-tasks.amazonaws.com sts:AssumeRole arn:aws:iam::222222222222:role/delivery-web--test-task",
        "delivery-web--test-task-execution ecr:GetAuthorizationToken *",
        ...["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"].map(
          (each) => `delivery-web--test-task-execution ecr:${each} ${short(image)}`,
        ),
        ...["CreateLogStream", "PutLogEvents"].map(
          (each) =>
            `delivery-web--test-task-execution logs:${each} arn:aws:logs:eu-west-1:222222222222:log-group:web--test-api:log-stream:task/api/1`,
        ),
        ...["GetItem", "PutItem"].map(
          (each) =>
            `delivery-web--test-task dynamodb:${each} arn:aws:dynamodb:eu-west-1:222222222222:table/web--test-Products-ID`,
        ),
      ],
    );
    const pulls = walked.calls.filter(
      ({ action, caller }) => action === "ecr:BatchGetImage" && caller.endsWith("-task-execution"),
    );
    assert.ok(pulls.length === 2 && pulls.every(({ answer }) => answer.by.length === 2)); // both sides
  });

  it("reads the platform's values, as whoever makes the change set and as whoever carries it out", async () => {
    const reads = (await containers()).calls.filter(({ action }) => action === "ssm:GetParameters");
    const keys = [
      "cluster",
      "vpc-id",
      "subnet-ids",
      "task-security-group-id",
      "listener-arn",
      "endpoint-url",
    ];
    assert.deepEqual(
      told(
        reads.filter(
          ({ environment, resource }) => environment === "prod" && resource.includes("/platform/"),
        ),
      ),
      ["plan", "execution"].flatMap((role) =>
        keys.map(
          (key) =>
            `delivery-web--prod-${role} ssm:GetParameters arn:aws:ssm:eu-west-1:333333333333:parameter/delivery/prod/platform/${key}`,
        ),
      ),
    );
  });

  it("makes a rule in the environment's listener, tagged, and hands two roles to ECS and to nobody else", async () => {
    const { calls } = await containers();
    const created = calls.filter(({ action }) => action === "elasticloadbalancing:CreateRule");
    const listener =
      "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/front/0123456789abcdef/0123456789abcdef";
    assert.deepEqual(
      created
        .filter(({ environment }) => environment === "prod")
        .map(({ resource, context }) => [resource, context]),
      [[listener, { "aws:RequestTag/delivery:workload": "web--prod", "aws:TagKeys": ["delivery:workload"] }]],
    );
    const passed = calls.filter(
      ({ action, phase, environment }) =>
        action === "iam:PassRole" && phase === "first deployment" && environment === "test",
    );
    assert.deepEqual(
      passed.map(({ resource, context }) => [resource.split("/").at(-1), context["iam:PassedToService"]]),
      [
        ["delivery-web--test-task", "ecs-tasks.amazonaws.com"],
        ["delivery-web--test-task-execution", "ecs-tasks.amazonaws.com"],
      ],
    );
  });

  it("follows a deployment on the service and on the deployment, in the environment's cluster", async () => {
    const walked = await containers();
    const stops = walked.calls.filter(
      ({ action, environment }) => action === "ecs:StopServiceDeployment" && environment === "prod",
    );
    assert.deepEqual(told(stops), [
      "delivery-web--prod-execution ecs:StopServiceDeployment arn:aws:ecs:eu-west-1:333333333333:service/apps/web--prod-Service-ID",
      "delivery-web--prod-execution ecs:StopServiceDeployment arn:aws:ecs:eu-west-1:333333333333:service-deployment/apps/web--prod-Service-ID/rehearsal",
    ]);
    assert.deepEqual(walked.findings, []);
  });
});

describe("What a kind of workload can need", () => {
  const functions = {
    codeAlone: undefined,
    packaged: false,
    fetchedBy: "execution",
    platform: false,
    bounded: true,
    roles: {},
  };

  it("follows from what it is made of", () => {
    const needs = (traits: Parameters<typeof kindCalls>[0], role: string, action: string) =>
      kindCalls(traits)[role]?.has(action) ?? false;
    const [zips, images] = [
      { ...functions, code: "files" } as const,
      { ...functions, code: "image" } as const,
    ];
    assert.deepEqual(
      [zips, images].map((each) =>
        ["kms:Decrypt", "ecr:BatchGetImage"].map((action) => needs(each, "execution", action)),
      ),
      [
        [true, true].map((_, index) => index === 0),
        [true, true], // a key of one's own
      ],
    );
    assert.deepEqual(Object.keys(kindCalls(zips)), ["execution", "boundary"]);
    const roles = { task: "ecs-tasks.amazonaws.com" };
    const tasks = kindCalls({
      ...images,
      bounded: false,
      platform: true,
      fetchedBy: "task-execution",
      roles,
    });
    assert.deepEqual(Object.keys(tasks), ["execution", "plan", "boundary", "task"]);
    // A template that isn't here may name values of the platform, and CloudFormation reads them as whoever plans.
    assert.deepEqual([...(tasks["plan"] ?? [])], ["ssm:GetParameters"]);
    // The roles of a branch's tasks are made by its stack, and are under one boundary.
    assert.ok(tasks["execution"]?.has("iam:CreateRole") && tasks["boundary"]?.has("dynamodb:Query"));
    assert.ok(
      tasks["execution"]?.has("ecs:CreateService") && !tasks["execution"].has("lambda:CreateFunction"),
    );
    assert.ok(tasks["task"]?.has("dynamodb:Query") && !tasks["task"].has("dynamodb:DeleteTable"));
  });

  it("is not known for a role that nobody has described", () =>
    assert.throws(() => kindCalls({ ...functions, code: "files", roles: { cook: "x.amazonaws.com" } }), {
      message: "what a role cook is used for is not in rehearsal/access/calls/kindCalls.ts",
    }));
});
