import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { serverless } from "../../../components/workloads/serverless";
import { RELEASED, type Workload } from "../../../components/workloads/workload";
import { pool } from "./inputs";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID } from "./world";

import { codeOf, hash, plan, planned, PREFIX } from "./planning";
import { sampled, whole } from "../../whole/sample";
const IMAGE = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/catalog@${DIGEST}`;
const ROLE = "arn:aws:iam::222222222222:role/delivery-catalog--test-";
const BOUNDARY = "arn:aws:iam::222222222222:policy/delivery-catalog--test-boundary";

describe("change-set: what a template is given", () => {
  whole(
    "is the same for every kind but what its code is and where: each parameter of the kind, filled",
    async () => {
      const one = codeOf("one");
      const more = codeOf("one", "two");
      const lambda = { Release: EXECUTION_ID, CodeDeployRoleArn: `${ROLE}codedeploy`, PermissionsBoundaryArn: BOUNDARY, RolePath: "/" }; // prettier-ignore
      const platform = (key: string): string => `/delivery/test/platform/${key}`;
      const cases: [Workload, ReturnType<typeof codeOf> | undefined, Record<string, string>][] = [
        [lambdaContainer, undefined, { ImageUri: IMAGE, ...lambda }],
        [
          lambdaZip,
          one,
          {
            CodeBucket: BUCKET,
            CodeKey: `${PREFIX}code/${hash("one")}.zip`,
            CodeSha256: createHash("sha256").update("one").digest("base64"),
            ...lambda,
          },
        ],
        [
          serverless,
          more,
          {
            CodeBucket: BUCKET,
            CodePrefix: `${PREFIX}code/`,
            Release: EXECUTION_ID,
            PermissionsBoundaryArn: BOUNDARY,
            RolePath: "/",
          },
        ],
        [
          ecsService,
          undefined,
          {
            ImageUri: IMAGE,
            Release: EXECUTION_ID,
            TaskRoleArn: `${ROLE}task`,
            TaskExecutionRoleArn: `${ROLE}task-execution`,
            Cluster: platform("cluster"),
            VpcId: platform("vpc-id"),
            SubnetIds: platform("subnet-ids"),
            TaskSecurityGroupId: platform("task-security-group-id"),
            ListenerArn: platform("listener-arn"),
            EndpointUrl: platform("endpoint-url"),
          },
        ],
      ];
      await pool(cases, async ([workload, code, expected]) => {
        const { result, parameters, world } = await plan({
          workload,
          ...(code && { files: code.files, variables: { CODE_DIGEST: code.digest } }),
        });
        assert.equal(result.code, 0, result.output);
        assert.deepEqual(parameters, expected, workload.kind);
        // What a parameter names is in the bucket by now.
        const { CodeKey, CodePrefix } = parameters;
        if (CodeKey !== undefined) assert.ok(world.objects.has(`${BUCKET}/${CodeKey}`));
        for (const text of CodePrefix === undefined ? [] : ["one", "two"])
          assert.equal(world.objects.get(`${BUCKET}/${CodePrefix}${hash(text)}.zip`)?.toString(), text);
      });
    },
  );

  whole(
    "has all that a release puts into a value, in any place and more than once, and nothing else",
    async () => {
      const { files, digest } = codeOf("one");
      const hex = digest.slice(7);
      const base64 = createHash("sha256").update("one").digest("base64");
      const given = {
        ...RELEASED,
        all: Object.values(RELEASED).join("|"),
        twice: `${RELEASED.sha256}${RELEASED.sha256}`,
        other: "<other> < run > $(touch pwned) \\1 & 'x' \\(1)",
      };
      const { result, parameters, folder } = await plan({
        workload: lambdaContainer,
        files,
        variables: { CODE_DIGEST: digest, PARAMETERS: JSON.stringify(given) },
      });
      assert.equal(result.code, 0, result.output);
      const filled = {
        run: EXECUTION_ID,
        image: IMAGE.replace(DIGEST, digest),
        bucket: BUCKET,
        files: PREFIX,
        sha256: hex,
        base64,
        stack: "catalog--test",
        priority: "",
      };
      assert.deepEqual(Object.keys(filled), Object.keys(RELEASED));
      assert.deepEqual(parameters, {
        ...filled,
        all: Object.values(filled).join("|"),
        twice: hex + hex,
        other: given.other,
      });
      assert.ok(!existsSync(join(folder, "pwned")));
    },
  );

  whole("stands in base64 for the bytes of the digest, whatever bytes these are", async () => {
    const digests = [`0a0d25${"5c".repeat(28)}00`, "00".repeat(32), "ff".repeat(32)];
    await pool(
      sampled(digests, (_, index) => index === 0),
      async (hex) => {
        const { result, parameters } = await plan({
          workload: lambdaContainer,
          files: { "release.json": JSON.stringify({ commit: COMMIT_ID, codeDigest: `sha256:${hex}` }) },
          variables: { CODE_DIGEST: `sha256:${hex}`, PARAMETERS: JSON.stringify({ Sum: RELEASED.base64 }) },
        });
        assert.equal(result.code, 0, result.output);
        assert.equal(parameters["Sum"], Buffer.from(hex, "hex").toString("base64"));
      },
    );
  });

  whole("keeps a placeholder that the service itself writes as text", async () => {
    const own = [{ ParameterKey: "Note", ParameterValue: "<run> <files>x" }];
    const { result, parameters } = await plan({
      workload: lambdaContainer,
      files: { "parameters/test.json": JSON.stringify(own) },
    });
    assert.equal(result.code, 0, result.output);
    assert.equal(parameters["Note"], "<run> <files>x");
  });

  it("is refused where Deploy must be short, and traffic would take longer to move", async () => {
    const refused = (DeploymentConfig: string): string =>
      `error: parameters/test.json says DeploymentConfig ${DeploymentConfig}, and this pipeline's shortJobs say that Deploy ends ` +
      "within 14 minutes: choose CodeDeployDefault.LambdaAllAtOnce or CodeDeployDefault.LambdaCanary10Percent5Minutes, or take " +
      "deploy out of shortJobs in the pipeline's settings\n";
    const planned = (SHORT_DEPLOY: string, name: string) =>
      plan({
        workload: lambdaContainer,
        files: {
          "parameters/test.json": JSON.stringify([
            { ParameterKey: "DeploymentConfig", ParameterValue: name },
          ]),
        },
        variables: { ...(SHORT_DEPLOY && { SHORT_DEPLOY }) },
      });
    const slow = "CodeDeployDefault.LambdaCanary10Percent10Minutes";
    const { result } = await planned("true", slow);
    assert.equal(result.code, 1);
    assert.ok(result.output.endsWith(refused(slow)), result.output);
    assert.ok(!result.calls.some((call) => /create-change-set|s3 cp/.test(call)));
    for (const [short, name] of [
      ["true", "CodeDeployDefault.LambdaCanary10Percent5Minutes"],
      ["", slow],
    ] as const)
      assert.equal((await planned(short, name)).result.code, 0);
  });

  whole("has a roll-back's own parameters only then, over what the service sets", async () => {
    const { files, digest } = codeOf("one");
    const Canary = "CodeDeployDefault.LambdaCanary10Percent5Minutes";
    const own = JSON.stringify([{ ParameterKey: "DeploymentConfig", ParameterValue: Canary }]);
    const deploy = (type: string, workload: Workload, given: Record<string, string>) =>
      plan({
        workload,
        job: "deploy",
        files: { ...given, "parameters/test.json": workload === lambdaZip ? own : "[]" },
        variables: { APPROVAL: "false", ...(workload === lambdaZip && { CODE_DIGEST: digest }) },
        world: { ...planned(), executions: { [EXECUTION_ID]: { type, status: "InProgress" } } },
      });
    const results = await Promise.all([
      deploy("STANDARD", lambdaZip, files),
      deploy("ROLLBACK", lambdaZip, files),
      deploy("ROLLBACK", ecsService, {}),
    ]);
    for (const { result } of results) assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      results.map(({ parameters }) => [parameters["DeploymentConfig"], parameters["Release"]]),
      [
        [Canary, EXECUTION_ID],
        ["CodeDeployDefault.LambdaAllAtOnce", EXECUTION_ID],
        [undefined, EXECUTION_ID],
      ],
    );
  });
});
