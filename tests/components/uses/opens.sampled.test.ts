import assert from "node:assert/strict";
import fc from "fast-check";
import type { UseName } from "../../../components/uses/list";
import { CLOSED } from "../../../components/uses/ownTypes";
import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { TemplateRules } from "../../../components/workloads/templateRules";
import { refusedType } from "../../../stacks/settings/permissionRules";
import { permissions } from "../../../stacks/settings/permissions";
import {
  ACCOUNT,
  BUCKET as CODE_BUCKET,
  type Case,
  CODES,
  FILES,
  itStartsTogether,
  LATER,
  made,
  type Made,
  refusals,
  shownOnly,
  templateOnly,
} from "../jobs/judging";
import { whole } from "../../whole/sample";

/** What Plan refuses in a template that uses services which settings add: whatever opens them to others. */

const it = itStartsTogether();
const rulesOf = (...uses: UseName[]): TemplateRules => using(lambdaZip, uses).template;
const STRANGER = "999999999999";

/** Resources that the others of a case name. */
const OWN = {
  Queue: { Type: "AWS::SQS::Queue", Properties: {} },
};
const SECRET = { Type: "AWS::SecretsManager::Secret", Properties: { Name: "catalog--test-key" } };
const TOPIC = { Type: "AWS::SNS::Topic", Properties: {} };
const BUCKET = { Type: "AWS::S3::Bucket", Properties: { BucketName: "catalog--test-uploads" } };

/** By service: a resource that has a policy of its own, with this one. */
const POLICIES: Readonly<Partial<Record<UseName, (document: unknown) => Made>>> = {
  s3: (PolicyDocument) => ({
    type: "AWS::S3::BucketPolicy",
    properties: { Bucket: { Ref: "Bucket" }, PolicyDocument },
  }),
  secretsmanager: (ResourcePolicy) => ({
    type: "AWS::SecretsManager::ResourcePolicy",
    properties: { SecretId: { Ref: "Secret" }, ResourcePolicy },
  }),
  sns: (PolicyDocument) => ({
    type: "AWS::SNS::TopicPolicy",
    properties: { Topics: [{ Ref: "Topic" }], PolicyDocument },
  }),
  sqs: (PolicyDocument) => ({
    type: "AWS::SQS::QueuePolicy",
    properties: { Queues: [{ Ref: "Queue" }], PolicyDocument },
  }),
};

/** The same resource shown by a change set alone, with what it names as CloudFormation shows it. */
const SHOWN: typeof POLICIES = {
  s3: (PolicyDocument) => ({
    type: "AWS::S3::BucketPolicy",
    properties: { Bucket: "catalog--test-uploads", PolicyDocument },
  }),
  secretsmanager: (ResourcePolicy) => ({
    type: "AWS::SecretsManager::ResourcePolicy",
    properties: {
      SecretId: `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:catalog--test-key-AbCdEf`,
      ResourcePolicy,
    },
  }),
  sns: (PolicyDocument) => ({
    type: "AWS::SNS::TopicPolicy",
    properties: { Topics: [`arn:aws:sns:eu-west-1:${ACCOUNT}:catalog--test-Topic`], PolicyDocument },
  }),
  sqs: (PolicyDocument) => ({
    type: "AWS::SQS::QueuePolicy",
    properties: {
      Queues: [`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/catalog--test-Queue`],
      PolicyDocument,
    },
  }),
};

const judged = async (one: Case): Promise<string[]> => (await refusals([one]))[0] ?? [];
const inTemplate = (one: Made, rules: TemplateRules): Promise<string[]> =>
  judged(templateOnly(one, rules, ownOf(rules)));
/** Those that the rules let in. */
const ownOf = ({ types }: TemplateRules): object =>
  Object.fromEntries(
    Object.entries({ ...OWN, Secret: SECRET, Bucket: BUCKET, Topic: TOPIC }).filter(([, { Type }]) =>
      types.includes(Type),
    ),
  );

/** Asked for in one turn, they are judged in one call of jq. */
async function together<Item>(items: readonly Item[], test: (item: Item) => Promise<void>): Promise<void> {
  assert.ok(items.length > 0);
  await Promise.all(items.map(test));
}

const allow = (Principal: unknown, more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "Open", Effect: "Allow", Principal, Action: "*", Resource: "*", ...more }],
});

for (const [use, policyOf] of Object.entries(POLICIES) as [UseName, (document: unknown) => Made][]) {
  const rules = rulesOf(use);
  describe(`the policy of a resource of ${use}`, () => {
    it("passes where it lets in the own account and its roles, or forbids", async () => {
      const documents = [
        allow({ AWS: ACCOUNT }),
        allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
        allow({ AWS: [`arn:aws:iam::${ACCOUNT}:role/catalog--test-Worker`] }),
        allow("*", { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ];
      await together(documents, async (document) =>
        assert.deepEqual(await inTemplate(policyOf(document), rules), []),
      );
    });

    it("is refused where it opens the resource to anybody else", async () => {
      const opening = [
        "*",
        { AWS: "*" },
        { AWS: STRANGER },
        { AWS: `arn:aws:iam::${STRANGER}:root` },
        { AWS: [ACCOUNT, STRANGER] },
        { Service: "sns.amazonaws.com" },
        { Service: ["s3.amazonaws.com", "events.amazonaws.com"] },
        { Federated: "accounts.google.com" },
        { CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" },
        { AWS: { "Fn::ImportValue": "other" } },
      ];
      const documents = [
        ...opening.map((principal) => allow(principal)),
        ...opening.map((principal) => allow(principal, { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } })),
        allow(undefined, { NotPrincipal: { AWS: ACCOUNT } }),
        JSON.stringify(allow("*")),
        { "Fn::Sub": JSON.stringify(allow("*")) },
        { Statement: { "Fn::Transform": { Name: "x" } } },
        { "Fn::ImportValue": "policy" },
      ]; // prettier-ignore
      const cases = documents.flatMap((document) => [
        templateOnly(policyOf(document), rules, ownOf(rules)),
        made(policyOf(document), rules),
      ]);
      const found = await refusals(cases);
      assert.equal(found.length, cases.length);
      found.forEach((lines, at) => assert.notDeepEqual(lines, [], JSON.stringify(cases[at]?.template)));
    });

    whole(
      "is refused whatever it says, if any statement of it lets in another, in any spelling and nesting",
      async () => {
        const inside = fc.constantFrom<unknown>(
          { AWS: ACCOUNT },
          { AWS: `arn:aws:iam::${ACCOUNT}:role/x` },
          { AWS: [`arn:aws:iam::${ACCOUNT}:root`] },
        );
        const outside = fc.constantFrom<unknown>(
        ...["*", { AWS: "*" }, { AWS: STRANGER }, { AWS: `arn:aws:iam::${STRANGER}:role/${ACCOUNT}` }],
        ...[{ AWS: [ACCOUNT, "*"] }, { Service: "sns.amazonaws.com" }, { Service: "*" }, { Federated: "x" }],
        ...[{ aws: "*" }, { AWS: ACCOUNT, Service: "ec2.amazonaws.com" }, { AWS: `arn:aws:iam::${ACCOUNT}:role/*` }],
        ...[{ AWS: "{{resolve:ssm:who}}" }, { AWS: { Ref: "Who" } }, { "Fn::If": ["No", { AWS: ACCOUNT }, "*"] }],
      ); // prettier-ignore
        const condition = fc.constantFrom<object>(
          ...[{}, { Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } }],
          ...[{ Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } }],
          ...[{ Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } } }],
        );
        const statement = (principal: fc.Arbitrary<unknown>) =>
        fc
          .tuple(principal, condition, fc.constantFrom("Effect", "effect"), fc.constantFrom("Principal", "principal"))
          .map(([who, more, effect, key]) => ({ [effect]: "Allow", [key]: who, Action: "*", Resource: "*", ...more })); // prettier-ignore
        const documents = fc
          .tuple(
            fc.array(statement(inside), { maxLength: 2 }),
            statement(outside),
            fc.nat(2),
            fc.constantFrom("Statement", "statement"),
            fc.constantFrom(0, 1, 2),
          )
          .map(([others, open, at, key, form]) => {
            const statements = [...others.slice(0, at), open, ...others.slice(at)];
            const document = { Version: "2012-10-17", [key]: statements.length === 1 ? open : statements };
            return [document, JSON.stringify(document), { "Fn::Sub": JSON.stringify(document) }][form];
          });
        const samples = fc.sample(documents, { seed: 15, numRuns: 80 });
        const shown = SHOWN[use] ?? assert.fail(use);
        const cases = samples.flatMap((document) => [
          templateOnly(policyOf(document), rules, ownOf(rules)),
          shownOnly(shown(document), rules),
        ]);
        const found = await refusals(cases);
        const through = found.flatMap((lines, at) => (lines.length === 0 ? [cases[at]] : []));
        assert.deepEqual(through, []);
      },
    );
  });
}

describe("a template of services that settings do not add", () => {
  it("is refused with the line that adds them", async () => {
    const queues = templateOnly({ type: "AWS::SQS::Queue", properties: {} }, rulesOf(), OWN);
    assert.deepEqual(await judged(queues), [
      ...["It", "Queue"].map(
        (id) =>
          `${id} (AWS::SQS::Queue) has a type that this kind of service may not have without uses: [sqs] in the ` +
          "settings of its pipeline",
      ),
    ]);
  });

  it("is refused with permissions.types where no service would let it in", async () => {
    const [line = ""] = await judged(made({ type: "AWS::EC2::Instance", properties: {} }, rulesOf("sqs")));
    assert.equal(
      line,
      "It (AWS::EC2::Instance) has a type that this kind of service may not have without permissions.types: " +
        "[AWS::EC2::Instance] in the settings of its pipeline, and what CloudFormation may do for it in permissions.execution",
    );
  });

  it("is refused with permissions.types exactly where settings take the type there, and with what the kind has otherwise", async () => {
    const types = [
      ...CLOSED.map((namespace) => `AWS::${namespace}::Thing`),
      ...["AWS::Kinesis::Stream", "AWS::EFS::FileSystem", "AWS::CodeDeploy::DeploymentConfig"],
      ...[
        "Custom::Thing",
        "Other::Service::Thing",
        "AWS::Service",
        "AWS::A::B::MODULE",
        "AWS::Ser-vice::Thing",
      ],
    ];
    let taken = 0;
    for (const workload of [lambdaZip, ecsService]) {
      const { template } = using(workload, ["sqs"]);
      const lines = await refusals(types.map((type) => templateOnly({ type, properties: {} }, template)));
      for (const [at, type] of types.entries()) {
        const takes =
          permissions.safeParse({ types: [type] }).success && refusedType(type, workload) === undefined;
        if (takes) taken++;
        assert.deepEqual(
          lines[at],
          [
            `It (${type}) has a type that this kind of service may not have` +
              (takes
                ? ` without permissions.types: [${type}] in the settings of its pipeline, and what CloudFormation may do for it ` +
                  "in permissions.execution"
                : `: ${template.types.join(", ")}`),
          ].map((line) => line.slice(0, 1000 - "refused: ".length)),
        );
      }
    }
    assert.equal(taken, 2 * 2);
  });

  it("is refused for tasks too, where only functions would be let in", async () => {
    const [line = ""] = await judged(
      made({ type: "AWS::Lambda::EventSourceMapping", properties: {} }, using(ecsService, ["sqs"]).template),
    );
    assert.match(line, /has a type that this kind of service may not have: /);
  });
});

