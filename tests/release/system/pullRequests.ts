/** Pull requests of a repository in CodeCommit that is previewed: what jobs ask of them, and the events that tell of them. */
import { randomUUID } from "node:crypto";
import { ofType, type Rehearsed } from "../../../rehearsal/record/record";
import { map, text } from "../../../packages/iam/src/json";
import type { Event } from "../codepipeline/eventBridge";
import { type Aws, AwsError, type Call } from "../model";
import { Repository, type Tree } from "./repository";

interface PullRequest {
  readonly id: string;
  readonly title: string;
  readonly branch: string;
  readonly source: string;
  readonly status: "OPEN" | "CLOSED";
}

interface Comment {
  readonly commentId: string;
  readonly pullRequest: string;
  readonly authorArn: string;
  readonly content: string;
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const LONGEST = 10_240;

export class PullRequests {
  readonly #all = new Map<string, PullRequest>();
  readonly #comments = new Map<string, Comment>();

  constructor(
    readonly repository: Repository,
    readonly ask: Aws["ask"],
  ) {
    repository.commit("main", {});
  }

  /** Somebody pushes to a branch, of which a pull request is then opened or has another commit: the event that tells so. */
  push(title: string, branch: string, tree: Tree): Event {
    const known = [...this.#all.values()].find((each) => each.branch === branch);
    const id = known?.id ?? String(this.#all.size + 1);
    const source = this.repository.commit(branch, tree);
    this.#all.set(id, { id, title, branch, source, status: "OPEN" });
    const [, , , region, account] = this.repository.arn.split(":");
    return {
      ...{ source: "aws.codecommit", "detail-type": "CodeCommit Pull Request State Change", account, region },
      resources: [this.repository.arn],
      // https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
      detail: {
        ...{
          event: known ? "pullRequestSourceBranchUpdated" : "pullRequestCreated",
          pullRequestId: id,
          title,
        },
        ...{ sourceReference: `refs/heads/${branch}`, destinationReference: "refs/heads/main" },
        ...{ sourceCommit: source, destinationCommit: this.repository.branches.get("main") },
        ...{ pullRequestStatus: "Open", isMerged: "False", repositoryNames: [this.repository.name] },
      },
    };
  }

  close(branch: string): void {
    for (const each of this.#all.values())
      if (each.branch === branch) this.#all.set(each.id, { ...each, status: "CLOSED" });
  }

  /** What is said on the pull request of a branch. */
  said(branch: string): string[] {
    const of = [...this.#comments.values()].filter(
      ({ pullRequest }) => this.#all.get(pullRequest)?.branch === branch,
    );
    return of.map(({ content }) => content);
  }

  #find(id: string | undefined): PullRequest {
    const found = this.#all.get(id ?? "");
    if (!found) throw new AwsError("PullRequestDoesNotExistException", `no pull request ${id}`);
    return found;
  }

  /** Whose is asked for stands in no parameter: so what the call needs is asked here. */
  #needs({ session, operation }: Call): void {
    this.ask({ id: session }, { action: `codecommit:${operation}`, resource: this.repository.arn });
  }

  /** https://docs.aws.amazon.com/codecommit/latest/APIReference/ */
  answers(call: Call): unknown {
    const { operation, input, principal } = call;
    const content = text(input, "content") ?? "";
    if (content.length > LONGEST) throw new AwsError("CommentContentSizeLimitExceededException", "too long");
    const comment = (commentId: string, pullRequest: string): unknown => {
      this.#comments.set(commentId, { commentId, pullRequest, authorArn: authorOf(call), content });
      return { comment: { commentId, content } };
    };
    switch (operation) {
      case "GetPullRequest": {
        this.#needs(call);
        const { id, title, status, source: sourceCommit } = this.#find(text(input, "pullRequestId"));
        const destinationCommit = this.repository.branches.get("main");
        const target = { repositoryName: this.repository.name, sourceCommit, destinationCommit };
        const found = { pullRequestId: id, title, pullRequestStatus: status, pullRequestTargets: [target] };
        return { pullRequest: found };
      }
      case "GetCommentsForPullRequest": {
        const { id } = this.#find(text(input, "pullRequestId"));
        const all = [...this.#comments.values()].filter(({ pullRequest }) => pullRequest === id);
        const data = all.map((each) => ({ comments: [{ ...each, deleted: false }] }));
        return { commentsForPullRequestData: data };
      }
      case "PostCommentForPullRequest":
        return comment(randomUUID(), this.#find(text(input, "pullRequestId")).id);
      case "UpdateComment": {
        this.#needs(call);
        const old = this.#comments.get(text(input, "commentId") ?? "");
        if (!old) throw new AwsError("CommentDoesNotExistException", "no such comment");
        // That builds of one role are one author to CodeCommit is not documented: the job takes either.
        if (!old.authorArn.includes(`:assumed-role/${principal.split("/").at(-1)}/`))
          throw new AwsError("CommentNotCreatedByCallerException", "another has written it");
        return comment(old.commentId, old.pullRequest);
      }
      default:
        return undefined;
    }
  }
}

const authorOf = ({ principal, sessionName, account }: Call): string =>
  `arn:aws:sts::${account}:assumed-role/${principal.split("/").at(-1)}/${sessionName}`;

/** Of the repository that a job of tooling's clones by itself: that is what previews do, and nobody else. */
export function pullRequestsOf(record: Rehearsed, ask: Aws["ask"]): PullRequests | undefined {
  for (const { inputs, account, region } of ofType(record, "aws:codebuild/project:Project")) {
    const { type, location } = map(inputs["source"]);
    if (type !== "CODECOMMIT") continue;
    const name = String(location).split("/").at(-1) ?? "";
    return new PullRequests(new Repository(`arn:aws:codecommit:${region}:${account}:${name}`, name), ask);
  }
  return undefined;
}
