import assert from "node:assert/strict";
import { policyDocuments } from "../../rehearsal/aws/policyDocuments";
import { conditionValues } from "../../rehearsal/record/policyDocuments";
import type { Rehearsed, Resource } from "../../rehearsal/record/record";
import { RULES } from "../../rehearsal/rules/all";
import { judge } from "../../rehearsal/rules/rule";
import { broughtUp, only, runOf } from "../programs";
import { environment, environments, pipeline, tooling } from "./settingsSample";
import { texts, type Values } from "../../packages/iam/src/json";

/** `*` and `?` as IAM reads them, on both sides: whether some text matches both patterns. */
function overlap(one: string, other: string, i = 0, j = 0, seen = new Set<number>()): boolean {
  if (i === one.length && j === other.length) return true;
  const key = i * (other.length + 1) + j;
  if (seen.has(key)) return false;
  seen.add(key);
  const [a, b] = [one[i], other[j]];
  if (
    a === "*" &&
    (overlap(one, other, i + 1, j, seen) || (b !== undefined && overlap(one, other, i, j + 1, seen)))
  )
    return true;
  if (
    b === "*" &&
    (overlap(one, other, i, j + 1, seen) || (a !== undefined && overlap(one, other, i + 1, j, seen)))
  )
    return true;
  if (a === undefined || b === undefined || a === "*" || b === "*") return false;
  return (a === b || a === "?" || b === "?") && overlap(one, other, i + 1, j + 1, seen);
}
/** Any branch may be meant. */
const filledIn = (text: string): string => text.replaceAll("${aws:PrincipalTag/branch}", "????????");

/** What a release has and a branch must not reach, in one account and its store, and the same of a branch. */
const MAIN = (project: string): readonly string[] => [
  ...["test", "prod"].flatMap((name) => [
    `arn:aws:cloudformation:eu-west-1:222222222222:stack/catalog--${name}/1`,
    `arn:aws:lambda:eu-west-1:222222222222:function:catalog--${name}-api`,
    `arn:aws:dynamodb:eu-west-1:222222222222:table/catalog--${name}-products`,
    `arn:aws:iam::222222222222:role/catalog--${name}-function`,
    `arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/catalog--${name}-api`,
    `arn:aws:cloudwatch:eu-west-1:222222222222:alarm:catalog--${name}-errors`,
    `arn:aws:codedeploy:eu-west-1:222222222222:application:catalog--${name}-app`,
    ...["plan", "deploy", "cleanup", "execution", "codedeploy"].map(
      (kind) => `arn:aws:iam::222222222222:role/${project}-catalog--${name}-${kind}`,
    ),
    `BUCKET/releases/catalog/222222222222/${name}/run/template.yaml`,
  ]),
  ...["build", "verify", "promote", "cleanup", "-test-release-job"].map(
    (kind) => `arn:aws:codebuild:eu-west-1:111111111111:project/${project}-catalog-${kind}`,
  ),
  "arn:aws:codepipeline:eu-west-1:111111111111:catalog",
  "BUCKET/catalog/Release/x",
  "BUCKET/kept/catalog/c0ffee/release.json",
];
const BRANCH = (project: string): readonly string[] => [
  "arn:aws:cloudformation:eu-west-1:222222222222:stack/catalog--br-0a1b2c3d/1",
  "arn:aws:lambda:eu-west-1:222222222222:function:catalog--br-0a1b2c3d-api",
  "arn:aws:dynamodb:eu-west-1:222222222222:table/catalog--br-0a1b2c3d-products",
  "arn:aws:iam::222222222222:role/catalog--br-0a1b2c3d-function",
  `arn:aws:iam::222222222222:role/${project}-catalog--br-deploy`,
  "arn:aws:codepipeline:eu-west-1:111111111111:catalog--br",
  "BUCKET/catalog--br/Release/x",
  "BUCKET/kept/catalog--br/0a1b2c3d",
  "BUCKET/releases/catalog--br/222222222222/0a1b2c3d/run/template.yaml",
];
/** Whose policy this is: the role's, or the boundary of a branch's or a release's own roles. */
const isBranches = ({ name }: Resource): boolean => /--br(-|\.|$)/.test(name);

