import assert from "node:assert/strict";
import { serverless } from "../../../components/workloads/serverless";
import { EXECUTION, MOST, READ_CODE } from "./functions";
import { are, BOUNDARY, SITE } from "./site";

describe("serverless", () => {
  it("is packaged by the framework, fetched by CloudFormation's role, and needs no platform", () => {
    const { kind, packaging, fetchedBy, platform } = serverless;
    assert.deepEqual(
      { kind, packaging, fetchedBy, platform },
      { kind: "serverless", packaging: "serverless", fetchedBy: "execution", platform: false },
    );
  });

  it("gives its template the folder of the zips, of which there are several; a roll-back is as any deployment", () => {
    assert.deepEqual(serverless.parameters(SITE), {
      CodeBucket: "<bucket>",
      CodePrefix: "<files>code/",
      Release: "<run>",
      PermissionsBoundaryArn: BOUNDARY,
      RolePath: "/team/",
    });
    assert.deepEqual(serverless.rollbackParameters, {});
  });

  it("CloudFormation makes functions, APIs, tables and bounded roles, reads the release's zips, and has no CodeDeploy", () =>
    are(serverless.execution({ ...SITE, repositoryArn: undefined }), ...EXECUTION, ...READ_CODE));

  it("has the boundary of all functions, and no role besides", async () => {
    await are(serverless.boundary(SITE), ...MOST);
    assert.deepEqual(serverless.roles, {});
  });

  it("decrypts code through S3 at the Region's own domain", () => {
    const scope = { ...SITE.scope, region: "cn-north-1" };
    const decrypt = serverless.execution({ ...SITE, scope }).find(({ Sid }) => Sid === "DecryptCode");
    assert.deepEqual(decrypt?.Condition, {
      StringEquals: { "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" },
    });
  });
});
