/** Which branches hold a commit, beside the pipeline's own: AWS's connections do not tell, and CodeCommit one branch at a time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CodeCommitClient, GetMergeConflictsCommand } from "@aws-sdk/client-codecommit";
import type { Desk } from "./desk";
import { printable } from "../format";

/** CodeCommit is asked about no more branches than these: each takes a call. */
const MOST = 20;

/** Whether a branch of CodeCommit's holds the commit; undefined where it is too far away for CodeCommit to say. */
export async function heldBy(
  client: CodeCommitClient,
  repositoryName: string,
  commit: string,
  branch: string,
): Promise<boolean | undefined> {
  try {
    const { baseCommitId } = await client.send(
      new GetMergeConflictsCommand({
        ...{ repositoryName, sourceCommitSpecifier: commit, destinationCommitSpecifier: branch },
        mergeOption: "FAST_FORWARD_MERGE",
      }),
    );
    return baseCommitId === commit;
  } catch (error) {
    if (error instanceof Error && error.name === "TipsDivergenceExceededException") return undefined;
    throw error;
  }
}

/** Names on one line, as people can read them. */
export const listed = (branches: readonly string[]): string => branches.map(printable).join(", ");

/** What is said of the other branches of a repository of CodeCommit's. */
export async function othersHolding(
  client: CodeCommitClient,
  repository: string,
  commit: string,
  branches: readonly string[],
): Promise<string> {
  const looked = branches.slice(0, MOST);
  const holding: string[] = [];
  // One after the other: CodeCommit allows few of these calls in a second.
  for (const branch of looked)
    if ((await heldBy(client, repository, commit, branch)) === true) holding.push(branch);
  const rest = branches.length - looked.length;
  return (
    (holding.length > 0
      ? `it is on ${listed(holding)}`
      : "no other branch holds it, as far as CodeCommit says") +
    (rest > 0 ? `; ${rest} more branches were not looked at` : "")
  );
}

/** The branches of a repository that hold the commit, by its history alone; undefined where git cannot read it. */
export async function branchesHolding(
  desk: Desk,
  remote: string,
  commit: string,
): Promise<string[] | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-branches-"));
  try {
    await desk.git("init", "--quiet", "--bare", folder);
    // Commits only: no file of the repository comes here.
    await desk.git(
      ...["-C", folder, "fetch", "--quiet", "--no-tags", "--filter=tree:0"],
      ...["--", remote, "+refs/heads/*:refs/heads/*"],
    );
    const format = "--format=%(refname:lstrip=2)";
    // Git refuses a commit that it does not know: no branch leads to it.
    const found = await desk
      .git("-C", folder, "for-each-ref", "--contains", commit, format, "refs/heads")
      .catch(() => "");
    return found.split("\n").filter((line) => line !== "");
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
