/** Which commit somebody means, and what the source says of it. CodeCommit by AWS's API; others, and tags, by git. */
import { type CodeCommitClient, GetBranchCommand, GetCommitCommand } from "@aws-sdk/client-codecommit";
import { cloneUrl } from "../../components/pipeline/source";
import type { Source } from "../../stacks/settings/model";
import { didYouMean } from "../../stacks/settings/problems";
import { messageOf, Refusal } from "../refusal";
import type { Desk } from "./desk";
import { printable } from "../format";
import { branchesHolding, heldBy, listed, othersHolding } from "./holding";
import type { PipelinePlace } from "./places";

export interface Wanted {
  readonly commit?: string;
  readonly tag?: string;
  readonly branch?: string;
}

/** A commit that the source has, as far as it tells. */
export interface Found {
  readonly commit: string;
  readonly subject?: string;
  /** What the source says of it, in sentences. */
  readonly notes: readonly string[];
  /** False where it is known not to be on the pipeline's branch; undefined where nobody can tell. */
  readonly onBranch?: boolean;
}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** The commit, tag or branch that is meant: one of them, or none for what is on the pipeline's branch now. */
export function onlyOne({ commit, tag, branch }: Wanted): void {
  const given = [
    commit !== undefined && "--commit",
    tag !== undefined && "--tag",
    branch !== undefined && "--branch",
  ].filter((each) => each !== false);
  if (given.length > 1) throw new Refusal(`${given.join(" and ")} exclude each other: give one of them`);
  if (commit !== undefined && !COMMIT.test(commit))
    throw new Refusal(
      `--commit ${commit}: write the commit's whole id, 40 or 64 hexadecimal digits (git rev-parse ${commit})`,
    );
}

/** Where git finds it; undefined where settings do not say on which server it is. */
const remoteOf = ({ part, pipeline: { source } }: PipelinePlace): string | undefined =>
  source.kind === "codecommit"
    ? cloneUrl(part.settings.scope, source)
    : source.kind === "github"
      ? `https://github.com/${source.repository}.git`
      : undefined;

/** Branches or tags with their commits, as `git ls-remote` lists them; `^{}` is what an annotated tag points at. */
async function references(
  desk: Desk,
  place: PipelinePlace,
  kind: "heads" | "tags",
): Promise<Map<string, string>> {
  const remote = remoteOf(place);
  if (remote === undefined)
    throw new Refusal(
      `settings do not say on which server ${place.pipeline.source.repository} is: give --commit`,
    );
  let listed: string;
  try {
    listed = await desk.git("ls-remote", "--", remote, `refs/${kind}/*`);
  } catch (error) {
    const [, said = messageOf(error)] = messageOf(error).split("\n");
    throw new Refusal(`git cannot read ${remote} (${printable(said)}): give --commit, or let git read it`);
  }
  const found = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const [sha = "", name = ""] = line.split("\t");
    const short = name.replace(`refs/${kind}/`, "");
    if (COMMIT.test(sha)) found.set(short.replace(/\^\{\}$/, ""), sha); // the peeled line comes after the tag's own
  }
  return found;
}

async function referenced(
  desk: Desk,
  place: PipelinePlace,
  kind: "heads" | "tags",
  name: string,
): Promise<string> {
  const known = await references(desk, place, kind);
  const what = kind === "heads" ? "branch" : "tag";
  const found = known.get(name);
  if (found === undefined)
    throw new Refusal(
      `${place.pipeline.source.repository} has no ${what} ${name}: ${didYouMean(name, [...known.keys()])}see git ls-remote`,
    );
  return found;
}

const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** The commit's message. */
async function messageIn(
  client: CodeCommitClient,
  repositoryName: string,
  commitId: string,
): Promise<string> {
  try {
    const { commit } = await client.send(new GetCommitCommand({ repositoryName, commitId }));
    return commit?.message ?? "";
  } catch (error) {
    if (isNamed(error, "CommitIdDoesNotExistException", "InvalidCommitIdException"))
      throw new Refusal(`CodeCommit repository ${repositoryName} has no commit ${commitId}: push it first`);
    throw error;
  }
}

