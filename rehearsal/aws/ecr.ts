import { behind, plain, settingOf } from "./mockRows";
import type { MockRequest, PulumiCarrier, Service } from "./types";

const made = (asked: MockRequest) => {
  const name = asked.named("name").toLowerCase();
  const host = `${asked.account}.dkr.ecr.${asked.region}.amazonaws.com`;
  const arn = asked.arn("ecr", `repository/${name}`);
  return { name, arn, registryId: asked.account, repositoryUrl: `${host}/${name}` };
};

const carries: PulumiCarrier = {
  guards: {
    attached: "repository",
    setBy: ["aws:ecr/repositoryPolicy:RepositoryPolicy", "repository"],
    named: behind("/"),
  },
};
const ON_REPOSITORY = ["repository", "name", "aws:ecr/repository:Repository", "awsx:ecr:Repository"] as const;

export const ecr: Service = {
  file: "ecr",
  pulumi: {
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": plain(settingOf("repository"), { setOn: ON_REPOSITORY }),
    // One of a registry, which is its account.
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": plain(({ account }) => ({
      id: account,
      outputs: { registryId: account },
    })),
    "aws:ecr/repository:Repository": {
      answer: (asked) => {
        const outputs = made(asked);
        return { id: outputs.name, outputs };
      },
      carries,
    },
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {
      answer: settingOf("repository"),
      carries: { documents: [["policy", "repository"]] },
      setOn: ON_REPOSITORY,
    },
    "awsx:ecr:Repository": {
      answer: (asked) => {
        const { repositoryUrl, ...rest } = made(asked);
        return { id: "", outputs: { url: repositoryUrl, repository: { ...rest, repositoryUrl } } };
      },
      carries,
    },
  },
};