describe("the policies of branches and releases", () => {
  let runs: Rehearsed;
  let bucket: string;
  before(async () => {
    // Everything in one account besides tooling's: nothing but names and tags separates.
    const accounts = environments("test@222222222222", "prod@222222222222");
    const branches = { include: ["feature/*"], environment: "test" };
    const stack = environment();
    runs = await broughtUp({
      tooling: tooling({ environments: accounts, pipelines: [pipeline({ branches })] }),
      test: stack,
      prod: stack,
    });
    bucket = String(only(runOf(runs, "tooling").resources, "s3/bucket:Bucket", "artifacts").outputs["arn"]);
  });

  /** Allowed resources of identity policies, by holder and statement. */
  const allowed = (branches: boolean): [where: string, resource: string][] =>
    policyDocuments(runs)
      .filter(
        ({ resource, kind }) => ["inline", "managed"].includes(kind) && isBranches(resource) === branches,
      )
      .flatMap(({ resource, statements }) =>
        statements
          .filter((statement: Values) => statement["Effect"] === "Allow")
          .flatMap((statement) =>
            texts(statement["Resource"]).map((each): [string, string] => [
              `${resource.stack} ${resource.name} ${String(statement["Sid"])}`,
              filledIn(each).replace(bucket, "BUCKET"),
            ]),
          ),
      );
  const reaching = (branches: boolean, targets: readonly string[]) => {
    const granted = allowed(branches).filter(([, resource]) => resource !== "*");
    assert.ok(granted.length > 40);
    return granted.flatMap(([where, resource]) =>
      targets.filter((target) => overlap(resource, target)).map((target) => [where, resource, target]),
    );
  };

  it("keep every rule of the rehearsal", () => {
    assert.deepEqual(
      judge(runs, RULES).flatMap(({ findings }) => findings),
      [],
    );
  });

  it("name nothing of a release's to a branch: no stack, no resource, no role, no job, no file", () => {
    assert.deepEqual(reaching(true, MAIN("delivery")), []);
  });

  it("name nothing of a branch's to a release, none of its jobs either", () => {
    const job = "arn:aws:codebuild:eu-west-1:111111111111:project/delivery-catalog--br-build";
    assert.deepEqual(reaching(false, [...BRANCH("delivery"), job]), []);
  });

  it("give each its own repositories", () => {
    const repository = (name: string) =>
      String(
        (only(runOf(runs, "tooling").resources, "ecr:Repository", name).outputs["repository"] as Values)[
          "arn"
        ],
      );
    const [main, branch] = [[repository("catalog")], [repository("catalog.br")]];
    assert.deepEqual(reaching(true, main), []);
    assert.deepEqual(reaching(false, branch), []);
    assert.equal(reaching(true, branch).length > 0 && reaching(false, main).length > 0, true);
  });

  it("trust only the jobs of branches with branches, and say so in tooling's own policies too", () => {
    const [bucketPolicy, key, ...repositories] = policyDocuments(runs).filter(({ kind }) =>
      ["bucket", "key", "repository"].includes(kind),
    );
    assert.ok(bucketPolicy && key && repositories.length > 1);
    const deploy = "arn:aws:iam::222222222222:role/delivery-catalog--br-deploy";
    const trusts = policyDocuments(runs)
      .filter(({ kind, resource }) => kind === "trust" && resource.stack !== "tooling")
      .flatMap(({ resource, statements }) =>
        statements.flatMap((statement) =>
          conditionValues(statement, "aws:PrincipalArn").map((arn) => [
            isBranches(resource),
            arn.includes("--br-"),
          ]),
        ),
      );
    assert.ok(trusts.length > 5);
    assert.deepEqual(
      trusts.filter(([holder, caller]) => holder !== caller),
      [],
    );
    const all = [bucketPolicy, key, ...repositories];
    const naming = all.flatMap(({ resource, statements }) =>
      statements
        .filter((statement) => conditionValues(statement, "aws:PrincipalArn").includes(deploy))
        .map(
          (statement) =>
            `${resource.name} ${String(statement["Sid"])} ${conditionValues(statement, "aws:PrincipalArn").length}`,
        ),
    );
    assert.deepEqual(
      naming.sort(),
      [
        "artifacts DecryptReleases 3",
        "artifacts ReadcatalogDashDashbr 1",
        "catalog.br PullToCreateFunctions 1",
      ]
        .map((each) => each.replace("Readcatalog", "ReadCatalog"))
        .sort(),
    );
  });
});
