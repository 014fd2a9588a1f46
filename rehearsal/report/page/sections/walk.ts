import type { Walk, WalkedCall } from "../../../access/calls/walk";
import { count, html, type Html } from "../html";
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
    return call ? [{ call, actions: unique(own.map(({ action }) => action)) }] : [];
  });
  return grouped(onOne, ({ call, actions }) => `${actions.join()}\n${alike(call)}`).flatMap(([, own]) => {
    const [first] = own;
    return first ? [{ ...first, resources: unique(own.map(({ call: { resource } }) => resource)) }] : [];
  });
}

const row = (
  book: Book,
  { call: { caller, context, why, source, answer }, actions, resources }: Told,
): Html => {
  const places = resources.map((each, index) => html`${index > 0 ? html`<br />` : html``}${each}`);
  return html`<tr>
    <td>${caller}</td>
    <td><code>${actions.join(", ")}</code><br /><span class="muted">${link(source, why)}</span></td>
    <td><code>${places}</code>${spoken(context)}</td>
    <td>${badge(answer.verdict === "allowed", answer.verdict)} ${reasons(book, answer)}</td>
  </tr> `;
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

/** One phase: its calls by step. */
function phase(book: Book, where: string, name: string, calls: readonly WalkedCall[]): Html {
  const steps = grouped(calls, ({ step }) => step).map(
    ([step, own]) =>
      html`<tbody>
        <tr class="step">
          <th colspan="4" scope="rowgroup">${step}</th>
        </tr>
        ${told(own).map((each) => row(book, each))}
      </tbody> `,
  );
  return html`<details>
    <summary>
      <b>${name}</b> <span class="muted">${count(calls.length, "call")}</span> ${verdict(calls)}
    </summary>
    ${table(`${where}, ${name}`, ["caller", "call, and why it is made", "resource", "verdict, and by which statements"], html`${steps}`)}
  </details> `;
}

/** Every call that a release makes, by pipeline, environment and phase. */
export function walkSection(book: Book, { calls, findings }: Walk): Section {
  const pipelines = grouped(calls, ({ pipeline }) => pipeline);
  const parts = pipelines.map(([pipeline, own]) => {
    const environments = grouped(own, ({ environment }) => environment ?? "");
    return environments.map(([environment, theirs]) => {
      const where = environment === "" ? `${pipeline}, for all environments` : `${pipeline}, ${environment}`;
      return html`<h3>${where}</h3>
        ${PHASES.map((name) => {
          const all = theirs.filter((call) => call.phase === name);
          return all.length === 0 ? html`` : phase(book, where, name, all);
        })}`;
    });
  });
  return section(
    "walk",
    "Simulated calls: each step of a release",
    html`<p>
        Every call that AWS documents a step as making, with whoever makes it, decided by the policies of both
        sides. What CloudFormation calls follows from the resources of the service's own template.
      </p>
      ${findingList(findings)}${filter("walk", "calls")}
      <div data-filtered="walk">${parts}</div> `,
  );
}
