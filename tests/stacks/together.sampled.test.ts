import type { Case } from "./together.case";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { policyDocuments } from "../../rehearsal/aws/policyDocuments";
import { conditionValues, principals } from "../../rehearsal/record/policyDocuments";
import { allResources, label, type Rehearsed } from "../../rehearsal/record/record";
import { judge } from "../../rehearsal/rules/rule";
import { RULES } from "../../rehearsal/rules/all";
import { JUDGED_TYPES, losses } from "./dataKept";
import { CASES, upOf } from "./together.cases";
import { sampled, whole } from "../whole/sample";
import { map, texts } from "../../packages/iam/src/json";

/** Actions that know no resource, or none that is known beforehand, and may stand on `*`. */
const ON_EVERYTHING: Readonly<Record<string, string>> = {
  "kms:*": "a key's own policy means the key",
  "kms:Decrypt": "a key's own policy means the key",
  "ecr:GetAuthorizationToken": "knows no resource",
  "cloudformation:ValidateTemplate": "knows no resource",
  "inspector2:ListCoverage": "ECR asks as the caller, for every scan",
  "inspector2:ListFindings": "ECR asks as the caller, for every scan",
  "codedeploy:StopDeployment": "a deployment has no ARN",
  "cloudwatch:DescribeAlarms": "CodeDeploy asks for alarms of all groups at once",
  "cloudwatch:PutMetricData": "metrics have no ARN",
  "xray:PutTelemetryRecords": "knows no resource",
  "xray:PutTraceSegments": "knows no resource",
  "dynamodb:ListStreams": "knows no resource; it shows names of tables",
  "lambda:CreateEventSourceMapping": "knows no resource; the function that is called is in its condition",
  "secretsmanager:GetRandomPassword": "knows no resource; it makes a password up",
  "logs:CreateLogDelivery": "knows no resource",
  "logs:DeleteLogDelivery": "knows no resource",
  "logs:DescribeIndexPolicies": "knows no resource",
  "logs:DescribeLogGroups": "asked for without a name",
  "logs:DescribeResourcePolicies": "knows no resource",
  "logs:GetLogDelivery": "knows no resource",
  "logs:ListLogDeliveries": "knows no resource",
  "logs:PutResourcePolicy": "knows no resource",
  "logs:UpdateLogDelivery": "knows no resource",
  "dynamodb:ListTables": "knows no resource",
  "ecs:DeregisterTaskDefinition": "knows no resource; services of a definition that is deregistered run on",
  "ecs:DescribeTaskDefinition": "knows no resource",
  "elasticloadbalancing:DescribeRules": "knows no resource",
  "elasticloadbalancing:DescribeTags": "knows no resource",
  "elasticloadbalancing:DescribeTargetGroupAttributes": "knows no resource",
  "elasticloadbalancing:DescribeTargetGroups": "knows no resource",
  "elasticloadbalancing:DescribeTargetHealth": "knows no resource",
  "ec2:DescribeDhcpOptions": "knows no resource",
  "ec2:DescribeNetworkInterfaces": "knows no resource",
  "ec2:DescribeSecurityGroups": "knows no resource",
  "ec2:DescribeSubnets": "knows no resource",
  "ec2:DescribeVpcs": "knows no resource",
  "kinesis:ListStreams": "knows no resource",
  "elasticfilesystem:CreateFileSystem": "knows no resource; the tag that it asks for names the stack",
};

/** The role that people and tools look around with. */
const OF_READERS = /^\S+ readers \(aws:iam\/rolePolicy:RolePolicy\)$/;
const LOOKS = /^[a-z0-9-]+:(Describe|Get|List)[A-Z]/;

const statementsOf = (runs: Rehearsed) =>
  policyDocuments(runs).flatMap(({ resource, kind, statements }) =>
    statements.map((statement) => ({ where: `${resource.stack} ${label(resource)}`, kind, statement })),
  );
/** Regions that tooling lists for its environments, beside its own. */
const regionsNear = (files: Case["files"]): string[] => [
  ...new Set(
    Object.values(files)
      .flatMap((each) => (each["environments"] ?? []) as { region?: string }[])
      .flatMap(({ region }) => region ?? []),
  ),
];
/** The key in tooling's Region, those that are near environments, and its replica's. */
const keysOf = (files: Case["files"]): string[] =>
  [
    "artifacts",
    ...regionsNear(files).map((region) => `artifacts-${region}`),
    ...(files["tooling"]?.["replication"] === undefined ? [] : ["artifacts--replica"]),
  ].map((name) => `tooling ${name} (aws:kms/key:Key)`);
/** What environments read and pull in their own Region. */
const IN_ITS_REGION = /^(?:artifacts-|[a-z0-9-]+\.(?:br\.)?)(.+?)(-access-logs)?$/;
const unexpected = (found: readonly unknown[]) => assert.deepEqual(found, []);
const usesProvider = ({ type }: { type: string }) => /^awsx?:/.test(type);