describe("names that CloudFormation would make up without the stack's", () => {
  const rules = rulesOf("secretsmanager", "ssm", "scheduler", "s3");
  const NAMES = [
    ["AWS::SecretsManager::Secret", "Name", ["catalog--test-"]],
    ["AWS::Scheduler::Schedule", "Name", ["catalog--test-"]],
    ["AWS::SSM::Parameter", "Name", ["catalog--test-", "/catalog--test-"]],
    ["AWS::S3::Bucket", "BucketName", ["catalog--test-"]],
  ] as const;

  it("pass where they are given and begin with the stack's name, in every way to write that", async () => {
    const ways = NAMES.flatMap(([type, key, beginnings]) =>
      beginnings.flatMap((beginning) => [
        { type, key, written: `${beginning}key`, known: `${beginning}key` },
        {
          ...{ type, key, known: `${beginning}key` },
          written: { "Fn::Sub": `${beginning.replace("catalog--test", "${AWS::StackName}")}key` },
        },
        { type, key, written: { "Fn::Join": ["", [beginning, "key"]] }, known: `${beginning}key` },
      ]),
    );
    await together(ways, async ({ type, key, written, known }) => {
      const found = [
        inTemplate({ type, properties: { [key]: written } }, rules),
        judged(shownOnly({ type, properties: { [key]: known } }, rules)),
      ];
      assert.deepEqual(await Promise.all(found), [[], []]);
    });
  });

  it("are refused where they are left out, others' or known only at deployment", async () => {
    const names = [
      ...[
        "payroll-key",
        "catalog--test",
        "catalog--test/key",
        "/catalog--test/key",
        "x-catalog--test-key",
        "",
      ],
      ...[
        "{{resolve:ssm:name}}",
        { "Fn::ImportValue": "name" },
        { "Fn::Sub": "${Other.Name}-catalog--test-" },
      ],
      ...[["catalog--test-key"], { Ref: "AWS::NoValue" }, null, 7],
    ];
    await together(NAMES, async ([type, key, beginnings]) => {
      const must = `: it must be known now and begin with ${beginnings.join(" or ")}`;
      const missing = `It (${type}) has no ${key}, and the one that is made up does not say whose it is${must}`;
      const later = { type, properties: { [key]: LATER } };
      const refused = [
        inTemplate({ type, properties: {} }, rules),
        judged(shownOnly({ type, properties: {} }, rules)),
        judged(shownOnly(later, rules)),
      ];
      await together(names, async (name) => {
        const found = await inTemplate({ type, properties: { [key]: name } }, rules);
        assert.ok(
          found.length > 0 && found.every((line) => line.endsWith(must)),
          JSON.stringify([name, found]),
        );
      });
      assert.deepEqual(await Promise.all(refused), [
        [missing],
        [missing],
        [`It (${type}) has ${key} ${LATER}${must}`],
      ]);
    });
  });
});

