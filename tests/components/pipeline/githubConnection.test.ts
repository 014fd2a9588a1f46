import assert from "node:assert/strict";
import { GithubConnection } from "../../../components/pipeline/githubConnection";
import { names, only, registered, resolved } from "../../programs";

describe("GithubConnection", () => {
  it("is one connection to GitHub, which a person has to authorise, and tells its ARN", async () => {
    let connection: GithubConnection | undefined;
    const made = await registered((opts) => (connection = new GithubConnection("code", opts)));
    assert.deepEqual(names(made), [
      "aws:codeconnections/connection:Connection code",
      "delivery:index:GithubConnection code",
    ]);
    const { inputs, outputs } = only(made, "codeconnections/connection:Connection");
    assert.deepEqual(inputs, { providerType: "GitHub" });
    assert.equal(await resolved(connection?.arn), outputs["arn"]);
  });
});
