import assert from "node:assert/strict";
import { GithubConnection } from "../../components/githubConnection";
import { names, only, registered } from "../programs";

describe("GithubConnection", () => {
  it("is one connection to GitHub, which a person has to authorise, and tells its ARN", async () => {
    const made = await registered((opts) => new GithubConnection("code", opts));
    assert.deepEqual(names(made), [
      "aws:codeconnections/connection:Connection code",
      "delivery:index:GithubConnection code",
    ]);
    const { inputs, outputs } = only(made, "codeconnections/connection:Connection");
    assert.deepEqual(inputs, { providerType: "GitHub" });
    const { arn } = only(made, "index:GithubConnection").outputs;
    assert.equal(arn, outputs["arn"]);
  });
});
