import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WORKLOADS } from "../../../components/workloads/list";
import { codeAlone, ofBranches, type Workload } from "../../../components/workloads/workload";
import { jobScope, roleStatements } from "../../programs";
import { made } from "../branchPipelines";
import { jobs } from "./pipelineJobs";
import { branchWorld, branchReleaseVariables, hashOf } from "./branches";
import { run, type Result } from "./harness";
import { build, BUILDSPECS, judgeVariables, promote, releaseVariables, sourceFolder } from "./inputs";
import { REPOSITORY_URI, SITE, worldOf } from "./kinds";
import { BUCKET, COMMIT_ID, EXECUTION_ID, image, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

/** What a build leaves that ran hostile code: in every place that its policy lets it write. */
const EVIL = `sha256:${"ee".repeat(32)}`;
const evil = (world: World, key: string): void =>
  void world.objects.set(`${BUCKET}/${key}`, Buffer.from("evil"));
const nothing = (): void => undefined;
const OTHER_BUILD = "6b1d0000-0000-4000-8000-00000000b111";

/** Beside and below each commit's folder, where files of every kind's release would be. */
const release =
  (prefix: string) =>
  (world: World): void => {
    const names = ["template.yaml", "release.json", "SHA256SUMS", "source.tar.gz", "a1B2c3D"]
      .concat("templates/test.json", "parameters/test.json", "parameters/br.json")
      .concat(`code/${createHash("sha256").update("the code").digest("hex")}.zip`);
    for (const name of names)
      for (const folder of ["", `${COMMIT_ID}/`]) evil(world, `${prefix}/Release/${folder}${name}`);
  };

/** By action and resource: what it plants. Nobody reads reports and logs, and what is encrypted is nowhere yet. */
const PLANTS: Readonly<Record<string, (world: World) => void>> = {
  "s3:PutObject arn:bucket/catalog/Release/*": release("catalog"),
  "s3:PutObject arn:bucket/cat--br/Release/*": release("cat--br"),
  "ecr:PutImage arn:images": (world) => {
    const tags = [COMMIT_ID, `${COMMIT_ID}-${OTHER_BUILD}`, "live-test", "live-prod", "cache", "latest"];
    world.images.push(image(EVIL, ...tags));
  },
  "ecr:PutImage arn:cache": nothing, // taken only where settings say so: build.image.sampled.test.ts
  ...Object.fromEntries(
    ["CompleteLayerUpload", "InitiateLayerUpload", "UploadLayerPart"].flatMap((action) =>
      ["images", "cache"].map((where) => [`ecr:${action} arn:${where}`, nothing]),
    ),
  ),
  "kms:GenerateDataKey arn:key": nothing,
  ...Object.fromEntries(
    ["BatchPutTestCases tests", "CreateReport tests", "UpdateReport tests"]
      .concat("BatchPutCodeCoverages coverage", "CreateReport coverage", "UpdateReport coverage")
      .map((each) => each.split(" "))
      .map(([action, group]) => [`codebuild:${action} reports of ${group}`, nothing]),
  ),
  "logs:CreateLogStream its log": nothing,
  "logs:PutLogEvents its log": nothing,
};
/** Actions that change nothing. */
const READS =
  /^(s3:(Get|List)|kms:Decrypt|ecr:(BatchGetImage|BatchCheckLayerAvailability|GetDownloadUrlForLayer|GetAuthorizationToken)|cloudformation:ValidateTemplate|secretsmanager:GetSecretValue)/;
const place = (action: string, arn: string): string => {
  if (action.startsWith("logs:")) return "its log";
  return action.startsWith("codebuild:")
    ? `reports of ${arn.includes("overage") ? "coverage" : "tests"}`
    : arn;
};
const plant = (world: World): void => Object.values(PLANTS).forEach((each) => each(world));

/** What a job asked for; the folder that it works in is another each time. */
const asked = ({ calls }: Result): string[] =>
  calls.map((call) => call.replace(/ \/\S+(\/package-\w+)$/, " $1"));

const COMPILED = JSON.stringify({
  Resources: { Api: { Type: "AWS::ApiGatewayV2::Api" } },
  Outputs: { Endpoint: { Value: { "Fn::GetAtt": ["Api", "ApiEndpoint"] } } },
});
/** Parameters are the service's own; those of the sample are not every kind's. */
const source = (): string => sourceFolder({ "app/parameters/prod.json": "[]" });

const KINDS: readonly Workload[] = Object.values(WORKLOADS);
/** Of code alone Build makes what it makes of functions in a zip, and there are no change sets: code-deploy.sampled.test.ts. */
const OF_STACKS = KINDS.filter((each) => !codeAlone(each));

/** A world of the kind; `npm run package` writes what the framework would. */
function worldFor(workload: Workload, changes: Partial<World> = {}): World {
  const world = { ...worldOf(workload), ...changes };
  world.npm.does = (args) => {
    if (args[1] !== "package") return;
    const folder = args.at(-1) ?? "";
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cloudformation-template-update-stack.json"), COMPILED);
    writeFileSync(join(folder, "shop.zip"), "the code");
  };
  return world;
}

/** What a change set shows of the kind's code, taken from there: Plan refuses any other than this run's Build has made. */
function runs(workload: Workload, digest: string, files: string) {
  const image = `${REPOSITORY_URI}@${digest}`;
  const container = !workload.template.types.includes("AWS::Lambda::Function");
  const Code =
    workload.packaging === "image"
      ? { ImageUri: image }
      : { S3Bucket: BUCKET, S3Key: `${files}code/${digest.slice(7)}.zip` };
  const onFargate = { NetworkMode: "awsvpc", RequiresCompatibilities: ["FARGATE"] };
  const Properties = container
    ? { ...onFargate, ContainerDefinitions: [{ Name: "app", Image: image }] }
    : { Code };
  const change = {
    Action: "Add",
    LogicalResourceId: "F",
    ResourceType: container ? "AWS::ECS::TaskDefinition" : "AWS::Lambda::Function",
    AfterContext: JSON.stringify({ Properties }),
  };
  return { status: "CREATE_COMPLETE", reason: null, changes: [{ ResourceChange: change }] };
}

/** Build, Plan, Deploy and Promote of one commit, and what each made of it. */
async function released(workload: Workload, poison: boolean) {
  const world = worldFor(workload);
  if (poison) plant(world);
  const folder = source();
  const built = await build(world, {}, folder, workload);
  assert.equal(built.code, 0, built.output);
  delete world.handed; // what CodePipeline hands on is the build's
  const { CODE_DIGEST = "", RELEASE_SHA256 = "" } = built.exported;
  const handed = { CODE_DIGEST, RELEASE_SHA256 };
  world.outcome = runs(workload, CODE_DIGEST, `releases/catalog/222222222222/test/${EXECUTION_ID}/`);
  const handedOver = join(folder, "delivery-release");
  const given = { ...releaseVariables(RELEASE_SHA256, workload), ...handed };
  const planned = await run(BUILDSPECS.plan, handedOver, given, world);
  assert.equal(planned.code, 0, planned.output);
  delete world.handed;
  const deployed = await run(
    BUILDSPECS.deploy,
    handedOver,
    { ...given, CHANGE_SET: `d-${EXECUTION_ID}` },
    world,
  );
  assert.equal(deployed.code, 0, deployed.output);
  const kind = workload.packaging === "image" ? {} : { PACKAGING: workload.packaging, REPOSITORY_NAME: "" };
  const promoted = await promote(world, { ...kind, ...handed });
  assert.equal(promoted.code, 0, promoted.output);
  const files = [...world.objects]
    .filter(([key]) => /\/(kept|releases)\//.test(key))
    .map(([key, contents]) => [key, contents.toString("base64").length, contents.toString().replace(/"(promotedAt|deployedAt)": *"[^"]*"/g, "$1")])
    .sort(); // prettier-ignore
  return {
    digest: CODE_DIGEST,
    files,
    sums: readFileSync(join(handedOver, "SHA256SUMS"), "utf8"),
    calls: [built, planned, deployed, promoted].map(asked),
  };
}

/** Build and Deploy of a branch's commit, and what each made of it. */
async function releasedBranch(workload: Workload, poison: boolean) {
  const branch = "feature/two";
  const world = worldFor(workload, { ...branchWorld(branch), template: worldOf(workload).template });
  if (poison) plant(world);
  const folder = source();
  const own = { PIPELINE: "catalog--br", ENVIRONMENTS: "br", ARTIFACT_PREFIX: "cat--br" };
  const built = await build(world, own, folder, workload);
  assert.equal(built.code, 0, built.output);
  delete world.handed;
  const { CODE_DIGEST = "", RELEASE_SHA256 = "" } = built.exported;
  const files = `releases/catalog--br/222222222222/${hashOf(branch)}/${EXECUTION_ID}/`;
  world.outcome = runs(workload, CODE_DIGEST, files);
  const given: Record<string, string> = {
    ...branchReleaseVariables,
    ...{ EXECUTION_ID, COMMIT_ID, CODE_DIGEST, RELEASE_SHA256 },
    ...{ BRANCH_HASH: hashOf(branch), BRANCH_LABEL: "feature/two", BRANCH_PRIORITY: "7" },
    ...(workload.added && {
      ADDED: JSON.stringify(workload.added({ ...SITE, repositoryArn: "arn:repository" })),
    }),
    PARAMETERS: JSON.stringify({ ...workload.parameters(SITE), ...workload.rollbackParameters }),
    ...judgeVariables(workload),
  };
  if (workload.packaging !== "image")
    for (const name of ["REPOSITORY_NAME", "REPOSITORY_URI", "SCAN_THRESHOLD"]) delete given[name];
  const handedOver = join(folder, "delivery-release");
  const deployed = await run(BUILDSPECS["branch-deploy"], handedOver, given, world);
  assert.equal(deployed.code, 0, deployed.output);
  return {
    digest: CODE_DIGEST,
    files: [...world.objects.keys()].filter((key) => key.startsWith(`${BUCKET}/${files}`)).sort(),
    sums: readFileSync(join(handedOver, "SHA256SUMS"), "utf8"),
    calls: [built, deployed].map(asked),
    scanned: world.commands
      .filter((each) => each.join(" ").includes("describe-image-scan-findings"))
      .map((each) => each.find((word) => word.startsWith("imageDigest="))),
  };
}

/** What a Build's registered policy lets it write. */
async function writtenBy(made: Promise<Parameters<typeof roleStatements>[0]>, role: string) {
  const places = roleStatements(await made, role).flatMap(({ Action, Resource }) =>
    ([Action].flat() as string[]).flatMap((action) =>
      ([Resource].flat() as string[]).map((resource) => `${action} ${place(action, resource)}`),
    ),
  );
  return places.filter((each) => !READS.test(each));
}

describe("what a hostile build leaves", () => {
  it("has a case here for every place that the registered policy of some kind's Build lets it write", async () => {
    const { images, ...files } = jobScope();
    const scopeOf = ({ packaging }: Workload) => (packaging === "image" ? { ...files, images } : files);
    const written: string[][] = [];
    for (const workload of KINDS) {
      const given = { images: undefined, ...scopeOf(workload), workload };
      written.push(await writtenBy(jobs(given), "shop-build"));
      written.push(await writtenBy(made(given), "shop--br-build"));
    }
    written.forEach((each) => assert.ok(each.length > 0));
    assert.deepEqual([...new Set(written.flat())].sort(), Object.keys(PLANTS).sort());
  });

  for (const workload of sampled(OF_STACKS, (_, index) => index === 0))
    it(`is acted on by no later Build, Plan, Deploy and Promote of ${workload.kind}`, async () => {
      const [clean, poisoned] = [await released(workload, false), await released(workload, true)];
      assert.deepEqual(poisoned, clean);
      assert.notEqual(poisoned.digest, EVIL);
      assert.ok(poisoned.calls.flat().includes("aws plan cloudformation create-change-set"));
    });

  for (const workload of OF_STACKS.map(ofBranches))
    whole(
      `under another branch's head commit is not what that branch deploys: ${workload.kind}`,
      async () => {
        const [clean, poisoned] = [
          await releasedBranch(workload, false),
          await releasedBranch(workload, true),
        ];
        assert.deepEqual(poisoned, clean);
        assert.notEqual(poisoned.digest, EVIL);
        assert.ok(poisoned.calls.flat().includes("aws deploy cloudformation execute-change-set"));
        assert.deepEqual(
          poisoned.scanned,
          workload.packaging === "image" ? [`imageDigest=${poisoned.digest}`] : [],
        );
      },
    );
});
