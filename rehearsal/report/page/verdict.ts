import { count, html, type Html } from "./html";
import type { PageInput } from "./input";
import { isProven } from "./sections/threats";

export interface Verdict {
  readonly held: boolean;
  /** In one line. */
  readonly line: Html;
  /** What was looked at. */
  readonly counts: readonly { readonly number: number; readonly what: string; readonly section: string }[];
}

/** What did not hold, with the section that tells it. */
interface Fault {
  readonly text: string;
  readonly section: string;
}

const linked = ({ text, section }: Fault, index: number): Html =>
  html`${index > 0 ? ", " : ""}<a href="#${section}">${text}</a>`;

const some = (number: number, one: string, section: string, many?: string): Fault[] =>
  number === 0 ? [] : [{ text: count(number, one, many), section }];

function faultsOf({ act1, walk, charter, threats, release }: PageInput): Fault[] {
  const denied = walk?.calls.filter(({ answer }) => answer.verdict !== "allowed").length ?? 0;
  // Each denied call is a finding too; what is left could not be decided.
  const others = Math.max(0, (walk?.findings.length ?? 0) - denied);
  const charterFaults = charter ? charter.findings.length + charter.unused.length : 0;
  return [
    ...some(act1.findings.length, "finding about the stacks", "findings", "findings about the stacks"),
    ...some(denied, "simulated call is denied", "walk", "simulated calls are denied"),
    ...some(others, "finding about simulated calls", "walk", "findings about simulated calls"),
    ...some(
      charterFaults,
      "deviation from the access matrix",
      "charter",
      "deviations from the access matrix",
    ),
    ...some(
      threats?.filter((each) => !isProven(each)).length ?? 0,
      "threat scenario is not blocked, or is inconclusive",
      "threats",
      "threat scenarios are not blocked, or are inconclusive",
    ),
    ...(typeof release !== "string" && release.stopped
      ? [{ text: `the release stopped at ${release.stopped.at}`, section: "release" }]
      : []),
  ];
}

/** How it all ended. */
export function verdictOf(input: PageInput): Verdict {
  const { act1, walk, charter, threats, release } = input;
  const applicable = threats?.filter((each) => each.applicable) ?? [];
  const faults = faultsOf(input);
  const missing = [
    ...(walk && charter && threats ? [] : ["access was not judged"]),
    ...(typeof release === "string" ? ["nothing was released"] : []),
  ];
  const all =
    missing.length === 0
      ? html`OK: every check passed.`
      : html`OK as far as it was checked, but ${missing.join(" and ")}.`;
  return {
    held: faults.length === 0,
    line: faults.length === 0 ? all : html`Failed: ${faults.map(linked)}.`,
    counts: [
      { number: act1.runs.length, what: "stacks brought up", section: "stacks" },
      { number: act1.verdicts.length, what: "rules that AWS applies", section: "stacks" },
      ...(walk ? [{ number: walk.calls.length, what: "simulated calls of releases", section: "walk" }] : []),
      ...(threats
        ? [
            {
              number: applicable.filter(isProven).length,
              what: `of ${applicable.length} threat scenarios blocked`,
              section: "threats",
            },
          ]
        : []),
      ...(charter
        ? [{ number: charter.asked, what: "questions of access decided", section: "charter" }]
        : []),
    ],
  };
}

/** `2026-11-26 10:30 UTC` */
const moment = (date: Date): string => `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** Head of the page: what this is, how it ended, what was counted, what it does not tell. */
export function masthead(
  { project, made, act1, notShown }: PageInput,
  { held, line, counts }: Verdict,
): Html {
  const accounts = new Set(act1.runs.flatMap(({ account }) => account ?? []));
  return html`<header class="masthead">
    <p class="eyebrow">Rehearsal without AWS</p>
    <h1>${project}: who can do what, and what a release does</h1>
    <p class="lede">
      The programs of ${count(act1.runs.length, "stack")} in ${count(accounts.size, "account")} were run, and
      the policies that they register were asked: whether each call of a release is allowed, by which
      statement, and whether everything else is denied. Nothing was asked of AWS.
    </p>
    <p class="verdict ${held ? "good" : "bad"}">
      <span aria-hidden="true">${held ? "✓" : "✕"}</span> ${line}
    </p>
    <dl class="counts">
      ${counts.map(
        ({ number, what, section }) =>
          html`<div>
            <dt><a href="#${section}">${what}</a></dt>
            <dd>${number.toLocaleString("en")}</dd>
          </div>`,
      )}
    </dl>
    <dl class="facts made">
      <div>
        <dt>Made</dt>
        <dd>${moment(made.at)}</dd>
      </div>
      <div>
        <dt>By</dt>
        <dd>delivery ${made.version}, commit <code>${made.commit ?? "unknown"}</code></dd>
      </div>
      <div>
        <dt>From stack files</dt>
        <dd><code>${made.settings}</code> <span class="muted">(cat Pulumi.*.yaml | sha256sum)</span></dd>
      </div>
    </dl>
    <p class="caveat">
      <a href="#not-shown">${count(notShown.length, "thing is", "things are")} not covered here</a>, with what
      covers each.
    </p>
  </header> `;
}
