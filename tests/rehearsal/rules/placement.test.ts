import { attachments, parents, providers } from "../../../rehearsal/rules/placement";
import { breaks, first, inputs, one } from "../sample";

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
