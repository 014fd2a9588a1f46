import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PublishedValues } from "../../components/publishedValues";
import { inputsOf, registered } from "../programs";

const PARAMETER = "ssm/parameter:Parameter";
const published = (values: PublishedValuesOf) =>
  registered(
    (opts) => new PublishedValues("shared", { path: "/acme/test", description: "Of test", values }, opts),
  );
type PublishedValuesOf = ConstructorParameters<typeof PublishedValues>[1]["values"];

describe("PublishedValues", () => {
  it("is a parameter for each value: a text as it is, a list as a list, whether known at once or later", async () => {
    const made = await published({
      bucket: "artifacts",
      "role-arn": pulumi.output("arn:aws:iam::444444444444:role/x"),
      "platform/subnet-ids": ["subnet-a", "subnet-b"],
      zones: pulumi.output(["a"]),
    });
    const common = { description: "Of test", tier: "Standard" };
    assert.deepEqual(inputsOf(made, PARAMETER), {
      "shared-bucket": { ...common, name: "/acme/test/bucket", type: "String", insecureValue: "artifacts" },
      "shared-role-arn": {
        ...{ ...common, name: "/acme/test/role-arn", type: "String" },
        insecureValue: "arn:aws:iam::444444444444:role/x",
      },
      "shared-platform/subnet-ids": {
        ...{ ...common, name: "/acme/test/platform/subnet-ids", type: "StringList" },
        insecureValue: "subnet-a,subnet-b",
      },
      "shared-zones": { ...common, name: "/acme/test/zones", type: "StringList", insecureValue: "a" },
    });
  });

  it("is nothing but itself where there are no values", async () => {
    assert.deepEqual(
      (await published({})).map(({ type, name }) => [type, name]),
      [["delivery:index:PublishedValues", "shared"]],
    );
  });
});
