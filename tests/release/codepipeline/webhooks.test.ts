import assert from "node:assert/strict";
import { Repository } from "../system/repository";
import type { CodePipeline, Start } from "./codepipeline";
import { deliver, type Happened } from "./webhooks";

const CONNECTION = "arn:aws:codeconnections:eu-west-1:111111111111:connection/1";

describe("a repository behind a connection", () => {
  const repository = new Repository(CONNECTION, "acme/shop");
  const commit = repository.commit("feature/a/b", { a: "1" });

  const started = (gitConfiguration: object, happened: Happened): Start[] => {
    const starts: Start[] = [];
    const pipeline: Pick<CodePipeline, "triggers" | "start"> = {
      triggers: [{ gitConfiguration: { sourceActionName: "Source", ...gitConfiguration } }],
      start: (start) => {
        starts.push(start);
        return {} as ReturnType<CodePipeline["start"]>;
      },
    };
    deliver([pipeline as CodePipeline], repository, happened);
    return starts;
  };
  const pushes = (...includes: string[]) => ({ pushes: [{ branches: { includes } }] });
  const closed = { closed: "7", branch: "feature/a/b", into: "main" };

  it("starts what a trigger is for, at the branch's commit, and tells of the branch", () => {
    const trigger = { triggerType: "WebhookV2", triggerDetail: CONNECTION };
    const expected = [{ revisions: { Source: commit }, trigger }];
    assert.deepEqual(started(pushes("main", "feature/**"), { push: "feature/a/b" }), expected);
    assert.deepEqual(repository.told.get(commit), {
      BranchName: "feature/a/b",
      FullRepositoryName: "acme/shop",
    });
    const ends = { pullRequests: [{ events: ["CLOSED"], branches: { includes: ["main"] } }] };
    assert.deepEqual(started(ends, closed), expected);
    assert.equal(repository.told.get(commit)?.["SourceBranchName"], "feature/a/b");
    assert.equal(repository.told.get(commit)?.["PullRequestId"], "7");
  });

  it("starts nothing else", () => {
    for (const [configuration, happened] of [
      [pushes("feature/*"), { push: "feature/a/b" }],
      [pushes("feature/a.b"), { push: "feature/a/b" }],
      [pushes("main"), closed],
      [{ pullRequests: [{ events: ["OPEN"], branches: { includes: ["main"] } }] }, closed],
      [{ pullRequests: [{ events: ["CLOSED"], branches: { includes: ["feature/**"] } }] }, closed],
    ] as const)
      assert.deepEqual(started(configuration, happened), [], JSON.stringify(configuration));
  });
});
