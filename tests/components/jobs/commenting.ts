import { folderWith } from "../../folders";
import { run, type Result } from "./harness";
import { BUILDSPECS } from "./inputs";
import { BUILD, COMMENT, DESTINATION, OWN_BUILD, PREVIEW, SOURCE } from "./pullRequests";
import { REGION } from "./stack";
import { type Comment, emptyWorld, TOOLING, type World } from "./world";

/** A pull request at a commit, and the build that has previewed it with this log; others' comments are there already. */
export function pullRequestWorld(
  log: readonly string[],
  changes: {
    readonly comments?: Comment[];
    readonly oneAuthor?: boolean;
    readonly status?: string;
    readonly source?: string;
    readonly repository?: string;
    readonly build?: object;
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
): World {
  const {
    comments = [],
    oneAuthor = true,
    status = "OPEN",
    source = SOURCE,
    repository = "platform",
  } = changes;
  const told = {
    PULL_REQUEST: "12",
    SOURCE_COMMIT: SOURCE,
    DESTINATION_COMMIT: DESTINATION,
    ...changes.variables,
  };
  const build = {
    id: BUILD,
    buildStatus: "SUCCEEDED",
    environment: {
      environmentVariables: Object.entries(told).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })),
    },
    logs: { deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${REGION}#logsV2:preview` },
    ...changes.build,
  };
  const world = emptyWorld();
  world.logs.set(BUILD, log);
  world.pullRequests = {
    pullRequests: { "12": { status, repository, source, destination: DESTINATION, comments } },
    builds: { [BUILD]: build },
    oneAuthor,
  };
  return world;
}

export const buildArn = (build: string): string => `arn:aws:codebuild:${REGION}:${TOOLING}:build/${build}`;

export const comment = (world: World, variables: Readonly<Record<string, string>> = {}): Promise<Result> =>
  run(
    BUILDSPECS.comment,
    folderWith({}),
    {
      REPOSITORY: "platform",
      PREVIEW_PROJECT: PREVIEW,
      BUILD_ARN: buildArn(BUILD),
      CODEBUILD_BUILD_ID: `${COMMENT}:${OWN_BUILD}`,
      ...variables,
    },
    world,
  );

/** What has been said on the pull request. */
export const said = (world: World): string[] =>
  (world.pullRequests?.pullRequests["12"]?.comments ?? []).map(({ content }) => content);
