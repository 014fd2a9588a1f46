import { readFileSync } from "node:fs";
import type { Call } from "./commands";
import { ServiceError, type Service } from "./service";
import { type Comment, TOOLING } from "./world";

/** CodeCommit's pull requests, and the builds of their previews, as the job that comments sees them. */

export const PREVIEW = "delivery-pull-requests-preview";
export const COMMENT = "delivery-pull-requests-comment";
const UUID = "6f1e2d3c-0000-4000-8000-00000000000";
const author = (role: string, build: string): string =>
  `arn:aws:sts::${TOOLING}:assumed-role/${role}/AWSCodeBuild-${build}`;
export const SOURCE = "c0ffee".padEnd(40, "1");
export const DESTINATION = "beef".padEnd(40, "2");
/** The build whose log is told. */
export const BUILD = `${PREVIEW}:${UUID}1`;
export const OWN_BUILD = `${UUID}2`;

/** A comment that an earlier build of this job, or somebody else, has written. */
export const written = (content: string, by = COMMENT, more: Partial<Comment> = {}): Comment => ({
  commentId: `comment-of-${by}`,
  authorArn: author(by, `${UUID}3`),
  content,
  deleted: false,
  ...more,
});

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";
const contentOf = (call: Call): string => {
  const text = one(call, "content").replace(/^file:\/\/(.*)$/, (_, file: string) =>
    readFileSync(file, "utf8"),
  );
  // https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
  if (text.length > 10_240) throw new ServiceError("CommentContentSizeLimitExceededException", "too long");
  return text;
};

export const pullRequests: Service = (call, _who, world) => {
  const known = world.pullRequests;
  if (!known) return undefined;
  const all = Object.values(known.pullRequests).flatMap(({ comments }) => comments);
  const own = author(COMMENT, OWN_BUILD);
  const find = (id: string) => {
    const found = known.pullRequests[id];
    if (!found) throw new ServiceError("PullRequestDoesNotExistException", "no such pull request");
    return found;
  };
  switch (call.operation) {
    case "codebuild batch-get-builds":
      return { builds: (call.options["ids"] ?? []).flatMap((id) => known.builds[id] ?? []) };
    case "codecommit get-pull-request": {
      const { status, repository, source, destination } = find(one(call, "pull-request-id"));
      const target = { repositoryName: repository, sourceCommit: source, destinationCommit: destination };
      return { pullRequest: { pullRequestStatus: status, pullRequestTargets: [target] } };
    }
    case "codecommit get-comments-for-pull-request": {
      const { comments } = find(one(call, "pull-request-id"));
      return { commentsForPullRequestData: comments.map((each) => ({ comments: [each] })) };
    }
    case "codecommit update-comment": {
      const comment = all.find(({ commentId }) => commentId === one(call, "comment-id"));
      if (!comment) throw new ServiceError("CommentDoesNotExistException", "no such comment");
      const mine = known.oneAuthor ? comment.authorArn.includes(`/${COMMENT}/`) : comment.authorArn === own;
      if (!mine) throw new ServiceError("CommentNotCreatedByCallerException", "you are not the author");
      comment.content = contentOf(call);
      return { comment };
    }
    case "codecommit post-comment-for-pull-request": {
      const { comments, repository, source, destination } = find(one(call, "pull-request-id"));
      if (one(call, "repository-name") !== repository || one(call, "after-commit-id") !== source)
        throw new ServiceError("InvalidRepositoryNameException", "another repository or commit");
      if (one(call, "before-commit-id") !== destination)
        throw new ServiceError("BeforeCommitIdAndAfterCommitIdAreSameException", "another destination");
      // The same request with the same token is the first one's answer.
      const token = one(call, "client-request-token");
      const made = `${call.operation} ${contentOf(call)}`;
      if (world.tokens.get(token) !== made)
        comments.push(
          written(contentOf(call), COMMENT, { authorArn: own, commentId: `new-${comments.length}` }),
        );
      world.tokens.set(token, made);
      return { comment: comments.at(-1) };
    }
    default:
      return undefined;
  }
};
