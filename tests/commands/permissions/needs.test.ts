import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { needsOf, servicesOf } from "../../../commands/permissions/needs";
import { readAny } from "../../../commands/permissions/reading";
import { USE_NAMES, type UseName } from "../../../components/uses/list";
import { partOf, runs, usable } from "../../../components/uses/using";
import { WORKLOADS, type WorkloadKind } from "../../../components/workloads/list";
import type { Workload } from "../../../components/workloads/workload";
import { texts } from "../../../packages/iam/src/json";
import { cloudFormationTypes } from "../../../rehearsal/aws/registry";
import { SITE } from "../../components/workloads/site";

const KINDS = Object.keys(WORKLOADS) as WorkloadKind[];
const ROOT = join(__dirname, "../../..");

/** One resource, called One, beside these. */
const one = (type: string, properties: object = {}, ...others: [string, string][]) => [
  { id: "One", type, properties: properties as Record<string, unknown> },
  ...others.map(([id, of]) => ({ id, type: of, properties: {} })),
];
/** What lets in the resource called One, without what lets in others. */
const lettingIn = (kind: WorkloadKind, ...of: Parameters<typeof one>): UseName[] =>
  needsOf(kind, SITE, one(...of))
    .needs.filter(({ because }) => because.startsWith("One "))
    .flatMap(({ oneOf }) => oneOf);
const role = (...actions: string[]) => ({
  Policies: [{ PolicyDocument: { Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] } }],
});

const OWN = {
  types: ["AWS::Kinesis::Stream"],
  execution: [],
  workload: [{ Sid: "Write", Action: ["kinesis:PutRecord"], Resource: ["*"] }],
};

