import assert from "node:assert/strict";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { attachments, parents, providers } from "../../../rehearsal/rules/placement";
import { breaks, first, inputs, one, unbroken } from "../sample";

const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";

describe("rules/placement", () => {
  breaks(providers, "a resource without a provider", (record) =>
    one(
      first(record, VERSIONING),
      (resource) => ({ ...resource, provider: undefined, account: undefined }),
      "it has no explicit provider: hand it down with providers: [provider]",
    ),
  );
  breaks(providers, "a remote component without a provider", (record) => {
    const found = first(record, "awsx:ecr:Repository");
    return one(
      found,
      (resource) => ({ ...resource, provider: undefined }),
      "it has no explicit provider: hand it down with providers: [provider]",
    );
  });
  breaks(providers, "a provider of another account", (record) =>
    one(
      first(record, VERSIONING),
      (resource) => ({ ...resource, account: "999999999999" }),
      `its provider is bound to account 999999999999, the stack's is ${record[0]?.account}: set allowedAccountIds to exactly that`,
    ),
  );
  breaks(providers, "a provider that is bound to no account", (record) =>
    one(
      first(record, VERSIONING),
      (resource) => ({ ...resource, account: undefined }),
      `its provider is bound to account (none, or several), the stack's is ${record[0]?.account}: set allowedAccountIds to exactly that`,
    ),
  );
  breaks(providers, "a resource that asks for another Region", (record) =>
    one(
      first(record, VERSIONING),
      inputs({ region: "us-west-2" }),
      `it is in Region us-west-2, the stack in ${record[0]?.region}`,
    ),
  );
  const chat = (record: Rehearsed, region: string | undefined): Resource => {
    const others = first(record, VERSIONING).inputs;
    return {
      ...first(record, VERSIONING),
      type: "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
      inputs: region === undefined ? others : { ...others, region },
    };
  };
  it("provider: a chat is where its API is, wherever its stack is, and nowhere else", async () => {
    const { runs } = await unbroken();
    const [run] = runs;
    assert.ok(run);
    const judged = (resource: Resource) =>
      providers.judge([{ ...run, resources: [resource] }]).findings.map(({ message }) => message);
    for (const region of ["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"])
      assert.deepEqual(judged(chat(runs, region)), []);
    const refused = [
      "its Region is eu-central-1, and AWS takes it in us-east-2, us-west-2, eu-west-1, ap-southeast-1: set region to the nearest of these",
    ];
    assert.deepEqual(judged(chat(runs, "eu-central-1")), refused);
    assert.deepEqual(judged({ ...chat(runs, undefined), region: "eu-central-1" }), refused);
  });
  it("provider: what waits until its Region takes over is in another than its stack, and nothing else is", async () => {
    const { runs } = await unbroken();
    const [run] = runs;
    assert.ok(run);
    const judged = (name: string, region: string | undefined) =>
      providers
        .judge([{ ...run, resources: [{ ...first(runs, VERSIONING), name, region }] }])
        .findings.map(({ message }) => message);
    assert.deepEqual(judged("artifacts--replica", "eu-central-1"), []);
    assert.deepEqual(judged("artifacts--replica", run.region), [
      `it is in Region ${run.region}, as its stack: a replica is in another`,
    ]);
    assert.deepEqual(judged("artifacts", "eu-central-1"), [
      `it is in Region eu-central-1, the stack in ${run.region}`,
    ]);
  });
  breaks(parents, "a resource right below the stack", (record) =>
    one(
      first(record, VERSIONING),
      (resource) => ({ ...resource, parent: record[0]?.resources[0]?.urn ?? "" }),
      "its parent is not a component: give { parent: this }",
    ),
  );
  breaks(attachments, "a bucket that the stack does not make", (record) =>
    one(
      first(record, VERSIONING),
      inputs({ bucket: "elsewhere" }),
      "its bucket elsewhere is not in this stack",
    ),
  );
  breaks(attachments, "a policy that does not depend on its repository", (record) => {
    const policy = first(record, "aws:ecr/repositoryPolicy:RepositoryPolicy");
    const urns = policy.dependsOn.filter(
      (urn) => !urn.includes("ecr:Repository") && !urn.includes("ecr/repository:"),
    );
    const repository = record[0]?.resources.find(
      ({ urn }) => policy.dependsOn.includes(urn) && !urns.includes(urn),
    );
    return one(
      policy,
      (resource) => ({ ...resource, dependsOn: urns }),
      `it does not depend on ${repository?.name}, which its repository names: take the value from that resource`,
    );
  });
});