describe("secrets", () => {
  const rules = rulesOf("secretsmanager");
  const given = { Name: "catalog--test-key" };
  it("are refused where they have keys or copies, or policies of others' secrets", async () => {
    const policy = (SecretId: unknown) => ({ SecretId, ResourcePolicy: allow({ AWS: ACCOUNT }) });
    const POLICY = "AWS::SecretsManager::ResourcePolicy";
    const open: readonly (readonly [string, object, string])[] = [
      [SECRET.Type, { ...given, KmsKeyId: "alias/k" }, "KmsKeyId, which takes rights to a key"],
      [SECRET.Type, { ...given, ReplicaRegions: [{ Region: "eu-west-2" }] }, "ReplicaRegions, which"],
      [POLICY, policy(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:payroll-bank-AbCdEf`), "SecretId"],
      [POLICY, policy("catalog--test-key"), "SecretId"],
      [POLICY, policy({ "Fn::ImportValue": "secret" }), "SecretId"],
    ];
    await together(open, async ([type, properties, start]) => {
      const [line = ""] = await inTemplate({ type, properties }, rules);
      assert.ok(line.startsWith(`It (${type}) has ${start}`), line);
    });
  });
});

describe("schedules of rotation", () => {
  const rules = rulesOf("secretsmanager", "secretRotation");
  const SCHEDULE = "AWS::SecretsManager::RotationSchedule";
  const PERMISSION = "AWS::Lambda::Permission";
  const called = { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} };
  const with_ = (type: string, properties: object, by = rules): Promise<string[]> => {
    const one = templateOnly({ type, properties }, by, { Secret: SECRET, Function: called });
    return judged({
      ...one,
      template: { ...(one.template as object), Conditions: { No: { "Fn::Equals": ["a", "b"] } } },
    });
  };
  const own = { SecretId: { Ref: "Secret" }, RotationLambdaARN: { "Fn::GetAtt": ["Function", "Arn"] } };
  const let_ = {
    Action: "lambda:InvokeFunction",
    FunctionName: { Ref: "Function" },
    Principal: "secretsmanager.amazonaws.com",
  };

  it("pass with secrets and functions of the template, which Secrets Manager may call for the account", async () => {
    assert.deepEqual(await with_(SCHEDULE, { ...own, RotationRules: { AutomaticallyAfterDays: 30 } }), []);
    assert.deepEqual(await with_(PERMISSION, { ...let_, SourceAccount: { Ref: "AWS::AccountId" } }), []);
    assert.deepEqual(await with_(PERMISSION, { ...let_, SourceAccount: ACCOUNT }), []);
  });

  it("are refused with those of others, or where Secrets Manager may call for whomever", async () => {
    const of = (service: string, name: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${name}`;
    const open: readonly (readonly [object, string])[] = [
      ...[of("secretsmanager", "secret:payroll-bank-AbCdEf"), "catalog--test-key", { "Fn::ImportValue": "s" }, { Ref: "Function" }].map(
        (SecretId) => [{ ...own, SecretId }, "has SecretId"] as const,
      ),
      ...[of("lambda", "function:payroll-Pay"), { Ref: "Secret" }, { "Fn::ImportValue": "f" }].map(
        (RotationLambdaARN) => [{ ...own, RotationLambdaARN }, "has RotationLambdaARN"] as const,
      ),
      [{ ...own, HostedRotationLambda: { RotationType: "MySQLSingleUser" } }, "has HostedRotationLambda, which is for a transform"],
      [{ ...own, ExternalSecretRotationRoleArn: of("iam", "role/x") }, "has ExternalSecretRotationRoleArn, which"],
      [{ ...own, ExternalSecretRotationMetadata: [{ Key: "a", Value: "b" }] }, "has ExternalSecretRotationMetadata, which"],
    ]; // prettier-ignore
    await together(open, async ([properties, start]) => {
      const lines = await with_(SCHEDULE, properties);
      assert.ok(lines.some((line) => line.startsWith(`It (${SCHEDULE}) ${start}`)), lines.join());
    }); // prettier-ignore
    const anybodys = [{}, { SourceAccount: STRANGER }, { SourceAccount: LATER }, { SourceArn: `arn:aws:secretsmanager:eu-west-1:${STRANGER}:secret:x` }];
    await together(anybodys, async (more) => assert.notDeepEqual(await with_(PERMISSION, { ...let_, ...more }), [])); // prettier-ignore
    assert.match(
      (await with_(PERMISSION, { ...let_, SourceAccount: ACCOUNT }, rulesOf("secretsmanager"))).join(),
      /lets in secretsmanager\.amazonaws\.com: of AWS's services only/,
    );
    assert.match(
      (await with_(SCHEDULE, own, rulesOf("secretsmanager"))).join(),
      /may not have without uses: \[secretsmanager, secretRotation\] in the settings/,
    );
  }); // prettier-ignore
});

describe("addresses of functions, and what they are called with", () => {
  const rules = rulesOf("streams", "functionUrl");
  const table = { Type: "AWS::DynamoDB::Table", Properties: {} };
  const called = { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} };
  const with_ = (type: string, properties: object): Promise<string[]> => {
    const one = templateOnly({ type, properties }, rules, { Table: table, Function: called });
    return judged({
      ...one,
      template: { ...(one.template as object), Conditions: { No: { "Fn::Equals": ["a", "b"] } } },
    });
  };
  const URL = "AWS::Lambda::Url";
  const MAPPING = "AWS::Lambda::EventSourceMapping";
  const own = { Ref: "Function" };

  it("pass where they ask for a signature, and are of the template's own functions and tables", async () => {
    for (const TargetFunctionArn of [own, { "Fn::GetAtt": ["Function", "Arn"] }])
      assert.deepEqual(await with_(URL, { TargetFunctionArn, AuthType: "AWS_IAM" }), []);
    assert.deepEqual(
      await with_(MAPPING, { EventSourceArn: { "Fn::GetAtt": "Table.StreamArn" }, FunctionName: own }),
      [],
    );
  });

  it("are refused where everybody may call them, or they are of others' functions and tables", async () => {
    const refused = async (type: string, properties: object, start: string) => {
      const lines = await with_(type, properties);
      assert.ok(lines.some((line) => line.startsWith(`It (${type}) ${start}`)), JSON.stringify([properties, lines])); // prettier-ignore
    };
    const authTypes = [
      "NONE",
      "none",
      "AWS_IAM ",
      undefined,
      { Ref: "Who" },
      { "Fn::If": ["No", "AWS_IAM", "NONE"] },
      LATER,
    ];
    const targets = [
      "payroll-Pay",
      `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay`,
      { "Fn::ImportValue": "f" },
    ];
    const sources = [
      `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/payroll-Payments/stream/1`,
      { "Fn::GetAtt": ["Table", "Arn"] },
      { "Fn::ImportValue": "stream" },
    ];
    await Promise.all([
      together(authTypes, (AuthType) =>
        refused(URL, { TargetFunctionArn: own, AuthType }, "is a function URL open to everybody"),
      ),
      together(targets, (TargetFunctionArn) =>
        refused(URL, { TargetFunctionArn, AuthType: "AWS_IAM" }, "has TargetFunctionArn"),
      ),
      together(sources, (EventSourceArn) =>
        refused(MAPPING, { EventSourceArn, FunctionName: own }, "has EventSourceArn"),
      ),
    ]);
  });
});

describe("addresses of functions that everybody may call", () => {
  const [URL, PERMISSION] = ["AWS::Lambda::Url", "AWS::Lambda::Permission"] as const;
  const rules = rulesOf("publicFunctionUrl");
  const never = (Type: string, more: object = {}) => ({ Type, Condition: "No", Properties: {}, ...more });
  const others = {
    Function: never("AWS::Lambda::Function"),
    Alias: never("AWS::Lambda::Alias"),
    Version: never("AWS::Lambda::Version"),
    Role: never("AWS::IAM::Role"),
  };
  const No = { "Fn::Equals": ["a", "b"] };
  const caseOf = (type: string, properties: object, by: TemplateRules = rules): Case => {
    const one = templateOnly({ type, properties }, by, others);
    return { ...one, template: { ...(one.template as object), Conditions: { No } } };
  };
  const with_ = (type: string, properties: object, by?: TemplateRules) =>
    judged(caseOf(type, properties, by));
  const own = { Ref: "Function" };
  const url = { TargetFunctionArn: own, AuthType: "NONE" };
  const byUrl = { Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" };
  const viaUrl = { Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true };
  const PUBLIC = "opens to everybody (*) more than a function URL: give FunctionName";

  it("pass with the two permissions that AWS asks for, each alone, of functions of the template", async () => {
    const urls = [
      url,
      { ...url, TargetFunctionArn: { "Fn::GetAtt": ["Function", "Arn"] }, Qualifier: "live" },
      { ...url, Cors: { AllowOrigins: ["*"], AllowMethods: ["GET"] } },
      { ...url, Cors: { AllowOrigins: ["*"], AllowCredentials: false } },
      { ...url, Cors: { AllowOrigins: ["https://shop.example.com"], AllowCredentials: true } },
    ];
    await together(urls, async (properties) => assert.deepEqual(await with_(URL, properties), []));
    const named = [
      own,
      { "Fn::GetAtt": ["Function", "Arn"] },
      { Ref: "Alias" },
      { "Fn::GetAtt": ["Alias", "AliasArn"] },
      { Ref: "Version" },
    ];
    const open = named.flatMap((FunctionName) =>
      [byUrl, viaUrl, { ...viaUrl, InvokedViaFunctionUrl: "true" }].map((each) => ({
        ...each,
        FunctionName,
        Principal: "*",
      })),
    );
    await together(open, async (properties) => {
      assert.deepEqual(await with_(PERMISSION, properties), []);
      const shown = { ...properties, FunctionName: "catalog--test-api", InvokedViaFunctionUrl: undefined };
      const made =
        "InvokedViaFunctionUrl" in properties ? { ...shown, InvokedViaFunctionUrl: "true" } : shown;
      assert.deepEqual(await judged(shownOnly({ type: PERMISSION, properties: made }, rules)), []);
    });
  });

  it("are refused, with their permissions, where settings do not let them in", async () => {
    const signed = rulesOf("functionUrl");
    const offer = "or NONE with publicFunctionUrl among the uses in the settings of its pipeline";
    assert.deepEqual(await with_(URL, url, signed), [
      `It (${URL}) is a function URL open to everybody: AuthType must be AWS_IAM, ${offer}`,
    ]);
    assert.deepEqual(await with_(URL, { ...url, AuthType: "AWS_IAM" }), [
      `It (${URL}) has AuthType AWS_IAM: only NONE is allowed`,
    ]);
    const both = rulesOf("functionUrl", "publicFunctionUrl");
    await together(["AWS_IAM", "NONE"], async (AuthType) =>
      assert.deepEqual(await with_(URL, { ...url, AuthType }, both), []),
    );
    for (const each of [byUrl, viaUrl])
      assert.deepEqual(await with_(PERMISSION, { ...each, FunctionName: own, Principal: "*" }, signed), [
        `It (${PERMISSION}) opens to everybody (*)`,
      ]);
  });

  it("are refused where they are of others' functions, ask in another way, or let pages of any site act for visitors", async () => {
    const credentials = { AllowCredentials: true };
    const open: readonly (readonly [object, string])[] = [
      ...["none", "NONE ", undefined, LATER, { Ref: "Who" }].map(
        (AuthType) => [{ ...url, AuthType }, "has AuthType"] as const,
      ),
      ...["payroll-Pay", { "Fn::ImportValue": "f" }, { Ref: "Role" }].map(
        (TargetFunctionArn) => [{ ...url, TargetFunctionArn }, "has TargetFunctionArn"] as const,
      ),
      ...[
        { ...credentials, AllowOrigins: ["*"] },
        { ...credentials, AllowOrigins: ["https://shop.example.com", "https://*"] },
        { ...credentials, AllowOrigins: "*" },
        { ...credentials, AllowOrigins: [{ "Fn::ImportValue": "site" }] },
        { AllowCredentials: { "Fn::ImportValue": "yes" }, AllowOrigins: ["*"] },
        { AllowCredentials: "yes", AllowOrigins: ["*"] },
        LATER,
        { "Fn::ImportValue": "cors" },
      ].map((Cors) => [{ ...url, Cors }, "lets every site call it"] as const),
    ];
    await together(open, async ([properties, start]) => {
      const lines = await with_(URL, properties);
      assert.ok(lines.length === 1 && lines[0]?.startsWith(`It (${URL}) ${start}`), JSON.stringify([properties, lines])); // prettier-ignore
    });
  });

  it("let in nobody otherwise", async () => {
    const everybody = { FunctionName: own, Principal: "*" };
    const open: readonly (readonly [object, string])[] = [
      ...[
        { ...everybody, Action: "lambda:InvokeFunction" },
        { ...everybody, Action: "lambda:InvokeFunctionUrl" },
        { ...everybody, ...viaUrl, InvokedViaFunctionUrl: false },
        { ...everybody, ...viaUrl, InvokedViaFunctionUrl: { "Fn::ImportValue": "yes" } },
        { ...everybody, ...viaUrl, Action: "lambda:*" },
        { ...everybody, ...viaUrl, Action: "lambda:GetFunction" },
        { ...everybody, ...viaUrl, ...byUrl },
        { ...everybody, ...byUrl, FunctionUrlAuthType: "AWS_IAM" },
        { ...everybody, ...byUrl, SourceAccount: STRANGER },
        { ...everybody, ...viaUrl, PrincipalOrgID: "o-stranger" },
        { ...everybody, ...byUrl, Action: ["lambda:InvokeFunctionUrl"] },
        { ...everybody, ...byUrl, FunctionName: "payroll-Pay" },
        { ...everybody, ...viaUrl, FunctionName: { "Fn::ImportValue": "f" } },
        { ...everybody, ...viaUrl, FunctionName: { "Fn::Sub": "${Function}:live" } },
        { ...everybody, ...byUrl, FunctionName: { Ref: "Role" } },
      ].map((each) => [each, PUBLIC] as const),
      [{ ...everybody, ...byUrl, Principal: STRANGER }, `opens to ${STRANGER}`],
      [{ ...everybody, ...byUrl, Principal: "?" }, "opens to ?"],
      [{ ...everybody, ...byUrl, Principal: ["*"] }, 'opens to ["*"]'],
      [{ ...everybody, ...byUrl, Principal: { AWS: "*" } }, 'opens to {"AWS":"*"}'],
      [{ ...everybody, ...byUrl, Principals: "*" }, "has Principals, which can't be judged"],
    ]; // prettier-ignore
    await together(open, async ([properties, start]) => {
      const lines = await with_(PERMISSION, properties);
      assert.ok(lines.length > 0 && lines.every((line) => line.startsWith(`It (${PERMISSION}) `)), JSON.stringify(lines)); // prettier-ignore
      assert.ok(lines.some((line) => line.startsWith(`It (${PERMISSION}) ${start}`)), JSON.stringify([properties, lines])); // prettier-ignore
    });
  });

  whole("let in everybody by two permissions alone, whatever a permission says", async () => {
    const value = (...values: unknown[]) => fc.constantFrom<unknown>(...values);
    const otherwise: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
      Principal: value(ACCOUNT, STRANGER, "apigateway.amazonaws.com", { Ref: "Everybody" }),
      Action: value("lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:*", "LAMBDA:InvokeFunctionUrl"),
      FunctionName: value({ Ref: "Alias" }, "payroll-Pay", { Ref: "Role" }),
      FunctionUrlAuthType: value("NONE", "AWS_IAM", "none", undefined),
      InvokedViaFunctionUrl: value(true, "true", false, "false", "TRUE", 1, undefined),
      SourceAccount: value(ACCOUNT, STRANGER),
      PrincipalOrgID: value("o-1"),
    };
    const change = fc.oneof(
      ...Object.entries(otherwise).map(([key, of]) => of.map((each): [string, unknown] => [key, each])),
    );
    const permission = fc
      .tuple(value(byUrl, viaUrl), fc.array(change, { maxLength: 3 }))
      .map(([base, changes]): Record<string, unknown> => ({
        ...{ FunctionName: own, Principal: "*", ...(base as object) },
        ...Object.fromEntries(changes),
      }));
    const { Type, ...everybody } = { Type: "String", Default: "*" };
    const samples = fc.sample(permission, { seed: 25, numRuns: 600 });
    /** Said again, by what AWS's page has and nothing else. */
    const lets = (one: (typeof samples)[number]): boolean => {
      const { Principal, FunctionName, Action, ...more } = one;
      const said = JSON.stringify(Object.entries(more).filter(([, each]) => each !== undefined));
      const everyone = Principal === "*" || typeof Principal === "object";
      const ours = typeof FunctionName === "object" && !JSON.stringify(FunctionName).includes("Role");
      return (
        everyone && ours &&
        ((Action === "lambda:InvokeFunctionUrl" && said === '[["FunctionUrlAuthType","NONE"]]') ||
          (Action === "lambda:InvokeFunction" && /^\[\["InvokedViaFunctionUrl",(true|"true")\]\]$/.test(said)))
      );
    };
    const toEverybody = samples.filter(({ Principal }) => Principal === "*" || typeof Principal === "object");
    const found = await refusals(
      toEverybody.map((properties) => {
        const one = caseOf(PERMISSION, properties);
        return { ...one, template: { Parameters: { Everybody: { Type, ...everybody } }, ...(one.template as object) } };
      }),
    );
    toEverybody.forEach((one, at) => assert.equal(found[at]?.length === 0, lets(one), JSON.stringify([one, found[at]])));
    const passed = toEverybody.filter(lets).length;
    assert.ok(passed > 20 && passed < toEverybody.length / 2, `${passed} of ${toEverybody.length}`);
  }); // prettier-ignore
});

describe("functions in a network", () => {
  const FUNCTION = "AWS::Lambda::Function";
  const network = { FunctionSubnetIds: "subnet-1,subnet-2", FunctionSecurityGroupIds: "sg-1" };
  const Code = { S3Bucket: CODE_BUCKET, S3Key: `${FILES}code/${CODES[0]}.zip` };
  const Parameters = Object.fromEntries(
    Object.keys(network).map((name) => [name, { Type: "CommaDelimitedList" }]),
  );
  /** In the template, or shown by a change set alone. */
  const cases = (VpcConfig: unknown, rules = rulesOf("functionNetwork")): Case[] => {
    const own = made({ type: FUNCTION, properties: { Code, VpcConfig } }, rules);
    const more = { parameters: network };
    const parts = own.template as object;
    return [
      { ...own, ...more, template: { ...parts, Parameters }, set: { Changes: [] } },
      {
        ...own,
        ...more,
        template: { Resources: { It: { Type: FUNCTION, Properties: { Code } } }, Parameters },
      },
    ];
  };
  const given = {
    SubnetIds: { Ref: "FunctionSubnetIds" },
    SecurityGroupIds: { Ref: "FunctionSecurityGroupIds" },
  };
  const shown = { SubnetIds: ["subnet-1", "subnet-2"], SecurityGroupIds: ["sg-1"] };

  it("pass where they are in that of the settings", async () => {
    const [written] = cases(given);
    assert.ok(written);
    assert.deepEqual(await refusals([written, ...cases(shown), ...cases({})]), [[], [], [], [], []]);
  });

  it("are refused in any other subnets or security groups", async () => {
    const ids = fc.uniqueArray(fc.constantFrom("subnet-1", "subnet-2", "subnet-3", "sg-1", "sg-2"), {
      maxLength: 4,
    });
    const odd = fc.constantFrom<unknown>(
      { "Fn::ImportValue": "subnets" },
      { "Fn::Split": [",", { "Fn::ImportValue": "subnets" }] },
      "subnet-1,subnet-2",
      LATER,
    );
    const other = (right: readonly string[]) =>
      fc.oneof(ids, odd).filter((each) => JSON.stringify(each) !== JSON.stringify(right));
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom("SubnetIds", "SecurityGroupIds")
          .chain((key) => fc.tuple(fc.constant(key), other(shown[key]))),
        async ([key, value]) => {
          const name = key === "SubnetIds" ? "FunctionSubnetIds" : "FunctionSecurityGroupIds";
          const all = await refusals(cases({ ...shown, [key]: value }));
          for (const lines of all)
            assert.ok(
              lines.some(
                (line) =>
                  line.startsWith(`It (${FUNCTION}) has VpcConfig.${key} `) &&
                  line.endsWith(`: it must be the parameter ${name}, which the pipeline gives`),
              ),
              JSON.stringify([key, value, lines]),
            );
        },
      ),
      { seed: 15, numRuns: 60 },
    );
  });

  const RIGHTS = ["DescribeNetworkInterfaces", "DescribeSubnets", "CreateNetworkInterface"]
    .concat("AssignPrivateIpAddresses", "DeleteNetworkInterface", "UnassignPrivateIpAddresses")
    .map((each) => `ec2:${each}`);
  const statement = (more: object) => ({ Effect: "Allow", Action: RIGHTS, Resource: "*", ...more });
  const policy = (PolicyDocument: unknown) => ({ PolicyName: "p", PolicyDocument });
  const said = (...Statement: unknown[]) => ({ Statement });
  const ROLE = "AWS::IAM::Role";
  const inNetwork = { Code, VpcConfig: given, Role: { "Fn::GetAtt": ["Role", "Arn"] } };
  /** A function whose role has this, beside other resources, in a template alone. */
  const byRole = (role: object, others: object = {}, properties: object = inNetwork): Case => ({
    rules: rulesOf("functionNetwork"),
    parameters: network,
    set: { Changes: [] },
    template: {
      Parameters,
      Conditions: {
        No: { "Fn::Equals": ["a", "b"] },
        Later: { "Fn::Equals": ["a", { "Fn::ImportValue": "x" }] },
      },
      Resources: {
        It: { Type: FUNCTION, Properties: properties },
        Role: {
          Type: ROLE,
          Properties: {
            ...{ RoleName: "catalog--test-own", ...role },
            AssumeRolePolicyDocument: said({
              ...{
                Effect: "Allow",
                Action: "sts:AssumeRole",
                Principal: { Service: "lambda.amazonaws.com" },
              },
            }),
          },
        },
        ...others,
      },
    },
  });
  const lacking = (...rights: string[]) =>
    `It (${FUNCTION}) has VpcConfig, and its role Role lacks ${rights.join(", ")}, with which Lambda makes its network ` +
    "interfaces: allow them on * in its policies, or name arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole " +
    "in its ManagedPolicyArns";
  const managed = (...names: string[]) => ({
    ManagedPolicyArns: names.map((each) => `arn:aws:iam::aws:policy/${each}`),
  });
  const attached = (Type: string, to: object, more: object = {}) => ({
    Attached: { Type, Properties: { ...policy(said(statement({}))), ...to }, ...more },
  });

  it("are refused where the function's role lacks what Lambda makes network interfaces with, in one line before anything is made", async () => {
    const all = lacking(...RIGHTS);
    const describing = lacking(...RIGHTS.slice(0, 2));
    const cases: readonly (readonly [Case, readonly string[]])[] = [
      [byRole({}), [all]],
      [byRole({ Policies: [policy(said(statement({})))] }), []],
      [byRole({ Policies: [policy(said(statement({ Action: "logs:*" }), statement({ Action: ["ec2:DescribeVpcs"] })))] }), [all]],
      [byRole({ Policies: [policy(said(statement({ Effect: "Deny" })))] }), [all]],
      [byRole({ Policies: [policy(JSON.stringify(said(statement({}))))] }), []],
      // EC2 takes no resource for what describes.
      [byRole({ Policies: [policy(said(statement({ Resource: [`arn:aws:ec2:eu-west-1:${ACCOUNT}:*/*`] })))] }), [describing]],
      [byRole({ Policies: [policy(said(statement({ NotAction: "iam:*", Action: undefined })))] }), []],
      [byRole({ Policies: [policy(said(statement({ NotAction: ["ec2:D*"], Action: undefined })))] }), [lacking(...RIGHTS.filter((each) => /:De/.test(each)))]],
      // What a policy says is open until the deployment, or in a policy that Plan does not know, may be all of it.
      [byRole({ Policies: [policy(said(statement({ Action: { "Fn::ImportValue": "actions" } })))] }), []],
      [byRole(managed("service-role/AWSLambdaVPCAccessExecutionRole")), []],
      [byRole(managed("service-role/AWSLambdaBasicExecutionRole", "AdministratorAccess")), []],
      [byRole({ ManagedPolicyArns: [{ "Fn::ImportValue": "policy" }] }), []],
      [byRole(managed("service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaSQSQueueExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess")), [all]],
      [byRole({}, attached("AWS::IAM::Policy", { Roles: [{ Ref: "Other" }, { Ref: "Role" }] })), []],
      [byRole({}, attached("AWS::IAM::Policy", { Roles: ["catalog--test-own"] })), []],
      [byRole({}, attached("AWS::IAM::RolePolicy", { RoleName: { Ref: "Role" } })), []],
      [byRole({}, attached("AWS::IAM::RolePolicy", { RoleName: { "Fn::ImportValue": "role" } })), []],
      [byRole({}, attached("AWS::IAM::Policy", { Roles: [{ Ref: "Role" }] }, { Condition: "Later" })), []],
      [byRole({}, attached("AWS::IAM::Policy", { Roles: [{ Ref: "Role" }] }, { Condition: "No" })), [all]],
      [byRole({}, attached("AWS::IAM::RolePolicy", { RoleName: "catalog--test-other" })), [all]],
      [byRole({}, attached("AWS::IAM::Policy", { Roles: [{ Ref: "It" }] })), [all]],
      [byRole({ Policies: [policy({ Statement: statement({}) })] }), []],
      [byRole({ Policies: [policy(said("what IAM refuses"))] }), []],
      [byRole({}, attached("AWS::IAM::RolePolicy", { RoleName: { "Fn::Sub": "${It}" } })), []],
      [byRole({ Policies: [policy({ "Fn::ImportValue": "policy" })] }), [`Role (${ROLE}) has a policy of which a part is known only at deployment: write it in the template`]],
      // None of it is asked of a function in no network, or of a role that the template does not make.
      [byRole({}, {}, { ...inNetwork, VpcConfig: {} }), []],
      [byRole({}, {}, { ...inNetwork, VpcConfig: undefined }), []],
      [byRole({}, {}, { ...inNetwork, Role: { "Fn::ImportValue": "role" } }), []],
      [byRole({}, {}, { ...inNetwork, Role: `arn:aws:iam::${ACCOUNT}:role/catalog--test-own` }), []],
    ]; // prettier-ignore
    assert.deepEqual(
      await refusals(cases.map(([one]) => one)),
      cases.map(([, lines]) => lines),
    );
  });

  whole(
    "are refused for exactly those rights that no policy of their role has, however the others are written",
    async () => {
      const written = (action: string) =>
        fc.constantFrom(
          ...[
            action,
            action.toUpperCase(),
            `${action.slice(0, 9)}*${action.slice(-6)}`,
            action.replace(/[a-z]$/, "?"),
          ],
          ...[[action], ["s3:GetObject", action]],
        );
      const place = fc.constantFrom("object", "text", "Policy", "RolePolicy");
      const rights = fc.tuple(
        ...RIGHTS.map((right) => fc.tuple(fc.constant(right), fc.boolean(), written(right), place)),
      );
      await fc.assert(
        fc.asyncProperty(rights, async (all) => {
          const there = all.filter(([, has]) => has);
          const documents = (wanted: string) =>
            there.flatMap(([, , Action, at]) => (at === wanted ? [said(statement({ Action }))] : []));
          const of = (type: "Policy" | "RolePolicy", to: object) =>
          documents(type).map((each, i) => [`${type}${i}`, { Type: `AWS::IAM::${type}`, Properties: { ...policy(each), ...to } }] as const); // prettier-ignore
          const others = Object.fromEntries([
            ...of("Policy", { Roles: [{ Ref: "Role" }] }),
            ...of("RolePolicy", { RoleName: { Ref: "Role" } }),
          ]);
          const Policies = [
            ...documents("object").map(policy),
            ...documents("text").map((each) => policy(JSON.stringify(each))),
          ];
          const lacks = all.flatMap(([right, has]) => (has ? [] : [right]));
          assert.deepEqual(await refusals([byRole({ Policies }, others)]), [
            lacks.length > 0 ? [lacking(...lacks)] : [],
          ]);
        }),
        { seed: 15, numRuns: 20 },
      );
    },
  );

  it("are refused where settings do not let them in one", async () => {
    const refused = `It (${FUNCTION}) has VpcConfig, which takes uses: [sqs, functionNetwork] in the settings of its pipeline`;
    const all = [given, shown, {}, { SubnetIds: [] }, LATER].flatMap((each) => cases(each, rulesOf("sqs")));
    for (const lines of await refusals(all)) assert.ok(lines.includes(refused), JSON.stringify(lines));
  });
});