describe("what a template needs", () => {
  it("is nothing of what the pipeline's own documents let in and permit", () => {
    const resources = [
      ...one("AWS::Kinesis::Stream"),
      { id: "Other", type: "AWS::IAM::Role", properties: role("kinesis:PutRecord", "kinesis:GetRecords") },
    ];
    assert.deepEqual(needsOf("lambda-zip", SITE, resources, OWN), {
      needs: [],
      strangers: [],
      unread: [
        "Other (AWS::IAM::Role) asks for kinesis:GetRecords, which no service gives: the boundary takes it away",
      ],
    });
  });

  it("is nothing of what every template of the kind may have", () => {
    for (const kind of KINDS)
      for (const type of WORKLOADS[kind].template.types)
        assert.deepEqual(
          needsOf(kind, SITE, one(type)),
          { needs: [], strangers: [], unread: [] },
          `${kind} ${type}`,
        );
  });

  for (const kind of KINDS)
    for (const use of usable(WORKLOADS[kind])) {
      const workload: Workload = WORKLOADS[kind];
      const part = partOf(workload, use);
      assert.ok(part);
      const { types, own = {}, authTypes = [], trusted = [], callers = [] } = part.template;

      it(`is ${use} for each of its types in ${kind}, and for all that they alone name`, () => {
        for (const type of types) {
          const found = lettingIn(kind, type);
          assert.ok(found.includes(use), type);
          if (found.length === 1) continue;
          // Several services let it in: what it names says which.
          const named = Object.entries(own[type] ?? {}).flatMap(([path, which]) =>
            Object.keys(which).map((other) => ({ path: path.split("."), other })),
          );
          const told = named.map(({ path, other }) => {
            const value = { "Fn::GetAtt": ["Other", "Arn"] };
            const properties = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
            return lettingIn(kind, type, properties as object, ["Other", other]);
          });
          told.push(...authTypes.map((AuthType) => lettingIn(kind, type, { AuthType })));
          assert.ok(
            told.some((each) => each.length === 1 && each[0] === use),
            `${type}: nothing tells ${use} from ${found.join(", ")}`,
          );
        }
      });

      it(`is ${use} for properties of the kind's own types that ${use} alone has rules for in ${kind}`, () => {
        const of = (rules: Partial<typeof part.template>, type: string) =>
          [rules.own, rules.given, rules.only].flatMap((each) => Object.keys(each?.[type] ?? {}));
        for (const type of workload.template.types)
          for (const path of of(part.template, type)) {
            if (of(workload.template, type).includes(path)) continue;
            const properties = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), "x");
            assert.ok(lettingIn(kind, type, properties as object).includes(use), `${type} ${path}`);
          }
      });

      it(`is ${use} for what it lets in and gives in ${kind}`, () => {
        if (runs(workload) !== "functions") return;
        for (const who of trusted)
          assert.ok(
            lettingIn(kind, "AWS::IAM::Role", {
              AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: who } }] },
            }).includes(use),
            who,
          );
        for (const who of callers)
          assert.ok(lettingIn(kind, "AWS::Lambda::Permission", { Principal: who }).includes(use), who);
        for (const action of part.workload(SITE).flatMap(({ Action }) => texts(Action)))
          for (const written of [action, action.toLowerCase(), action.replace(/...$/, "*")])
            assert.ok(lettingIn(kind, "AWS::IAM::Role", role(written)).includes(use), written);
      });
    }

  it("has the types that the prover has for each service, by kind", () => {
    for (const kind of KINDS)
      for (const use of USE_NAMES) {
        const proved = cloudFormationTypes()
          .filter(
            ([, { meantFor }]) =>
              typeof meantFor === "object" &&
              meantFor.uses.includes(use) &&
              (meantFor.functions !== true || runs(WORKLOADS[kind]) === "functions"),
          )
          .map(([type]) => type)
          .sort();
        const able = usable(WORKLOADS[kind]).includes(use);
        const let_ = proved.filter((type) => lettingIn(kind, type).includes(use));
        assert.deepEqual(let_, able ? proved : [], `${kind} ${use}`);
        const properties = partOf(WORKLOADS[kind], use)?.properties ?? {};
        if (able) assert.ok(proved.length + Object.keys(properties).length > 0, use);
      }
  });

  it("has the properties that a service lets in, of types that a kind has anyway", () => {
    for (const kind of KINDS)
      for (const use of usable(WORKLOADS[kind]).filter((each) => each === "functionNetwork")) {
        const VpcConfig = { SubnetIds: { Ref: "FunctionSubnetIds" } };
        assert.deepEqual(lettingIn(kind, "AWS::Lambda::Function", { VpcConfig }), [use]);
        assert.deepEqual(lettingIn(kind, "AWS::Lambda::Function", {}), []);
      }
  });

  it("is every service in the fixtures that use all", () => {
    for (const [kind, name] of [
      ["lambda-zip", "orders"],
      ["ecs-service", "invoices"],
    ] as const) {
      const { resources } = readAny(join(ROOT, "tests/fixtures/services", name), name);
      const needs = needsOf(kind, SITE, resources);
      assert.deepEqual([needs.strangers, needs.unread], [[], []]);
      const services = servicesOf(needs);
      assert.deepEqual(
        services.map((each) => each.name),
        usable(WORKLOADS[kind]),
      );
      assert.deepEqual(
        services.flatMap(({ or }) => or),
        [],
      );
    }
  });

  it("is nothing for the app, in each way that it is delivered", () => {
    for (const [kind, path] of [
      ["lambda-container", "app"],
      ["lambda-zip", "app/lambda-zip"],
      ["ecs-service", "app/ecs-service"],
    ] as const) {
      const { resources } = readAny(join(ROOT, path), path);
      assert.ok(resources.length > 0);
      assert.deepEqual(needsOf(kind, SITE, resources), { needs: [], strangers: [], unread: [] });
    }
  });

  it("is what the Serverless Framework's events take, and not its own bucket", () => {
    const file = join(__dirname, "packaged.json");
    assert.match(readFileSync(file, "utf8"), /"ServerlessDeploymentBucketPolicy"/);
    const { resources, framework } = readAny(file, "packaged.json");
    assert.equal(framework, true);
    assert.deepEqual(
      resources.filter(({ id }) => id.startsWith("ServerlessDeployment")),
      [],
    );
    const needs = needsOf("serverless", SITE, resources);
    assert.deepEqual(
      servicesOf(needs).map(({ name }) => name),
      ["sqs", "s3", "streams", "events", "restapi"],
    );
    assert.deepEqual(needs.strangers, []);
    assert.deepEqual(needs.unread, [
      "IamRoleLambdaExecution (AWS::IAM::Role) asks for logs:CreateLogGroup, logs:TagResource, which no service gives: the boundary takes it away",
    ]);
  });

  it("leaves open what the template leaves open, unless another resource or the settings decide", () => {
    const asks = one("AWS::IAM::Role", role("lambda:InvokeFunction"));
    const needs = needsOf("lambda-zip", SITE, asks);
    const because = ["One (AWS::IAM::Role) asks for lambda:InvokeFunction"];
    assert.deepEqual(servicesOf(needs), [{ name: "scheduler", because, or: ["stepfunctions"] }]);
    assert.deepEqual(servicesOf(needs, ["stepfunctions"]), [{ name: "stepfunctions", because, or: [] }]);
    const decided = needsOf("lambda-zip", SITE, [
      ...asks,
      { id: "Two", type: "AWS::StepFunctions::StateMachine", properties: {} },
    ]);
    assert.deepEqual(
      servicesOf(decided).map(({ name, or }) => [name, or]),
      [["stepfunctions", []]],
    );
  });

  it("reads rights through lists, Fn::If, and whatever a role's policy is written in", () => {
    const statement = {
      "Fn::If": ["C", { Effect: "Allow", Action: { "Fn::If": ["C", "sqs:SendMessage", "s3:Get*"] } }, {}],
    };
    const { needs } = needsOf(
      "lambda-zip",
      SITE,
      one("AWS::IAM::Policy", { PolicyDocument: { Statement: [statement] } }),
    );
    assert.deepEqual(
      needs.map(({ oneOf }) => oneOf),
      [["sqs"], ["s3"]],
    );
    const denied = { Statement: [{ Effect: "Deny", Action: "sqs:*" }] };
    assert.deepEqual(
      needsOf("lambda-zip", SITE, one("AWS::IAM::Policy", { PolicyDocument: denied })).needs,
      [],
    );
  });

  it("tells an API of a definition by its Body", () => {
    const of = (type: string, properties: object) =>
      needsOf("lambda-zip", SITE, one(type, properties)).needs.map(({ because }) => because);
    assert.deepEqual(of("AWS::ApiGatewayV2::Api", { Body: {} }), ["One (AWS::ApiGatewayV2::Api) has Body"]);
    assert.deepEqual(of("AWS::ApiGatewayV2::Api", { Name: "x" }), []);
    const rest = needsOf("lambda-zip", SITE, one("AWS::ApiGateway::RestApi", { Body: {} }));
    assert.deepEqual(
      servicesOf(rest).map(({ name }) => name),
      ["restapi", "openapi"],
    );
  });

  it("tells function URLs apart by whom they ask", () => {
    const of = (AuthType: unknown) =>
      needsOf("lambda-zip", SITE, one("AWS::Lambda::Url", { AuthType })).needs.map(({ oneOf }) => oneOf);
    assert.deepEqual(of("AWS_IAM"), [["functionUrl"]]);
    assert.deepEqual(of("NONE"), [["publicFunctionUrl"]]);
    assert.deepEqual(of({ Ref: "Who" }), [["functionUrl", "publicFunctionUrl"]]);
  });

  it("names what no setting lets in, with the nearest and with what to do", () => {
    const next = (kind: WorkloadKind, type: string) =>
      needsOf(kind, SITE, one(type)).strangers.map((each) => `${each.what}: ${each.next}`);
    const rest = "no setting lets this type in, and Plan refuses it: do without it";
    assert.deepEqual(next("lambda-zip", "AWS::Kinesis::Stream"), [
      "One (AWS::Kinesis::Stream): no service of uses has it: let it in by permissions.types of its pipeline, with what CloudFormation may do for it (docs/uses.md#permissions)",
    ]);
    assert.deepEqual(next("lambda-zip", "AWS::SQS::Queu"), [
      `One (AWS::SQS::Queu): did you mean "AWS::SQS::Queue"? ${rest}`,
    ]);
    assert.deepEqual(next("lambda-zip", "Custom::Anything"), [`One (Custom::Anything): ${rest}`]);
    assert.deepEqual(next("lambda-zip", "AWS::ECS::Service"), [
      "One (AWS::ECS::Service): workload lambda-zip has none: it is for ecs-service",
    ]);
    assert.deepEqual(next("ecs-service", "AWS::Lambda::Url"), [
      "One (AWS::Lambda::Url): workload ecs-service can't use functionUrl: tasks have no such addresses: they stand behind a load balancer",
    ]);
    const trusts = {
      AssumeRolePolicyDocument: { Statement: { Principal: { Service: "ec2.amazonaws.com" } } },
    };
    assert.deepEqual(needsOf("lambda-zip", SITE, one("AWS::IAM::Role", trusts)).strangers, [
      {
        what: "One (AWS::IAM::Role) can be taken by ec2.amazonaws.com",
        next: "no setting lets this service in: do without it",
      },
    ]);
  });

  it("reads what AWS's managed policies allow that are known, in any way to write their names", () => {
    const of = (...ManagedPolicyArns: unknown[]) =>
      needsOf("lambda-zip", SITE, one("AWS::IAM::Role", { ManagedPolicyArns }));
    const lost = (policy: string) =>
      `One (AWS::IAM::Role) asks by ${policy} for logs:CreateLogGroup, which no service gives: the boundary takes it away`;
    const queues = of({
      "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
    });
    assert.deepEqual(queues.needs, [
      {
        oneOf: ["sqs"],
        because:
          "One (AWS::IAM::Role) asks by AWSLambdaSQSQueueExecutionRole for sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes",
      },
    ]);
    assert.deepEqual(queues.unread, [lost("AWSLambdaSQSQueueExecutionRole")]);
    const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    assert.deepEqual(of(basic), { needs: [], strangers: [], unread: [lost("AWSLambdaBasicExecutionRole")] });
  });

  it("says of other managed policies that they are not read", () => {
    const arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    assert.deepEqual(
      needsOf("lambda-zip", SITE, one("AWS::IAM::Role", { ManagedPolicyArns: [arn] })).unread,
      [`One (AWS::IAM::Role) has ${arn}, which is not read here: the boundary limits it`],
    );
  });
});
