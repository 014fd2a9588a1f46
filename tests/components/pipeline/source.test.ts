import assert from "node:assert/strict";
import type { Scope } from "../../../components/names";
import {
  cloneUrl,
  type CodeCommit,
  type Connection,
  sourceAction,
  sourceEvent,
  sourceStatements,
  sourceTriggers,
} from "../../../components/pipeline/source";
import { resolved } from "../../programs";

const scope: Scope = { project: "acme", region: "eu-west-1", toolingAccount: "111111111111", path: "/" };
const codecommit: CodeCommit = { kind: "codecommit", repository: "shop", branch: "trunk" };
const CONNECTION = "arn:aws:codestar-connections:eu-west-1:111111111111:connection/1";
const connection: Connection = {
  kind: "connection",
  connection: CONNECTION,
  repository: "acme/shop",
  branch: "trunk",
  paths: [],
  tags: [],
};
const trigger = (gitConfiguration: object) => [
  {
    providerType: "CodeStarSourceConnection",
    gitConfiguration: { sourceActionName: "Source", ...gitConfiguration },
  },
];

describe("source: CodeCommit", () => {
  it("is fetched as a ZIP of its branch and never polled", () => {
    assert.deepEqual(sourceAction(codecommit), {
      provider: "CodeCommit",
      configuration: {
        RepositoryName: "shop",
        BranchName: "trunk",
        PollForSourceChanges: "false",
        OutputArtifactFormat: "CODE_ZIP",
      },
    });
  });

  it("has no trigger, but an event for its own branch", () => {
    assert.deepEqual(sourceTriggers(codecommit), []);
    assert.deepEqual(sourceEvent(scope, codecommit), {
      source: ["aws.codecommit"],
      "detail-type": ["CodeCommit Repository State Change"],
      resources: ["arn:aws:codecommit:eu-west-1:111111111111:shop"],
      detail: {
        event: ["referenceCreated", "referenceUpdated"],
        referenceType: ["branch"],
        referenceName: ["trunk"],
      },
    });
  });

  it("takes rights on this one repository", () => {
    assert.deepEqual(sourceStatements(scope, codecommit), [
      {
        Sid: "FetchSource",
        Effect: "Allow",
        Action: [
          "codecommit:CancelUploadArchive",
          "codecommit:GetBranch",
          "codecommit:GetCommit",
          "codecommit:GetRepository",
          "codecommit:GetUploadArchiveStatus",
          "codecommit:UploadArchive",
        ],
        Resource: ["arn:aws:codecommit:eu-west-1:111111111111:shop"],
      },
    ]);
  });

  it("is pushed to at its Region's domain", () => {
    const url = (region: string) => cloneUrl({ ...scope, region }, codecommit);
    assert.deepEqual(["eu-west-1", "cn-north-1"].map(url), [
      "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
      "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/shop",
    ]);
  });
});

describe("source: connection", () => {
  it("is fetched as a ZIP of its branch and not detected by the action", () => {
    assert.deepEqual(sourceAction(connection), {
      provider: "CodeStarSourceConnection",
      configuration: {
        ConnectionArn: CONNECTION,
        FullRepositoryId: "acme/shop",
        BranchName: "trunk",
        DetectChanges: "false",
        OutputArtifactFormat: "CODE_ZIP",
      },
    });
  });

  it("has a trigger on its branch, and no event", () => {
    assert.equal(sourceEvent(scope, connection), undefined);
    assert.deepEqual(
      sourceTriggers(connection),
      trigger({ pushes: [{ branches: { includes: ["trunk"] } }] }),
    );
  });

  it("has tags in an entry of their own, and paths beside branches only", () => {
    const pullRequests = { branches: ["trunk", "v*"], events: ["CLOSED"] };
    assert.deepEqual(
      sourceTriggers({ ...connection, paths: ["app/**"], tags: ["v*", "rc*"], pullRequests }),
      trigger({
        pushes: [
          { branches: { includes: ["trunk"] }, filePaths: { includes: ["app/**"] } },
          { tags: { includes: ["v*", "rc*"] } },
        ],
        pullRequests: [
          {
            branches: { includes: ["trunk", "v*"] },
            events: ["CLOSED"],
            filePaths: { includes: ["app/**"] },
          },
        ],
      }),
    );
  });

  it("takes the use of this one connection, by both names of the service", async () => {
    const use = (Sid: string, service: string) => ({
      Sid,
      Effect: "Allow",
      Action: [`${service}:UseConnection`],
      Resource: [`arn:aws:${service}:eu-west-1:111111111111:connection/1`],
    });
    assert.deepEqual(await resolved(sourceStatements(scope, connection)), [
      use("UseConnection", "codeconnections"),
      use("UseConnectionByItsOldName", "codestar-connections"),
    ]);
  });

  it("is shown as the provider names it", () => assert.equal(cloneUrl(scope, connection), "acme/shop"));
});