describe("schedules", () => {
  const rules = rulesOf("scheduler");
  const TYPE = "AWS::Scheduler::Schedule";
  const role = { Type: "AWS::IAM::Role", Condition: "No", Properties: {} };
  const called = { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} };
  const own = {
    Name: "catalog--test-nightly",
    ScheduleExpression: "rate(1 day)",
    Target: { Arn: { "Fn::GetAtt": ["Function", "Arn"] }, RoleArn: { "Fn::GetAtt": "Role.Arn" } },
  };
  const with_ = (type: string, properties: object): Promise<string[]> => {
    const one = templateOnly({ type, properties }, rules, { Role: role, Function: called });
    return judged({
      ...one,
      template: { ...(one.template as object), Conditions: { No: { "Fn::Equals": ["a", "b"] } } },
    });
  };

  it("pass where they call the template's own function with its own role, which Scheduler may take", async () => {
    assert.deepEqual(await with_(TYPE, own), []);
    assert.deepEqual(await with_(TYPE, { ...own, GroupName: "default" }), []);
    const statement = {
      Effect: "Allow",
      Principal: { Service: "scheduler.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    const taken = {
      type: "AWS::IAM::Role",
      properties: { AssumeRolePolicyDocument: { Statement: [statement] } },
    };
    assert.deepEqual(await inTemplate(taken, rules), []);
    assert.notDeepEqual(await inTemplate(taken, rulesOf("sqs")), []);
  });

  it("are refused where they call anything else, or with another's role", async () => {
    const { Target: target } = own;
    const role_ = `arn:aws:iam::${ACCOUNT}:role/payroll-Pay`;
    const open: readonly (readonly [object, string])[] = [
      [{ ...own, Target: { ...target, Arn: "arn:aws:scheduler:::aws-sdk:iam:createUser" } }, "Target.Arn"],
      [
        { ...own, Target: { ...target, Arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay` } },
        "Target.Arn",
      ],
      [{ ...own, Target: { ...target, Arn: { "Fn::ImportValue": "f" } } }, "Target.Arn"],
      [{ ...own, Target: { ...target, RoleArn: role_ } }, "Target.RoleArn"],
      [{ ...own, Target: { ...target, DeadLetterConfig: { Arn: "arn" } } }, "Target.DeadLetterConfig"],
      [{ ...own, GroupName: "payroll" }, "GroupName"],
      [{ ...own, GroupName: { "Fn::ImportValue": "g" } }, "GroupName"],
      [{ ...own, KmsKeyArn: "k" }, "KmsKeyArn"],
    ];
    await together(open, async ([properties, property]) => {
      const lines = await with_(TYPE, properties);
      assert.ok(lines.some((line) => line.startsWith(`It (${TYPE}) has ${property}`)), JSON.stringify([properties, lines])); // prettier-ignore
    });
  });
});

describe("buses and rules", () => {
  const rules = rulesOf("events", "sqs");
  const BUS = "AWS::Events::EventBus";
  const RULE = "AWS::Events::Rule";
  const bus = { Type: BUS, Properties: { Name: "catalog--test-orders" } };
  const called = { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} };
  const own = {
    EventBusName: { Ref: "Bus" },
    Targets: [{ Id: "one", Arn: { "Fn::GetAtt": ["Function", "Arn"] } }],
  };
  const with_ = (type: string, properties: object): Promise<string[]> => {
    const one = templateOnly({ type, properties }, rules, { ...OWN, Bus: bus, Function: called });
    return judged({
      ...one,
      template: { ...(one.template as object), Conditions: { No: { "Fn::Equals": ["a", "b"] } } },
    });
  };
  const target = (more: object) => ({ ...own, Targets: [{ ...own.Targets[0], ...more }] });
  const failed = (Arn: unknown) => target({ DeadLetterConfig: { Arn } });

  it("pass where rules are on a bus of the template, call its own functions, and send what failed to its own queues", async () => {
    assert.deepEqual(await with_(RULE, own), []);
    assert.deepEqual(await with_(RULE, failed({ "Fn::GetAtt": ["Queue", "Arn"] })), []);
    assert.deepEqual(await with_(RULE, { ...own, EventBusName: { "Fn::GetAtt": "Bus.Name" } }), []);
    const shown = { EventBusName: "catalog--test-orders", Targets: [{ Id: "one", Arn: LATER }] };
    assert.deepEqual(await judged(shownOnly({ type: RULE, properties: shown }, rules)), []);
  });

  it("are refused where they hear or call others, or are opened", async () => {
    const noBus = { Targets: own.Targets };
    const open: readonly (readonly [string, object, string])[] = [
      [RULE, noBus, "no EventBusName"],
      [RULE, { ...own, EventBusName: "default" }, "EventBusName"],
      [
        RULE,
        { ...own, EventBusName: `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/default` },
        "EventBusName",
      ],
      [RULE, { ...own, EventBusName: "payroll-paid" }, "EventBusName"],
      [RULE, { ...own, EventBusName: { Ref: "AWS::NoValue" } }, "no EventBusName"],
      [RULE, target({ Arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay` }), "Targets.Arn"],
      [RULE, target({ Arn: "arn:aws:events:eu-west-1:999999999999:event-bus/default" }), "Targets.Arn"],
      [RULE, target({ RoleArn: "arn" }), "Targets.RoleArn"],
      ...[
        `arn:aws:sqs:eu-west-1:${ACCOUNT}:payroll-Payments`,
        `arn:aws:sqs:eu-west-1:${STRANGER}:x`,
        { Ref: "Queue" },
        { "Fn::GetAtt": ["Function", "Arn"] },
        { "Fn::ImportValue": "q" },
        "{{resolve:ssm:queue}}",
      ].map((Arn) => [RULE, failed(Arn), "Targets.DeadLetterConfig.Arn"] as const),
      [RULE, target({ DeadLetterConfig: { "Fn::ImportValue": "q" } }), "Targets.DeadLetterConfig.Arn"],
      [RULE, { ...own, RoleArn: "arn" }, "RoleArn"],
      [BUS, { Name: "payroll-paid" }, "Name"],
      [BUS, { Name: "catalog--test-x", Policy: allow({ AWS: ACCOUNT }) }, "Policy"],
      [BUS, { Name: "catalog--test-x", EventSourceName: "aws.partner/x" }, "EventSourceName"],
      [BUS, { Name: "catalog--test-x", KmsKeyIdentifier: "k" }, "KmsKeyIdentifier"],
      [BUS, { Name: "catalog--test-x", DeadLetterConfig: { Arn: "arn" } }, "DeadLetterConfig"],
      [BUS, { Name: "catalog--test-x", LogConfig: { Level: "TRACE" } }, "LogConfig"],
    ];
    await together(open, async ([type, properties, property]) => {
      const lines = await with_(type, properties);
      assert.ok(lines.some((line) => line.startsWith(`It (${type}) has ${property}`)), JSON.stringify([properties, lines])); // prettier-ignore
    });
    const policy = { type: "AWS::Events::EventBusPolicy", properties: { StatementId: "x" } };
    assert.match(
      (await inTemplate(policy, rules)).join(),
      /has a type that this kind of service may not have/,
    );
  });
});