/** What CodeCommit says of a commit, of the pipeline's branch and, where that has it not, of the others. */
async function inCodeCommit(
  desk: Desk,
  client: CodeCommitClient,
  place: PipelinePlace,
  { repository, branch }: Source & { kind: "codecommit" },
  commitId: string,
): Promise<Found> {
  const message = await messageIn(client, repository, commitId);
  const subject = printable(message.split("\n")[0] ?? "");
  const found = { commit: commitId, ...(subject !== "" && { subject }) };
  const onBranch = await heldBy(client, repository, commitId, branch);
  if (onBranch === undefined)
    return {
      ...found,
      notes: [`it is too far from branch ${branch} for CodeCommit to say whether that holds it`],
    };
  if (onBranch) return { ...found, onBranch, notes: [`it is on branch ${branch}`] };
  // The project's policies let nobody list CodeCommit's branches; git lists them to whoever may pull.
  const heads = await references(desk, place, "heads").catch(() => undefined);
  const others = heads && [...heads.keys()].filter((name) => name !== branch).sort();
  return {
    ...{ ...found, onBranch },
    notes: [
      `it is NOT on branch ${branch}, which this pipeline releases`,
      others
        ? await othersHolding(client, repository, commitId, others)
        : "which other branches hold it is not known here: git cannot read the repository",
    ],
  };
}

/** What is known of a commit behind a connection: AWS tells nobody which there are, git whoever may read. */
async function behindConnection(desk: Desk, place: PipelinePlace, commit: string): Promise<Found> {
  const { branch, repository } = place.pipeline.source;
  const remote = remoteOf(place);
  const holding = remote === undefined ? undefined : await branchesHolding(desk, remote, commit);
  if (holding === undefined)
    return {
      commit,
      notes: [
        "whether the repository has it, and on which branch, is not known here: the stage Source fails where it has not",
      ],
    };
  const onBranch = holding.includes(branch);
  const others = holding.filter((name) => name !== branch);
  const notes = onBranch
    ? [`it is on branch ${listed([branch, ...others])}`]
    : [
        `it is NOT on branch ${branch}, which this pipeline releases`,
        others.length > 0
          ? `it is on ${listed(others)}`
          : `no branch of ${repository} holds it: the stage Source fails where the repository has it not`,
      ];
  return { commit, onBranch, notes };
}

/** The commit that is meant. Throws a Refusal where the source has none such. */
export async function findCommit(
  desk: Desk,
  client: () => CodeCommitClient,
  place: PipelinePlace,
  { commit, tag, branch }: Wanted,
): Promise<Found> {
  const { source } = place.pipeline;
  if (source.kind === "codecommit") {
    const of = async (branchName: string): Promise<string> => {
      try {
        const answer = await client().send(
          new GetBranchCommand({ repositoryName: source.repository, branchName }),
        );
        return answer.branch?.commitId ?? "";
      } catch (error) {
        if (isNamed(error, "BranchDoesNotExistException"))
          throw new Refusal(
            `CodeCommit repository ${source.repository} has no branch ${branchName}: push it first`,
          );
        throw error;
      }
    };
    const id =
      commit ??
      (tag === undefined ? await of(branch ?? source.branch) : await referenced(desk, place, "tags", tag));
    return inCodeCommit(desk, client(), place, source, id);
  }
  const id =
    commit ??
    (tag === undefined
      ? await referenced(desk, place, "heads", branch ?? source.branch)
      : await referenced(desk, place, "tags", tag));
  if (commit === undefined && tag === undefined && (branch ?? source.branch) === source.branch)
    return { commit: id, onBranch: true, notes: [`it is the head of branch ${source.branch}`] };
  return behindConnection(desk, place, id);
}
