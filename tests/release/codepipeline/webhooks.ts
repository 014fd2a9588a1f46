/** What a repository behind a connection tells: which pipelines start, by their own triggers. */
import { list, map, texts } from "../../../packages/iam/src/json";
import type { Repository } from "../system/repository";
import type { CodePipeline } from "./codepipeline";
import type { Execution } from "./state";

/** Of a branch that is pushed, or of a pull request that has ended, which is of the branch's newest commit. */
export type Happened =
  { readonly push: string } | { readonly closed: string; readonly branch: string; readonly into: string };

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html */
const matches = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"))}$`,
  ).test(name);

const included = (filter: unknown, branch: string): boolean =>
  texts(map(map(filter)["branches"])["includes"]).some((pattern) => matches(pattern, branch));

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html */
function starts(trigger: Readonly<Record<string, unknown>>, happened: Happened): boolean {
  const { pushes, pullRequests } = map(trigger["gitConfiguration"]);
  if ("push" in happened) return list(pushes).some((each) => included(each, happened.push));
  return list(pullRequests).some(
    (each) => texts(map(each)["events"]).includes("CLOSED") && included(each, happened.into),
  );
}

/** The runs that start. */
export function deliver(
  pipelines: Iterable<CodePipeline>,
  repository: Repository,
  happened: Happened,
): Execution[] {
  const branch = "push" in happened ? happened.push : happened.branch;
  const commit = repository.branches.get(branch) ?? "";
  repository.told.set(
    commit,
    "push" in happened
      ? { BranchName: branch, FullRepositoryName: repository.name }
      : {
          ...{ SourceBranchName: branch, DestinationBranchName: happened.into },
          ...{ PullRequestId: happened.closed, PullRequestTitle: `of "${branch}"` },
          FullRepositoryName: repository.name,
        },
  );
  return [...pipelines].flatMap((pipeline) => {
    const trigger = pipeline.triggers.find((each) => starts(each, happened));
    if (!trigger) return [];
    const action = String(map(trigger["gitConfiguration"])["sourceActionName"]);
    return [
      pipeline.start({
        revisions: { [action]: commit },
        trigger: { triggerType: "WebhookV2", triggerDetail: repository.arn },
      }),
    ];
  });
}