describe("REST APIs", () => {
  const rules = rulesOf("restapi");
  const type = (name: string) => `AWS::ApiGateway::${name}`;
  const [API, METHOD, STAGE] = [type("RestApi"), type("Method"), type("Stage")];
  /** Other resources of the template, which are not judged. */
  const others = Object.fromEntries(
    [
      ["Api", API],
      ["Deployment", type("Deployment")],
      ["Function", "AWS::Lambda::Function"],
      ["Alias", "AWS::Lambda::Alias"],
      ["Logs", "AWS::Logs::LogGroup"],
    ].map(([id = "", Type = ""]) => [id, { Type, Condition: "No", Properties: {} }]),
  );
  const with_ = (of: string, properties: object): Promise<string[]> => {
    const one = templateOnly({ type: of, properties }, rules, others);
    const Conditions = { No: { "Fn::Equals": ["a", "b"] } };
    return judged({ ...one, template: { ...(one.template as object), Conditions } });
  };
  const RestApiId = { Ref: "Api" };
  const invocations = (called: string) => ({
    "Fn::Sub": `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${called}/invocations`,
  });
  const Uri = invocations("${Alias}");
  const method = (integration: object) => ({
    RestApiId,
    ResourceId: { "Fn::GetAtt": ["Api", "RootResourceId"] },
    HttpMethod: "GET",
    Integration: { Type: "AWS_PROXY", Uri, ...integration },
  });
  const PARTS = ["Authorizer", "Deployment", "GatewayResponse", "Method", "Model", "RequestValidator"]
    .concat("Resource", "Stage")
    .map(type);

  it("pass where their methods call the template's own functions, or none", async () => {
    const taken: readonly (readonly [string, object])[] = [
      [API, { Name: "x", EndpointConfiguration: { Types: ["EDGE"] }, Policy: "" }],
      [API, { Name: "x", EndpointConfiguration: { Types: ["REGIONAL"] } }],
      [METHOD, method({})],
      [METHOD, method({ Uri: invocations("${Function.Arn}") })],
      // As the Serverless Framework writes it.
      [METHOD, method({ Uri: { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":apigateway:", { Ref: "AWS::Region" }, ":lambda:path/2015-03-31/functions/", { "Fn::GetAtt": ["Function", "Arn"] }, "/invocations"]] } })],
      [METHOD, { ...method({}), Integration: { Type: "MOCK", RequestTemplates: { "application/json": "{statusCode:200}" } } }],
      [type("Authorizer"), { RestApiId, Name: "x", Type: "TOKEN", AuthorizerUri: Uri }],
      [STAGE, { RestApiId, StageName: "v1", DeploymentId: { Ref: "Deployment" }, AccessLogSetting: { DestinationArn: { "Fn::GetAtt": ["Logs", "Arn"] } } }],
    ]; // prettier-ignore
    await together(taken, async ([of, properties]) =>
      assert.deepEqual(await with_(of, properties), [], JSON.stringify(properties)),
    );
    const shown = {
      RestApiId: "a1b2c3d4e5",
      HttpMethod: "GET",
      Integration: { Type: "AWS_PROXY", Uri: LATER },
    };
    assert.deepEqual(await judged(shownOnly({ type: METHOD, properties: shown }, rules)), []);
  });

  it("are refused where they lead or log elsewhere, or others' policies and definitions open them", async () => {
    const anothers = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay`;
    const stage = { RestApiId, StageName: "v1", DeploymentId: { Ref: "Deployment" } };
    const open: readonly (readonly [string, object, string])[] = [
      ...PARTS.flatMap((part) =>
        ["f0e1d2c3b4", { "Fn::ImportValue": "api" }, { Ref: "Function" }].map(
          (RestApiId) => [part, { ...(part === METHOD ? method({}) : {}), RestApiId }, "RestApiId"] as const,
        ),
      ),
      [API, { Body: { openapi: "3.0.1" } }, "Body"],
      [API, { BodyS3Location: { Bucket: "b", Key: "k" } }, "BodyS3Location"],
      [API, { CloneFrom: "f0e1d2c3b4" }, "CloneFrom"],
      [API, { EndpointConfiguration: { Types: ["PRIVATE"] } }, "EndpointConfiguration.Types"],
      [API, { EndpointConfiguration: { Types: ["EDGE", "PRIVATE"] } }, "EndpointConfiguration.Types"],
      [API, { EndpointConfiguration: { Types: ["EDGE"], VpcEndpointIds: ["vpce-1"] } }, "EndpointConfiguration.VpcEndpointIds"],
      [API, { EndpointConfiguration: { "Fn::ImportValue": "x" } }, "EndpointConfiguration.Types"],
      [API, { Policy: allow({ AWS: ACCOUNT }) }, "Policy"],
      [API, { Policy: allow("*") }, "Policy"],
      [API, { Policy: JSON.stringify(allow("*")) }, "Policy"],
      [API, { Policy: { "Fn::ImportValue": "policy" } }, "Policy"],
      ...["AWS", "HTTP", "HTTP_PROXY", "aws_proxy", { "Fn::ImportValue": "x" }].map(
        (Type) => [METHOD, method({ Type }), "Integration.Type"] as const,
      ),
      ...[
        "https://example.com",
        "arn:aws:apigateway:eu-west-1:dynamodb:action/DeleteTable",
        `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${anothers}/invocations`,
        invocations("${Api}"),
        invocations("${stageVariables.function}"),
        { "Fn::Sub": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Alias}:1/invocations" },
        { "Fn::Sub": "arn:aws:apigateway:eu-west-1:states:action/${Alias}" },
        { "Fn::ImportValue": "uri" },
      ].flatMap((uri) => [
        [METHOD, method({ Uri: uri }), "Integration.Uri"] as const,
        [type("Authorizer"), { RestApiId, AuthorizerUri: uri }, "AuthorizerUri"] as const,
      ]),
      [METHOD, method({ Credentials: "arn:aws:iam::*:user/*" }), "Integration.Credentials"],
      [METHOD, method({ ConnectionId: "v1", ConnectionType: "VPC_LINK" }), "Integration.ConnectionId"],
      [METHOD, method({ IntegrationTarget: "arn" }), "Integration.IntegrationTarget"],
      [METHOD, { ...method({}), Integration: { "Fn::ImportValue": "x" } }, "Integration.Type"],
      [type("Authorizer"), { RestApiId, AuthorizerUri: Uri, AuthorizerCredentials: "arn" }, "AuthorizerCredentials"],
      [type("Deployment"), { RestApiId, StageDescription: { AccessLogSetting: {} } }, "StageDescription"],
      [STAGE, { ...stage, DeploymentId: "d1" }, "DeploymentId"],
      [STAGE, { ...stage, CanarySetting: { DeploymentId: "d1" } }, "CanarySetting.DeploymentId"],
      [STAGE, { ...stage, AccessLogSetting: { DestinationArn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:payroll-audit` } }, "AccessLogSetting.DestinationArn"],
      [STAGE, { ...stage, AccessLogSetting: { DestinationArn: { "Fn::ImportValue": "x" } } }, "AccessLogSetting.DestinationArn"],
    ]; // prettier-ignore
    await together(open, async ([of, properties, property]) => {
      const lines = await with_(of, properties);
      assert.ok(lines.some((line) => line.startsWith(`It (${of}) has ${property} `) || line.startsWith(`It (${of}) has ${property},`)), JSON.stringify([properties, lines])); // prettier-ignore
    });
  });

  whole(
    "are refused wherever a method leads but to the template's own function, however it is written",
    async () => {
      const elsewhere = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.constantFrom("lambda", "states", "s3", "sqs").map((name) => `arn:aws:apigateway:eu-west-1:${name}:action/x`),
      fc.constantFrom("Api", "Deployment", "Logs").map((id) => invocations(`\${${id}}`)),
      fc.string({ minLength: 1 }).filter((text) => !text.includes("$")).map((text) => ({ "Fn::Join": ["", [Uri, text]] })),
      fc.string({ minLength: 1 }).filter((text) => !text.includes("$")).map((text) => ({ "Fn::Join": ["", [text, Uri]] })),
    ); // prettier-ignore
      await fc.assert(
        fc.asyncProperty(elsewhere, async (uri) => {
          const lines = await with_(METHOD, method({ Uri: uri }));
          return lines.some((line) => line.startsWith(`It (${METHOD}) has Integration.Uri `));
        }),
        { numRuns: 100, seed: 20261126 },
      );
    },
  );

  whole("let in nothing else of API Gateway", async () => {
    const names = ["Account", "ApiKey", "BasePathMapping", "DomainName", "UsagePlan", "VpcLink"];
    await together(names, async (name) =>
      assert.match(
        (await inTemplate({ type: type(name), properties: {} }, rules)).join(),
        /has a type that this kind of service may not have/,
      ),
    );
  });
});

