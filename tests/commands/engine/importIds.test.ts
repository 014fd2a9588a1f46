import assert from "node:assert/strict";
import { importId, isKnownType } from "../../../commands/engine/importIds";
import { unbroken } from "../../rehearsal/sample";

const AT = { account: "444444444444", region: "eu-central-1" };

describe("the id that a resource is imported by", () => {
  it("is known, or can be looked up, for every type that the programs make", async () => {
    const { runs } = await unbroken();
    const types = new Set(
      runs.flatMap(({ resources }) =>
        resources.map(({ type }) => type).filter((type) => type.startsWith("aws:")),
      ),
    );
    assert.ok(types.size > 20, `only ${types.size} types`);
    assert.deepEqual(
      [...types].filter((type) => !isKnownType(type)),
      [],
    );
  });

  it("follows from what the resource was to be created with", () => {
    const id = (type: string, inputs: Record<string, unknown>) => importId(type, inputs, AT).id;
    assert.equal(id("aws:iam/role:Role", { name: "acme-sh-plan" }), "acme-sh-plan");
    assert.equal(id("aws:iam/rolePolicy:RolePolicy", { name: "p-1", role: "r" }), "r:p-1");
    assert.equal(
      id("aws:iam/policy:Policy", { name: "b", path: "/team/" }),
      "arn:aws:iam::444444444444:policy/team/b",
    );
    assert.equal(id("aws:iam/policy:Policy", { name: "b" }), "arn:aws:iam::444444444444:policy/b");
    assert.equal(id("aws:sns/topic:Topic", { name: "t-1" }), "arn:aws:sns:eu-central-1:444444444444:t-1");
    assert.equal(id("aws:s3/bucketPolicy:BucketPolicy", { bucket: "artifacts-1" }), "artifacts-1");
    assert.equal(
      id("aws:codebuild/reportGroup:ReportGroup", { name: "g" }),
      "arn:aws:codebuild:eu-central-1:444444444444:report-group/g",
    );
  });

  it("is looked up where AWS gives it, where an input was not known yet, and for types that are not known", () => {
    const lookUp = (type: string, inputs: Record<string, unknown>) => importId(type, inputs, AT).lookUp;
    assert.equal(
      lookUp("aws:kms/key:Key", {}),
      "<key id>: aws resourcegroupstaggingapi get-resources --resource-type-filters kms:key --region eu-central-1",
    );
    const site = "https://www.pulumi.com/registry/packages/aws/";
    assert.equal(lookUp("aws:iam/role:Role", {}), `<id>: the Import section of aws:iam/role:Role, ${site}`);
    assert.equal(lookUp("aws:x/y:Y", { name: "n" }), `<id>: the Import section of aws:x/y:Y, ${site}`);
  });
});
