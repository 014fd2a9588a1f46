/** A repository, in CodeCommit or behind a connection: commits that are folders of files, and branches. */
import { createHash } from "node:crypto";
import { inventoryOf } from "../../../rehearsal/record/inventory";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { zipped } from "../codebuild/files";
import type { Revision, Source } from "../codepipeline/actions";
import { AwsError, type Handler } from "../model";

export type Tree = Readonly<Record<string, string>>;

/** Of every commit. */
const MESSAGE = 'a "message"';

export class Repository {
  /** Of CodeCommit's repository, or of the connection. */
  readonly arn: string;
  readonly name: string;
  readonly #commits = new Map<string, Tree>();
  readonly branches = new Map<string, string>();
  /** What the newest event of a commit has said, which a source action behind a connection hands on. */
  readonly told = new Map<string, Readonly<Record<string, string>>>();

  constructor(arn: string, name: string) {
    this.arn = arn;
    this.name = name;
  }

  /** The same files are the same commit. */
  commit(branch: string, tree: Tree): string {
    const id = createHash("sha1")
      .update(JSON.stringify(Object.entries(tree).sort()))
      .digest("hex");
    this.#commits.set(id, tree);
    this.branches.set(branch, id);
    return id;
  }

  tree(commit: string): Tree {
    const found = this.#commits.get(commit);
    if (!found) throw new AwsError("CommitDoesNotExistException", `there is no commit ${commit}`);
    return found;
  }

  /**
   * What a source action makes of it: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html,
   * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
   */
  get source(): Source {
    const [, , service = ""] = this.arn.split(":");
    const asks =
      service === "codecommit"
        ? ["GetBranch", "GetCommit", "GetRepository", "UploadArchive", "GetUploadArchiveStatus"]
        : ["UseConnection"];
    return {
      asks: asks.map((each) => ({ action: `${service}:${each}`, resource: this.arn })),
      fetch: (branch, wanted): Promise<Revision> => {
        const commit = wanted ?? this.branches.get(branch);
        if (commit === undefined) throw new AwsError("BranchDoesNotExistException", `no branch ${branch}`);
        const files = Object.entries(this.tree(commit)).map(
          ([name, text]) => [name, Buffer.from(text)] as const,
        );
        const [RepositoryName, BranchName, CommitId] = [this.name, branch, commit];
        const date = "2026-01-01T10:00:00Z";
        const own = service === "codecommit" ? { RepositoryName, BranchName } : this.told.get(commit);
        const said = { CommitMessage: MESSAGE, AuthorDate: date, CommitterDate: date };
        return Promise.resolve({
          commit,
          zip: zipped(new Map(files)),
          variables: { ...own, CommitId, ...said },
        });
      },
    };
  }

  /** CodeCommit's API, as far as jobs and people's commands ask it. A branch holds its newest commit, and none knows earlier ones. */
  get answers(): Handler {
    return ({ operation, input }) => {
      if (operation === "GetCommit") {
        this.tree(String(input["commitId"]));
        return { commit: { commitId: input["commitId"], message: MESSAGE } };
      }
      if (operation === "GetMergeConflicts") {
        const commitId = this.branches.get(String(input["destinationCommitSpecifier"]));
        return {
          mergeable: true,
          destinationCommitId: commitId,
          sourceCommitId: input["sourceCommitSpecifier"],
          baseCommitId: commitId,
          conflictMetadataList: [],
        };
      }
      const branchName = String(input["branchName"]);
      if (operation !== "GetBranch") throw new AwsError("UnknownOperationException", operation);
      const commitId = this.branches.get(branchName);
      if (commitId === undefined)
        throw new AwsError("BranchDoesNotExistException", `Branch ${branchName} does not exist`);
      return { branch: { branchName, commitId } };
    };
  }
}

/** Repository of each pipeline, by its name: one for all that have the same. */
export function repositoriesOf(record: Rehearsed): ReadonlyMap<string, Repository> {
  const all = new Map<string, Repository>();
  return new Map(
    inventoryOf(record).map(({ name: pipeline, account, region, actions }) => {
      const { ConnectionArn, FullRepositoryId, RepositoryName } = actions[0]?.configuration ?? {};
      const name = String(FullRepositoryId ?? RepositoryName);
      const arn = ConnectionArn ?? `arn:aws:codecommit:${region}:${account}:${name}`;
      const repository = all.get(`${arn} ${name}`) ?? new Repository(arn, name);
      all.set(`${arn} ${name}`, repository);
      return [pipeline, repository];
    }),
  );
}