describe("state machines", () => {
  const rules = rulesOf("stepfunctions");
  const TYPE = "AWS::StepFunctions::StateMachine";
  const others = Object.fromEntries(
    [
      ["Role", "AWS::IAM::Role"],
      ["Function", "AWS::Lambda::Function"],
      ["Alias", "AWS::Lambda::Alias"],
      ["Table", "AWS::DynamoDB::Table"],
    ].map(([id = "", Type = ""]) => [id, { Type, Condition: "No", Properties: {} }]),
  );
  const Parameters = { Text: { Type: "AWS::SSM::Parameter::Value<String>" } };
  const with_ = (properties: object): Promise<string[]> => {
    const one = templateOnly({ type: TYPE, properties }, rules, others);
    const Conditions = { No: { "Fn::Equals": ["a", "b"] } };
    return judged({ ...one, template: { ...(one.template as object), Conditions, Parameters } });
  };
  const own = { StateMachineName: "catalog--test-checks", RoleArn: { "Fn::GetAtt": ["Role", "Arn"] } };
  const ALIAS = { Ref: "Alias" };
  const INVOKE = "arn:aws:states:::lambda:invoke";
  const of = (state: object) => ({ StartAt: "A", States: { A: { Type: "Task", End: true, ...state } } });
  /** In every way to write it: an object, text by Fn::Sub, and text by Fn::Join. */
  const written = (definition: object): object[] => {
    const values: unknown[] = [];
    const text = JSON.stringify(definition, (_, value: unknown) => {
      const isCall =
        typeof value === "object" && value !== null && ["Ref", "Fn::GetAtt"].some((key) => key in value);
      return isCall ? `<<${values.push(value) - 1}>>` : value;
    });
    const parts = text.split(/<<(\d+)>>/).map((part, at) => (at % 2 === 0 ? part : values[Number(part)]));
    const names = Object.fromEntries(values.map((value, at) => [`V${at}`, value]));
    return [
      { Definition: definition },
      { DefinitionString: { "Fn::Join": ["", parts] } },
      { DefinitionString: { "Fn::Sub": [text.replace(/<<(\d+)>>/g, "${V$1}"), names] } },
      ...(values.length === 0 ? [{ DefinitionString: text }] : []),
    ];
  };

  it("pass where their states call the template's own functions, however the definition is written", async () => {
    const taken = [
      of({ Resource: ALIAS }),
      of({ Resource: { "Fn::GetAtt": ["Function", "Arn"] } }),
      of({
        Resource: INVOKE,
        Parameters: { FunctionName: ALIAS, Payload: { "a.$": "$.a", Table: { Ref: "Table" } } },
      }),
      of({ Resource: INVOKE, Arguments: { FunctionName: ALIAS, Payload: "{% $states.input %}" } }),
      of({ Type: "Map", ItemProcessor: of({ Resource: ALIAS }) }),
      { StartAt: "A", States: { A: { Type: "Pass", End: true } } },
    ];
    await together(taken.flatMap(written), async (one) =>
      assert.deepEqual(await with_({ ...own, ...one }), [], JSON.stringify(one)),
    );
    const shown = { StateMachineName: "catalog--test-checks", RoleArn: LATER, DefinitionString: LATER };
    assert.deepEqual(await judged(shownOnly({ type: TYPE, properties: shown }, rules)), []);
    const statement = {
      Effect: "Allow",
      Principal: { Service: "states.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    const role = {
      type: "AWS::IAM::Role",
      properties: { AssumeRolePolicyDocument: { Statement: [statement] } },
    };
    assert.deepEqual(await inTemplate(role, rules), []);
    assert.notDeepEqual(await inTemplate(role, rulesOf("sqs")), []);
  });

  it("are refused where any state calls anything else, at any depth and in every way to write it", async () => {
    const payroll = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay`;
    const states: readonly (readonly [object, string])[] = [
      [
        { Resource: "arn:aws:states:::aws-sdk:iam:createUser" },
        "a state that calls arn:aws:states:::aws-sdk:iam",
      ],
      [{ Resource: "arn:aws:states:::dynamodb:deleteItem" }, "a state that calls arn:aws:states:::dynamodb"],
      [{ Resource: "arn:aws:states:::http:invoke" }, "a state that calls"],
      [{ Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" }, "a state that calls"],
      [{ Resource: "arn:aws:states:::states:startExecution.sync:2" }, "a state that calls"],
      [{ Resource: payroll }, "a state that calls"],
      [{ Resource: { Ref: "Table" } }, "a state that calls"],
      [{ Resource: ["x"] }, "a state that calls"],
      [{ Resource: INVOKE }, "a state that calls a function which isn't of this template"],
      [{ Resource: INVOKE, Parameters: { FunctionName: payroll } }, "a state that calls a function which"],
      [
        { Resource: INVOKE, Parameters: { "FunctionName.$": "$.name" } },
        "a state that calls a function which",
      ],
      [{ Resource: INVOKE, Arguments: "{% $states.input %}" }, "a state that calls a function which"],
      [{ Resource: INVOKE, Arguments: { FunctionName: "{% $f %}" } }, "a state that calls a function which"],
      [
        { Resource: INVOKE, Parameters: { FunctionName: ALIAS }, Arguments: { FunctionName: payroll } },
        "a state that calls a function which",
      ],
      [
        { Resource: ALIAS, Credentials: { RoleArn: "arn:aws:iam::999999999999:role/x" } },
        "a state with Credentials",
      ],
    ];
    const everywhere = states.flatMap(([state, start]) =>
      [of(state), of({ Type: "Map", ItemProcessor: of(state) })]
        .flatMap(written)
        .map((one) => [one, start] as const),
    );
    await together(everywhere, async ([one, start]) => {
      const lines = await with_({ ...own, ...one });
      assert.ok(lines.some((line) => line.startsWith(`It (${TYPE}) has ${start}`)), JSON.stringify([one, lines])); // prettier-ignore
    });
    const reader = of({ Type: "Map", ItemReader: { Resource: "arn:aws:states:::s3:getObject" } });
    await together(written(reader), async (one) => assert.notDeepEqual(await with_({ ...own, ...one }), []));
  });

  it("are refused where the definition can't be judged", async () => {
    const good = JSON.stringify(of({ Resource: "@" }));
    const sub = (text: string) => ({ "Fn::Sub": text });
    const definitions = [
      {},
      { DefinitionString: "" },
      { DefinitionString: "{" },
      { DefinitionString: "[]" },
      { DefinitionString: '"text"' },
      { DefinitionString: { Ref: "Text" } },
      { DefinitionString: { "Fn::ImportValue": "x" } },
      { DefinitionString: good, Definition: of({}) },
      { Definition: { "Fn::ImportValue": "x" } },
      { Definition: { StartAt: "A", States: { "Fn::ImportValue": "x" } } },
      { Definition: of({ Comment: { Ref: "Text" } }) },
      { Definition: of({ Resource: ALIAS, Parameters: { "Fn::If": ["Unknown", {}, {}] } }) },
      // What fills in more than a name could end the text that it is in.
      { DefinitionString: sub(good.replace("@", "${Alias}").replace('"A"', '"${Text}"')) },
      { DefinitionString: sub(good.replace('"@"', "${Text}")) },
      { DefinitionString: sub(good.replace('"@"', "${Alias}")) },
      { DefinitionString: sub(good.replace("@", "${Alias}:1")) },
      { DefinitionString: sub(good.replace("@", "<later 0>")) },
      { DefinitionString: sub(good.replace("@", "<later 1>").replace('"Task"', '"${Table}"')) },
    ];
    await together(definitions, async (one) => {
      const lines = await with_({ ...own, ...one });
      assert.ok(lines.some((line) => /^It \(\S+\) has (a definition|a state)/.test(line)), JSON.stringify([one, lines])); // prettier-ignore
    });
  });

  whole(
    "are refused with another's role, another's name, and what takes rights or hides a part",
    async () => {
      const good = { ...own, Definition: of({ Resource: ALIAS }) };
      const open: readonly (readonly [object, string])[] = [
        [{ ...good, RoleArn: `arn:aws:iam::${ACCOUNT}:role/payroll-Pay` }, "RoleArn"],
        [{ ...good, StateMachineName: "payroll-Check" }, "StateMachineName"],
        [{ RoleArn: own.RoleArn, Definition: good.Definition }, "no StateMachineName"],
        [{ ...good, DefinitionS3Location: { Bucket: "b", Key: "k" } }, "DefinitionS3Location"],
        [{ ...good, DefinitionSubstitutions: { a: "b" } }, "DefinitionSubstitutions"],
        [{ ...good, EncryptionConfiguration: { Type: "AWS_OWNED_KEY" } }, "EncryptionConfiguration"],
        [{ ...good, LoggingConfiguration: { Level: "ALL" } }, "LoggingConfiguration"],
      ];
      await together(open, async ([properties, property]) => {
        const lines = await with_(properties);
        assert.ok(lines.some((line) => line.startsWith(`It (${TYPE}) has ${property}`)), JSON.stringify([properties, lines])); // prettier-ignore
      });
    },
  );

  whole("are refused whatever else a state calls, however deep it is and whatever is around it", async () => {
    const called = fc.oneof(
      fc.string().map((name) => `arn:aws:states:::${name}`),
      fc.constantFrom("s3", "sqs", "iam", "ecs").map((name) => `arn:aws:states:::aws-sdk:${name}:x`),
      fc.string(),
    );
    const { deep } = fc.letrec<{ deep: unknown }>((tie) => ({
      deep: fc.oneof(
        { maxDepth: 4 },
        called.filter((each) => each !== INVOKE).map((Resource) => ({ Resource })),
        fc.tuple(fc.string(), tie("deep")).map(([key, inner]) => ({ [`x${key}`]: inner })),
        tie("deep").map((inner) => [{}, inner]),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(deep, fc.nat(2), async (state, way) => {
        const [one = {}] = written({ StartAt: "A", States: { A: state } }).slice(way);
        const lines = await with_({ ...own, ...one });
        return lines.some((line) => line.startsWith(`It (${TYPE}) has a `));
      }),
      { numRuns: 100, seed: 20261126 },
    );
  });
});

describe("topics", () => {
  const rules = rulesOf("sns", "sqs");
  const ofTasks = using(ecsService, ["sns", "sqs"]).template;
  const [POLICY, INLINE, SUBSCRIPTION] = [
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::TopicInlinePolicy",
    "AWS::SNS::Subscription",
  ];
  const PERMISSION = "AWS::Lambda::Permission";
  const document = allow({ AWS: ACCOUNT });
  const policy = { Type: POLICY, Properties: { Topics: [{ Ref: "Topic" }], PolicyDocument: document } };
  const inline = { Type: INLINE, Properties: { TopicArn: { Ref: "Topic" }, PolicyDocument: document } };
  const called = { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} };
  const others = { Topic: TOPIC, Policy: policy, Queue: OWN.Queue, Function: called };
  const Conditions = { No: { "Fn::Equals": ["a", "b"] }, Yes: { "Fn::Equals": ["a", "a"] } };
  const conditions = (one: Case): Case => ({
    ...one,
    template: { ...(one.template as object), Conditions: { ...Conditions, Later: { "Fn::Equals": [{ Ref: "Who" }, "b"] } } },
  }); // prettier-ignore
  const with_ = (type: string, properties: object): Promise<string[]> =>
    judged(conditions(templateOnly({ type, properties }, rules, others)));
  const template = (Resources: object): Promise<string[]> =>
    judged(conditions({ rules, template: { Resources }, set: { Changes: [] } }));

  it("pass with subscriptions of the template's own functions and queues, and let SNS and alarms of the account in", async () => {
    const queue = { "Fn::GetAtt": ["Queue", "Arn"] };
    const own = { TopicArn: { Ref: "Topic" } };
    const from = (principal: string, source: unknown) =>
      allow({ Service: principal }, { Condition: { ArnEquals: { "aws:SourceArn": source } } });
    const topic = { Ref: "Topic" };
    const open: readonly (readonly [string, object])[] = [
      [SUBSCRIPTION, { ...own, Protocol: "sqs", Endpoint: queue, RedrivePolicy: { deadLetterTargetArn: queue } }],
      [SUBSCRIPTION, { TopicArn: { "Fn::GetAtt": "Topic.TopicArn" }, Protocol: "lambda", Endpoint: { "Fn::GetAtt": "Function.Arn" } }],
      ["AWS::SQS::QueuePolicy", { Queues: [{ Ref: "Queue" }], PolicyDocument: from("sns.amazonaws.com", topic) }],
      ["AWS::SQS::QueuePolicy", { Queues: [{ Ref: "Queue" }], PolicyDocument: from("sns.amazonaws.com", [{ "Fn::GetAtt": ["Topic", "TopicArn"] }]) }],
      [POLICY, { Topics: [topic], PolicyDocument: from("cloudwatch.amazonaws.com", `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:catalog--test-*`) }],
      [PERMISSION, { Action: "lambda:InvokeFunction", FunctionName: { Ref: "Function" }, Principal: "sns.amazonaws.com", SourceArn: topic }],
      [INLINE, { TopicArn: topic, PolicyDocument: document }],
    ]; // prettier-ignore
    await together(open, async ([type, properties]) =>
      assert.deepEqual(await with_(type, properties), [], JSON.stringify(properties)),
    );
    const inTopic = {
      Type: TOPIC.Type,
      Properties: { Subscription: [{ Protocol: "sqs", Endpoint: queue }] },
    };
    assert.deepEqual(await template({ ...others, Topic: inTopic }), []);
  });

  it("are refused without a policy of their own that is there whenever they are", async () => {
    const line =
      `Topic (AWS::SNS::Topic) has no policy of its own, and the one that AWS gives it lets in the whole account: ` +
      `add ${INLINE} (TopicArn) or ${POLICY} (Topics)`;
    const topics = (Topics: unknown) => ({ ...policy, Properties: { ...policy.Properties, Topics } });
    const open = [
      {},
      { Other: TOPIC, Policy: topics([{ Ref: "Other" }]) },
      { Policy: topics([]) },
      { Policy: topics({ "Fn::ImportValue": "topics" }) },
      { Policy: topics([`arn:aws:sns:eu-west-1:${ACCOUNT}:catalog--test-Topic`]) },
      { Policy: { ...policy, Condition: "No" } },
      { Policy: { ...policy, Condition: "Later" } },
      { Policy: { ...inline, Condition: "No" } },
      { Policy: { Type: "AWS::SQS::QueuePolicy", Properties: policy.Properties } },
      { Policy: { Type: POLICY } },
      { Policy: POLICY },
    ];
    await together(open, async (more) => {
      const lines = await template({ Topic: TOPIC, ...more });
      assert.ok(lines.includes(line), JSON.stringify([more, lines]));
    });
    const closed = [
      { Topic: TOPIC, Policy: inline },
      { Topic: TOPIC, Other: TOPIC, Policy: topics([{ Ref: "Other" }, { "Fn::GetAtt": ["Topic", "TopicArn"] }]) },
      { Topic: TOPIC, Policy: { ...policy, Condition: "Yes" } },
      { Topic: { ...TOPIC, Condition: "Later" }, Policy: { ...policy, Condition: "Later" } },
      { Topic: { ...TOPIC, Condition: "No" } },
    ]; // prettier-ignore
    await together(closed, async (all) => assert.deepEqual(await template(all), [], JSON.stringify(all)));
    // Without topics nothing is asked for; with them nobody but SNS and alarms is let in.
    assert.deepEqual(rulesOf("sqs").policies, {});
    assert.deepEqual(ofTasks.callers, ["cloudwatch.amazonaws.com", "sns.amazonaws.com"]);
  });

  it("are refused where they tell others, are told by them, or take keys and roles", async () => {
    const own = { TopicArn: { Ref: "Topic" }, Protocol: "sqs", Endpoint: { "Fn::GetAtt": ["Queue", "Arn"] } };
    const queue = `arn:aws:sqs:eu-west-1:${ACCOUNT}:payroll-Payments`;
    const of = `arn:aws:sns:eu-west-1:${ACCOUNT}:payroll-Paid`;
    const sent = (Protocol: unknown, Endpoint: unknown) => ({ Subscription: [{ Protocol, Endpoint }] });
    const open: readonly (readonly [string, object, string])[] = [
      ...["email", "https", "sms", "firehose", "SQS", "", { Ref: "Who" }, LATER].map(
        (Protocol) => [SUBSCRIPTION, { ...own, Protocol }, "Protocol"] as const,
      ),
      ...["https://stranger.example.com", queue, `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay`, { Ref: "Queue" }, { "Fn::ImportValue": "q" }].map(
        (Endpoint) => [SUBSCRIPTION, { ...own, Endpoint }, "Endpoint"] as const,
      ),
      ...[of, "payroll-Paid", { "Fn::ImportValue": "t" }, { Ref: "Queue" }].map(
        (TopicArn) => [SUBSCRIPTION, { ...own, TopicArn }, "TopicArn"] as const,
      ),
      [SUBSCRIPTION, { ...own, RedrivePolicy: { deadLetterTargetArn: queue } }, "RedrivePolicy.deadLetterTargetArn"],
      [SUBSCRIPTION, { ...own, RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue }) }, "RedrivePolicy.deadLetterTargetArn"],
      [TOPIC.Type, sent("email", own.Endpoint), "Subscription.Protocol"],
      [TOPIC.Type, sent("sqs", queue), "Subscription.Endpoint"],
      [TOPIC.Type, { Subscription: { "Fn::ImportValue": "s" } }, "Subscription.Endpoint"],
      [POLICY, { Topics: [of], PolicyDocument: document }, "Topics"],
      [POLICY, { Topics: [{ Ref: "Topic" }, of], PolicyDocument: document }, "Topics"],
      [INLINE, { TopicArn: of, PolicyDocument: document }, "TopicArn"],
      ...[SUBSCRIPTION, TOPIC.Type].flatMap((type) =>
        Object.keys(rules.never[type] ?? {}).map((path) => [type, { ...(type === SUBSCRIPTION && own), [path]: { Any: "thing" } }, `${path}, which`] as const),
      ),
    ]; // prettier-ignore
    assert.equal(open.length, 32);
    await together(open, async ([type, properties, property]) => {
      const lines = await with_(type, properties);
      assert.ok(lines.some((each) => each.startsWith(`It (${type}) has ${property}`)), JSON.stringify([properties, lines])); // prettier-ignore
    });
    const letIn = [
      {},
      { SourceArn: `arn:aws:sns:eu-west-1:${STRANGER}:x` },
      { SourceArn: { Ref: "Queue" } },
      { SourceArn: { "Fn::ImportValue": "t" } },
      { SourceArn: { Ref: "Topic" }, SourceAccount: STRANGER },
    ];
    await together(letIn, async (more) =>
      assert.notDeepEqual(
        await with_(PERMISSION, { Action: "lambda:InvokeFunction", FunctionName: { Ref: "Function" }, Principal: "sns.amazonaws.com", ...more }),
        [],
        JSON.stringify(more),
      ),
    ); // prettier-ignore
  });

  it("tell no functions where tasks run", async () => {
    const lines = await judged(
      templateOnly(
        { type: SUBSCRIPTION, properties: { TopicArn: { Ref: "Topic" }, Protocol: "lambda", Endpoint: "f" } },
        ofTasks,
        { Topic: TOPIC, Policy: policy },
      ),
    );
    assert.deepEqual(lines, [
      `It (${SUBSCRIPTION}) has Endpoint f: it must be AWS::SQS::Queue (Arn) of a resource of this template`,
      `It (${SUBSCRIPTION}) has Protocol lambda: only sqs is allowed`,
    ]);
  });

  whole("are refused whatever a template has, unless a policy of its own is for each", async () => {
    const names = ["A", "B", "C"];
    const condition = fc.constantFrom(undefined, "Yes", "No", "Later");
    const ref = fc.constantFrom<unknown>(
      ...names.flatMap((each) => [{ Ref: each }, { "Fn::GetAtt": `${each}.TopicArn` }]),
      { "Fn::ImportValue": "A" },
      "A",
    );
    const policies = fc.array(fc.tuple(fc.array(ref, { maxLength: 3 }), condition, fc.boolean()), { maxLength: 3 });
    const topics = fc.tuple(...names.map(() => condition));
    const samples = fc.sample(fc.tuple(topics, policies), { seed: 26, numRuns: 150 });
    const named = (one: unknown): string => /"([ABC])(\.TopicArn)?"\}/.exec(JSON.stringify(one))?.[1] ?? "";
    const there = (when: string | undefined, topic: string | undefined) => when === undefined || when === "Yes" || when === topic;
    const expected = samples.map(([of, all]) =>
      names.filter((name, at) => of[at] !== "No" && !all.some(([refs, when, single]) =>
        (single ? refs.slice(0, 1) : refs).some((one) => !JSON.stringify(one).includes("Import") && named(one) === name) && there(when, of[at]) && when !== "No")));
    const found = await refusals(samples.map(([of, all]) => conditions({
      rules,
      set: { Changes: [] },
      template: { Resources: {
        ...Object.fromEntries(names.map((name, at) => [name, { ...TOPIC, ...(of[at] && { Condition: of[at] }) }])),
        ...Object.fromEntries(all.map(([refs, when, single], at) => [`P${at}`, {
          ...(single ? { Type: INLINE, Properties: { TopicArn: refs[0] ?? "", PolicyDocument: document } } : { Type: POLICY, Properties: { Topics: refs, PolicyDocument: document } }),
          ...(when && { Condition: when }),
        }])),
      } },
    })));
    const open = found.map((lines) => names.filter((name) => lines.some((line) => line.startsWith(`${name} (AWS::SNS::Topic) has no policy`))));
    assert.deepEqual(open, expected);
    // The sample has both.
    assert.ok(expected.some((each) => each.length === 0) && expected.some((each) => each.length > 1));
  }); // prettier-ignore
});

describe("buckets", () => {
  const [rules, ofTasks] = [rulesOf("s3"), using(ecsService, ["s3"]).template];
  const { Type: TYPE, Properties: own } = BUCKET;
  const PERMISSION = "AWS::Lambda::Permission";
  const called = { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} };
  const with_ = (type: string, properties: object): Promise<string[]> => {
    const one = templateOnly({ type, properties }, rules, { Bucket: BUCKET, Function: called });
    return judged({
      ...one,
      template: { ...(one.template as object), Conditions: { No: { "Fn::Equals": ["a", "b"] } } },
    });
  };
  const calls = (Function: unknown) => ({
    NotificationConfiguration: { LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function }] },
  });
  const let_ = {
    Action: "lambda:InvokeFunction",
    FunctionName: { Ref: "Function" },
    Principal: "s3.amazonaws.com",
  };
  const source = "arn:aws:s3:::catalog--test-uploads";

  it("pass with versions, life cycles, calls from browsers, and functions of the template that they may call", async () => {
    const open = [
      own,
      { ...own, VersioningConfiguration: { Status: "Enabled" } },
      { ...own, LifecycleConfiguration: { Rules: [{ Status: "Enabled", ExpirationInDays: 30 }] } },
      { ...own, CorsConfiguration: { CorsRules: [{ AllowedMethods: ["PUT"], AllowedOrigins: ["*"] }] } },
      { ...own, ...calls({ "Fn::GetAtt": ["Function", "Arn"] }) },
    ];
    await together(open, async (properties) => assert.deepEqual(await with_(TYPE, properties), []));
    const ours = [
      { SourceArn: { "Fn::GetAtt": ["Bucket", "Arn"] } },
      { SourceAccount: ACCOUNT, SourceArn: source },
      { SourceAccount: { Ref: "AWS::AccountId" }, SourceArn: { "Fn::GetAtt": "Bucket.Arn" } },
    ];
    await together(ours, async (more) => assert.deepEqual(await with_(PERMISSION, { ...let_, ...more }), []));
  });

  it("are refused where anything else would be opened, copied, locked or told", async () => {
    const paths = Object.keys(rules.never[TYPE] ?? {});
    assert.equal(paths.length, 20);
    const cases = paths.flatMap((path) => {
      const value = path
        .split(".")
        .reduceRight<unknown>((inner, key) => ({ [key]: inner }), { Any: "thing" });
      const made = { type: TYPE, properties: { ...own, ...(value as object) } };
      return [templateOnly(made, rules), shownOnly(made, rules)].map((one) => ({ path, one }));
    });
    const found = await refusals(cases.map(({ one }) => one));
    assert.equal(found.length, 40);
    cases.forEach(({ path }, at) =>
      assert.ok(
        found[at]?.some((line) => line.startsWith(`It (${TYPE}) has ${path}, which`)),
        JSON.stringify([path, found[at]]),
      ),
    );
    // With what is as it should be they are refused too: CloudFormation would need the right to change it.
    const blocked = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    const same: readonly (readonly [string, unknown])[] = [
      ["PublicAccessBlockConfiguration", Object.fromEntries(blocked.map((each) => [each, true]))],
      ["OwnershipControls", { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] }],
      ["AccessControl", "Private"],
    ];
    await together(same, async ([key, value]) =>
      assert.match((await with_(TYPE, { ...own, [key]: value })).join(), new RegExp(`has ${key}, which`)),
    );
  });

  it("are refused where they call others' functions, or any for a task, or others' buckets may call theirs", async () => {
    const of = "NotificationConfiguration.LambdaConfigurations.Function";
    const others = [
      "payroll-Pay",
      `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay`,
      { "Fn::ImportValue": "f" },
      { Ref: "Bucket" },
    ];
    await together(others, async (other) =>
      assert.match(
        (await with_(TYPE, { ...own, ...calls(other) })).join(),
        new RegExp(`^It .* has ${of} .*: it must be`),
      ),
    );
    assert.match(
      (await judged(templateOnly({ type: TYPE, properties: { ...own, ...calls("f") } }, ofTasks))).join(),
      /has NotificationConfiguration, which is for functions, and no task is called with it/,
    );
    const letIn = [
      {},
      { SourceArn: source },
      { SourceAccount: STRANGER, SourceArn: source },
      { SourceAccount: ACCOUNT, SourceArn: `arn:aws:sns:eu-west-1:${STRANGER}:x` },
      { SourceAccount: LATER, SourceArn: source },
    ];
    await together(letIn, async (more) =>
      assert.notDeepEqual(await with_(PERMISSION, { ...let_, ...more }), [], JSON.stringify(more)),
    );
    // Where settings do not add buckets, S3 is let in nowhere; where they do, nobody else is besides.
    assert.deepEqual(rules.callers, ["apigateway.amazonaws.com", "s3.amazonaws.com"]);
    assert.deepEqual(ofTasks.callers, []);
    const ours = { ...let_, SourceAccount: ACCOUNT, SourceArn: source };
    assert.notDeepEqual(await inTemplate({ type: PERMISSION, properties: ours }, rulesOf("sqs")), []);
  });

  it("have policies of buckets of the template alone", async () => {
    const others = [
      ...["payroll-invoices", "catalog--test-uploads"],
      ...[{ "Fn::GetAtt": ["Bucket", "Arn"] }, { "Fn::ImportValue": "b" }],
    ];
    await together(others, async (Bucket) =>
      assert.match(
        (await with_("AWS::S3::BucketPolicy", { Bucket, PolicyDocument: allow({ AWS: ACCOUNT }) })).join(),
        /has Bucket .*: it must be AWS::S3::Bucket \(Ref\) of a resource of this template/,
      ),
    );
    const { types } = rules;
    for (const type of ["AccessPoint", "AccessGrant", "MultiRegionAccessPoint", "StorageLens"])
      assert.ok(!types.includes(`AWS::S3::${type}`), type);
  }); // prettier-ignore
});

describe("queues", () => {
  const rules = rulesOf("sqs");
  const MAPPING = "AWS::Lambda::EventSourceMapping";
  const functions = { Function: { Type: "AWS::Lambda::Function", Condition: "No", Properties: {} } };
  const with_ = async (type: string, properties: object): Promise<string[]> => {
    const one = templateOnly({ type, properties }, rules, { ...OWN, ...functions });
    const template = one.template as object;
    return judged({ ...one, template: { ...template, Conditions: { No: { "Fn::Equals": ["a", "b"] } } } });
  };
  const mapping = { EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] }, FunctionName: { Ref: "Function" } };

  whole("pass with dead-letter queues, policies and event source mappings of their own", async () => {
    const own = [
      ["AWS::SQS::Queue", { RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Queue", "Arn"] } } }],
      ["AWS::SQS::QueuePolicy", { Queues: [{ Ref: "Queue" }, { "Fn::GetAtt": "Queue.QueueUrl" }], PolicyDocument: allow({ AWS: ACCOUNT }) }],
      ["AWS::SQS::QueueInlinePolicy", { Queue: { Ref: "Queue" }, PolicyDocument: allow({ AWS: ACCOUNT }) }],
      [MAPPING, mapping],
    ] as const; // prettier-ignore
    for (const [type, properties] of own) assert.deepEqual(await with_(type, properties), [], type);
  });

  whole("are refused where they reach queues or functions of others, or are reached by them", async () => {
    const url = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/payroll-Payments`;
    const arn = `arn:aws:sqs:eu-west-1:${ACCOUNT}:payroll-Payments`;
    const open: readonly (readonly [string, object, string])[] = [
      ["AWS::SQS::Queue", { RedrivePolicy: { deadLetterTargetArn: arn } }, "RedrivePolicy.deadLetterTargetArn"],
      ["AWS::SQS::Queue", { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn }) }, "RedrivePolicy.deadLetterTargetArn"],
      ["AWS::SQS::Queue", { RedrivePolicy: { "Fn::ImportValue": "x" } }, "RedrivePolicy.deadLetterTargetArn"],
      ["AWS::SQS::Queue", { KmsMasterKeyId: "alias/aws/sqs" }, "KmsMasterKeyId"],
      ["AWS::SQS::QueuePolicy", { Queues: [{ Ref: "Queue" }, url], PolicyDocument: allow({ AWS: ACCOUNT }) }, "Queues"],
      ["AWS::SQS::QueueInlinePolicy", { Queue: url, PolicyDocument: allow({ AWS: ACCOUNT }) }, "Queue"],
      [MAPPING, { ...mapping, EventSourceArn: arn }, "EventSourceArn"],
      [MAPPING, { ...mapping, FunctionName: "payroll-Pay" }, "FunctionName"],
      [MAPPING, { ...mapping, FunctionName: { "Fn::Sub": "payroll-Pay:${Queue}" } }, "FunctionName"],
      [MAPPING, { ...mapping, DestinationConfig: { OnFailure: { Destination: arn } } }, "DestinationConfig"],
      [MAPPING, { ...mapping, KmsKeyArn: "k" }, "KmsKeyArn"],
      [MAPPING, { FunctionName: mapping.FunctionName, SelfManagedEventSource: {} }, "SelfManagedEventSource"],
      [MAPPING, { ...mapping, SourceAccessConfigurations: [] }, "SourceAccessConfigurations"],
    ]; // prettier-ignore
    await together(open, async ([type, properties, property]) => {
      const lines = await with_(type, properties);
      const said = `${lines.join()} for ${JSON.stringify(properties)}`;
      assert.ok(
        lines.some((line) => line.startsWith(`It (${type}) has ${property}`)),
        said,
      );
    });
  });
});
