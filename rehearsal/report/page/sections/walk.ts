import type { Walk, WalkedCall } from "../../../access/calls/walk";
import { EACH, type Together } from "../alike";
import { count, html, Html } from "../html";
import { badge, filter, findingList, link, reasons, section, type Section, spoken, table } from "../parts";
import type { Book } from "../statements";

/** Groups in the order in which they first come. */
function grouped<Item>(items: readonly Item[], key: (item: Item) => string): [string, Item[]][] {
  const found = new Map<string, Item[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found];
}

/** Calls that a row tells at once: each of these actions on each of these resources. */
interface Told {
  readonly call: WalkedCall;
  readonly calls: readonly WalkedCall[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** All that two calls of one row have in common. */
const alike = ({ caller, why, source, context, answer }: WalkedCall): string =>
  JSON.stringify([
    ...[caller, why, source, context, answer.verdict, answer.missing],
    answer.by.map(({ policy, sid }) => [policy, sid]),
  ]);

const unique = (all: readonly string[]): string[] => [...new Set(all)];

/** Calls of one step, those with the same answer for the same reason together: on one resource, or on several. */
function told(calls: readonly WalkedCall[]): Told[] {
  const onOne = grouped(calls, (call) => `${call.resource}\n${alike(call)}`).flatMap(([, own]) => {
    const [call] = own;
    return call ? [{ call, calls: own, actions: unique(own.map(({ action }) => action)) }] : [];
  });
  return grouped(onOne, ({ call, actions }) => `${actions.join()}\n${alike(call)}`).flatMap(([, own]) => {
    const [first] = own;
    const resources = unique(own.map(({ call: { resource } }) => resource));
    return first ? [{ ...first, calls: own.flatMap(({ calls }) => calls), resources }] : [];
  });
}

const row = (
  book: Book,
  { call: { caller, context, why, source, answer }, actions, resources }: Told,
): Html => {
  const on = resources.map((each, index) => html`${index > 0 ? html`<br />` : html``}${each}`);
  return html`<td>${caller}</td>
    <td><code>${actions.join(", ")}</code><small>${link(source, why)}</small></td>
    <td><code>${on}</code>${spoken(context)}</td>
    <td>${badge(answer.verdict === "allowed", answer.verdict)} ${reasons(book, answer)}${EACH}</td>`;
};

const PHASES: readonly WalkedCall["phase"][] = [
  "every release",
  "first deployment",
  "update",
  "roll-back",
  "failure",
  "deletion",
];

const denied = (calls: readonly WalkedCall[]): number =>
  calls.filter(({ answer }) => answer.verdict !== "allowed").length;

const verdict = (calls: readonly WalkedCall[]): Html =>
  denied(calls) === 0 ? badge(true, "all allowed") : badge(false, `${denied(calls)} denied`);

/** A row of the table, and the calls that it tells: of one place, or of all places that differ in names alone. */
interface Row {
  readonly first: WalkedCall;
  readonly calls: readonly WalkedCall[];
  readonly isAlike: boolean;
  readonly step: Html;
  readonly row: Html;
}

/** Between what a row stands under and the row itself; no text of a report has it. */
const APART = "\u001f";

const placeOf = ({ pipeline, environment }: WalkedCall): string =>
  environment === undefined ? `${pipeline}, for all environments` : `${pipeline}, ${environment}`;

/** Rows of all places, those that differ in names alone together. */
function rowsOf(book: Book, calls: readonly WalkedCall[], together: Together): Row[] {
  const steps = grouped(calls, (call) => [placeOf(call), call.phase, call.step].join(APART));
  const all = together.of(
    steps.flatMap(([, own]) => told(own)),
    (each) => {
      const { call } = each;
      return html`${[placeOf(call), call.phase, call.step].map((under) => html`${under}${APART}`)}${row(book, each)}`;
    },
  );
  return all.map(({ first, members, text }) => {
    const [, , step = "", cells = ""] = text.text.split(APART);
    return {
      first: first.call,
      calls: members.flatMap((member) => member.calls),
      isAlike: members.length > 1,
      step: new Html(step),
      row: html`<tr>
        ${new Html(cells)}
      </tr> `,
    };
  });
}

/** One phase: its calls by step. */
function phase(where: string, name: string, rows: readonly Row[]): Html {
  const calls = rows.flatMap((each) => each.calls);
  const steps = grouped(rows, ({ step }) => step.text).map(
    ([step, own]) =>
      html`<tbody>
        <tr class="step">
          <th colspan="4" scope="rowgroup">${new Html(step)}</th>
        </tr>
        ${own.map(({ row }) => row)}
      </tbody> `,
  );
  return html`<details>
    <summary>
      <b>${name}</b> <span class="muted">${count(calls.length, "call")}</span> ${verdict(calls)}
    </summary>
    ${table(`${where}, ${name}`, ["caller", "call, and why it is made", "resource", "verdict, and by which statements"], html`${steps}`)}
  </details> `;
}

const phases = (where: string, rows: readonly Row[]): Html =>
  html`${PHASES.map((name) => {
    const own = rows.filter(({ first }) => first.phase === name);
    return own.length === 0 ? html`` : phase(where, name, own);
  })}`;

const ALIKE = "Alike in several places, but for names";

/** Every call that a release makes: what several places have in common, and then by pipeline, environment and phase. */
export function walkSection(book: Book, { calls, findings }: Walk, together: Together): Section {
  const rows = rowsOf(book, calls, together);
  const alike = rows.filter(({ isAlike }) => isAlike);
  const common = new Set(alike.flatMap((each) => each.calls));
  const places = grouped(calls, placeOf).map(([where, own]) => {
    const above = own.filter((call) => common.has(call)).length;
    return html`<h3>${where}</h3>
      ${above === 0 ? html`` : html`<p>${count(own.length, "call")} ${verdict(own)}, ${above.toLocaleString("en")} of them among those alike in several places.</p>`}
      ${phases(
        where,
        rows.filter(({ first, isAlike }) => !isAlike && placeOf(first) === where),
      )}`;
  });
  return section(
    "walk",
    "Simulated calls: each step of a release",
    html`<p>
        Every call that AWS documents a step as making, with whoever makes it, decided by the policies of both
        sides. What CloudFormation calls follows from the resources of the service's own template.
      </p>
      ${findingList(findings)}${filter("walk", "calls")}
      <div data-filtered="walk">
        ${
          alike.length === 0
            ? html``
            : html`<h3>${ALIKE}</h3>
                ${phases(ALIKE, alike)}`
        }${places}
      </div> `,
  );
}
