/** How pipelines are shown on a terminal: lines of this width, from 80 characters on. Pure. */
import { styleText } from "node:util";
import { NARROWEST, wrapped } from "../../rehearsal/record/wrapped";
import type { Overview } from "./overview";
import type { Deployed, Release } from "./releases";

export interface Look {
  readonly columns: number;
  readonly colours: boolean;
  readonly now: Date;
}

/** As much of a commit or run as people say aloud; 12 of a digest, as Docker shows it. */
const [SHORT, DIGEST] = [8, 12];

export const short = (id: string | undefined): string => id?.slice(0, SHORT) ?? "-";
const code = (digest: string | undefined): string => digest?.replace(/^sha256:/, "").slice(0, DIGEST) ?? "-";

/** `2026-11-26 10:30 UTC` */
export const moment = (date: Date): string => `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** `3 min`: how long ago, in whole units. */
export function age(since: Date, now: Date): string {
  const passed = Math.max(0, now.getTime() - since.getTime());
  const [unit, length] = UNITS.find(([, each]) => passed >= each) ?? ["s", 1000];
  return `${Math.floor(passed / length)} ${unit}`;
}

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;

/** What is to be copied stays on one line. */
const whole = (command: string): string => command.replaceAll(" ", "\u00a0");

/** `1a2b3c4d Adds a filter` */
export const named = ({ commit, subject }: Pick<Release, "commit" | "subject">): string =>
  [short(commit), ...(subject === undefined ? [] : [subject])].join(" ");

const HEAD = ["commit", "since", "run", "code", "subject"] as const;

function rows(
  name: string,
  all: readonly { name: string; deployed?: Deployed | undefined }[],
  { columns, now }: Look,
): string[] {
  const width = Math.max(name.length, ...all.map((each) => each.name.length));
  const line = (
    first: string,
    [commit, since, run, digest, subject]: readonly [string, string, string, string, string],
  ) =>
    cut(
      `  ${first.padEnd(width)}  ${commit.padEnd(SHORT)}  ${since.padEnd(6)}  ${run.padEnd(SHORT)}  ${digest.padEnd(DIGEST)}  ${subject}`.trimEnd(),
      columns,
    );
  return [
    line(name, HEAD),
    ...all.map(({ name: first, deployed }) =>
      deployed
        ? line(first, [
            short(deployed.commit),
            age(deployed.since, now),
            short(deployed.run),
            code(deployed.digest),
            `${deployed.promoted ? "" : "(not verified) "}${deployed.subject ?? ""}`,
          ])
        : `  ${first.padEnd(width)}  nothing that CodePipeline remembers`,
    ),
  ];
}

/** `for ops@example.com`; settings name nobody where those who may are told otherwise. */
const whom = (overview: Overview, environment: string): string => {
  const approvers = overview.environments.find((each) => each.environment === environment)?.approvers ?? [];
  return approvers.length > 0 ? approvers.join(", ") : "whoever may approve";
};

export function pipelineScreen(overview: Overview, look: Look): string[] {
  const { now, colours } = look;
  const columns = Math.max(NARROWEST, look.columns);
  const paint = (colour: "red" | "yellow" | "bold", text: string): string =>
    colours ? styleText(colour, text) : text;
  const told = (colour: "red" | "yellow" | undefined, what: string, text: string): string[] => {
    const [first = "", ...rest] = wrapped(`  ${whole(what.padEnd(7))}  ${text}`, columns, " ".repeat(11));
    return [colour ? first.replace(what, paint(colour, what)) : first, ...rest];
  };
  const title = `${overview.pipeline}  ${overview.source}`;
  if (!overview.up)
    return [paint("bold", title), ...told("yellow", "missing", `it is not up yet: ${whole("npm run up")}`)];
  const { ended } = overview;
  return [
    paint("bold", title),
    ...rows(
      "environment",
      overview.environments.map(({ environment, deployed }) => ({ name: environment, deployed })),
      { ...look, columns },
    ),
    ...(overview.branches === undefined
      ? []
      : overview.branches.length === 0
        ? ["  no branch was deployed lately"]
        : rows(
            "branch",
            overview.branches.map(({ branch, deployed }) => ({ name: cut(branch, 24), deployed })),
            { ...look, columns },
          )),
    ...overview.underWay.flatMap((each) => {
      const what = `run ${short(each.run)}`;
      const release = `: ${named(each)}`;
      if (each.approval) {
        const { environment, until } = each.approval;
        const waits = `${what} asks ${whom(overview, environment)} about ${environment} until ${moment(until)}${release}`;
        const stale = each.stale.map(short).join(", ");
        return [
          ...told("yellow", "waits", waits),
          ...(stale === ""
            ? []
            : told(
                "yellow",
                "stale",
                `newer runs wait behind that approval (${stale}): ${
                  overview.endsStaleApprovals
                    ? "the clean-up job stops its run, which takes a minute"
                    : whole(`npm run reject -- ${overview.pipeline} ${environment}`)
                }`,
              )),
        ];
      }
      return each.action === undefined
        ? told(
            undefined,
            "queued",
            `${what} waits for stage ${each.stage}, ${age(each.since, now)}${release}`,
          )
        : told(
            undefined,
            "runs",
            `${what} is in ${each.stage}/${each.action}, ${age(each.since, now)}${release}`,
          );
    }),
    ...(ended
      ? told(
          ended.status === "Failed" ? "red" : "yellow",
          ended.status.toLowerCase(),
          `run ${short(ended.run)}${ended.stage === undefined ? "" : ` in ${ended.stage}/${ended.action ?? ""}`}, ` +
            `${age(ended.at, now)} ago: ${named(ended)}${ended.reason === undefined || ended.reason === "" ? "" : `: ${ended.reason}`}`,
        )
      : []),
  ];
}