// The same as agreement.sampled.test.ts takes: each case is brought up once for both.
for (const [title, { files }] of sampled(Object.entries(CASES), (_, index) => index % 2 === 0)) {
  describe(`the stacks of ${title}`, () => {
    let runs: Rehearsed;
    let statements: ReturnType<typeof statementsOf>;
    before(async () => {
      runs = await upOf(title);
      statements = statementsOf(runs);
    });

    it("keep every rule of the rehearsal", () => {
      unexpected(judge(runs, RULES).flatMap(({ rule, findings }) => findings.map((each) => [rule.id, each])));
    });

    it("have each AWS resource in the account and the Region of its stack, or a replica in that of its own", () => {
      const resources = allResources(runs).filter(usesProvider);
      assert.ok(resources.length > 0);
      unexpected(
        resources.filter(({ stack, name, account, region }) => {
          const settings = files[stack];
          const [, near = ""] = IN_ITS_REGION.exec(name) ?? [];
          const wanted = regionsNear(files).includes(near)
            ? near
            : name.includes("--replica")
              ? map(settings?.["replication"])["region"]
              : settings?.["aws:region"];
          return account !== settings?.["account"] || region !== wanted;
        }),
      );
    });

    it("keep what nobody can make again from a destroy, unless settings say that it may go", () => {
      const kept = allResources(runs).filter(({ custom, remote }) => custom || remote);
      assert.ok(kept.length > 0);
      unexpected(
        kept.flatMap((each) =>
          losses(each, files[each.stack]?.["deletable"] === true).map((loss) => [
            each.stack,
            label(each),
            loss,
          ]),
        ),
      );
    });

    it("have no logical name twice", () => {
      const urns = allResources(runs).map(({ urn }) => urn);
      unexpected(urns.filter((urn, index) => urns.indexOf(urn) !== index));
    });

    it("allow no action of every kind, and whole services only to the key's own account", () => {
      const allowed = statements.filter(({ statement }) => statement["Effect"] === "Allow");
      assert.ok(allowed.length > 0);
      const wide = allowed.flatMap(({ where, kind, statement }) =>
        texts(statement["Action"]).flatMap((action) => (action.includes("*") ? [[where, kind, action]] : [])),
      );
      assert.deepEqual(
        wide,
        keysOf(files).map((key) => [key, "key", "kms:*"]),
      );
    });

    it("allow nothing to everybody, and have nobody but named accounts and services in a policy", () => {
      for (const { where, statement } of statements) {
        assert.equal(
          statement["NotPrincipal"] ?? statement["NotAction"] ?? statement["NotResource"],
          undefined,
        );
        if (statement["Effect"] !== "Allow") continue;
        for (const principal of principals(statement, "AWS"))
          assert.match(principal, /^arn:aws[a-z-]*:iam::\d{12}:root$/, where);
      }
    });

    it("say whom they mean, wherever another account's root is let in", () => {
      const foreign = statements.filter(
        ({ statement, kind }) =>
          statement["Effect"] === "Allow" &&
          kind !== "trust" &&
          conditionValues(statement, "aws:PrincipalArn").length === 0 &&
          principals(statement, "AWS").length > 0,
      );
      assert.deepEqual(
        foreign.map(({ where, statement }) => [where, statement["Sid"]]),
        keysOf(files).map((key) => [key, "DelegateToAccount"]),
      );
    });

    it("have in each document every Sid once", () => {
      const documents = policyDocuments(runs);
      assert.ok(documents.length > 0);
      for (const { resource, statements: own } of documents) {
        const sids = own.map(({ Sid }) => String(Sid));
        assert.deepEqual([...new Set(sids)], sids, label(resource));
        for (const sid of sids) assert.match(sid, /^[A-Z][A-Za-z0-9]+$/, label(resource));
      }
    });

    it("allow on every resource only what knows none, and readers to look", () => {
      const actions = statements.flatMap(({ where, statement }) =>
        statement["Effect"] === "Allow" && texts(statement["Resource"]).includes("*")
          ? texts(statement["Action"]).map((action) => [where, action] as const)
          : [],
      );
      assert.ok(actions.length > 0);
      unexpected(
        actions.filter(([where, action]) =>
          OF_READERS.test(where) ? !LOOKS.test(action) : !Object.hasOwn(ON_EVERYTHING, action),
        ),
      );
    });
  });
}

describe("the types of which it is said whether they hold data", () => {
  whole("are said once, and are all in the stacks of some case", async () => {
    const types = new Set<string>();
    // One after the other: Pulumi has one set of mocks in a process.
    for (const name of Object.keys(CASES))
      for (const { type } of allResources(await upOf(name))) types.add(type);
    assert.deepEqual([...new Set(JUDGED_TYPES)], JUDGED_TYPES);
    unexpected(JUDGED_TYPES.filter((type) => !types.has(type)));
  });
});

describe("the components", () => {
  const folder = resolve(__dirname, "../../components");
  const classes = readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((file) => {
    if (!file.endsWith(".ts")) return [];
    const text = readFileSync(resolve(folder, file), "utf8");
    const found = [
      ...text.matchAll(/class (\w+) extends pulumi\.ComponentResource[\s\S]*?super\(\s*"([^"]+)"/g),
    ];
    return found.map(([, name, token]) => ({ file: basename(file), name, token }));
  });

  it("have a type token each, of their own name", () => {
    assert.ok(classes.length > 0);
    for (const { file, name = "", token } of classes) {
      assert.equal(token, `delivery:index:${name}`);
      assert.equal(file, `${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`);
    }
  });

  whole("are all in the stacks of some case, and no other", async () => {
    const types: string[] = [];
    for (const name of Object.keys(CASES))
      types.push(...allResources(await upOf(name)).map(({ type }) => type));
    const used = new Set(types.filter((type) => type.startsWith("delivery:")));
    assert.deepEqual([...used].sort(), classes.map(({ token = "" }) => token).sort());
  });
});
