import type { World } from "../../../access/estate/world";
import { type Alike, EACH, type NameList, type Together } from "../alike";
import { count, html, type Html } from "../html";
import { filter, section, type Section } from "../parts";
import type { Allowed, Arrow, Reach } from "../reach/arrows";
import { actionList, type Book, reference } from "../statements";
import type { Thing } from "../reach/thing";

/** What is allowed on one resource by the same statements is told at once. */
function groups(book: Book, calls: readonly Allowed[]): Html {
  const found = new Map<string, Allowed[]>();
  for (const call of calls) {
    const key = JSON.stringify([call.resource, call.answer.by.map(({ policy, sid }) => [policy, sid])]);
    found.set(key, [...(found.get(key) ?? []), call]);
  }
  return html`<ul>
    ${[...found.values()].map((all) => {
      const [first] = all;
      if (!first) return html``;
      const verbs = [...new Set(all.map(({ verb }) => verb))].join(", ");
      const by = first.answer.by.map(
        (each, index) => html`${index > 0 ? " + " : ""}${reference(book, each)}`,
      );
      return html`<li>
        ${verbs}: ${actionList(all.map(({ action }) => action))} on <code>${first.resource}</code>, by ${by}
      </li>`;
    })}
  </ul>`;
}

const arrowEntry = (book: Book, { from, to, verbs, calls }: Arrow): Html =>
  html`<h3>${from.name} → ${to.name}</h3>
    <p>${from.kind} in ${from.account} <b>${verbs.join(", ")}</b> ${to.kind} in ${to.account}</p>
    ${EACH}${groups(book, calls)}`;

const ways = (
  heading: string,
  arrows: readonly Arrow[],
  idOf: (id: string) => string,
  other: (arrow: Arrow) => Thing,
): Html =>
  arrows.length === 0
    ? html``
    : html`<h4>${heading}</h4>
        <ul>
          ${arrows.map((each) => html`<li>${each.verbs.join(", ")}: <a href="#${idOf(each.id)}">${other(each).name}</a></li>`)}
        </ul>`;

const policies = (
  book: Book,
  heading: string,
  statements: readonly { policy: string; sid: string; effect: "Allow" | "Deny" }[],
): Html =>
  statements.length === 0
    ? html``
    : html`<h4>${heading}</h4>
        <ul class="statements">
          ${statements.map((each) => html`<li>${reference(book, each)}</li>`)}
        </ul>`;

function thingEntry(
  book: Book,
  { model }: World,
  { arrows }: Reach,
  idOf: (id: string) => string,
  thing: Thing,
): Html {
  const { name, kind, account, stack, arns, notes, role, policy } = thing;
  const boundary = model.managed.get(role?.boundary ?? "");
  const trusted = thing.shape === "people" ? [] : (role?.trust.statements ?? []);
  return html`<h3>${name}</h3>
    <p>${kind}, account ${account}${stack === undefined ? "" : `, stack ${stack}`}</p>
    ${EACH}
    <ul class="codes">
      ${thing.shape === "people" ? html`` : html`<li><code>${arns[0]}</code></li>`}${notes.map((each) => html`<li><code>${each}</code></li>`)}
    </ul>
    ${ways(
      "Reaches",
      arrows.filter(({ from }) => from === thing),
      idOf,
      ({ to }) => to,
    )}${ways(
      "Is reached by",
      arrows.filter(({ to }) => to === thing),
      idOf,
      ({ from }) => from,
    )}${policies(book, "Who may take it (trust)", trusted)}${policies(book, "What it may", role?.identity.flatMap(({ statements }) => statements) ?? [])}${policies(book, "The most it may (boundary)", boundary?.statements ?? [])}${policies(book, "Its own policy", policy?.statements ?? [])}`;
}

/** What the pictures show, in words, and where each of it is told. */
export interface Entries {
  readonly things: Html;
  readonly arrows: Html;
  readonly counts: { readonly things: number; readonly arrows: number };
  readonly idOf: (id: string) => string;
}

interface Named {
  readonly id: string;
}

const entry = ({ first: { id }, text }: Alike<Named>): Html =>
  html`<article class="entry" id="${id}">${text}</article> `;

/** Entries of everything in the pictures, those that differ in names alone together. */
export function entriesOf(
  book: Book,
  world: World,
  things: readonly Thing[],
  reach: Reach,
  together: Together,
): Entries {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => ids.get(id) ?? id;
  function told<Item extends Named>(items: readonly Item[], written: (item: Item) => Html): Html {
    const all = together.of(items, written);
    for (const { first, members } of all) for (const { id } of members) ids.set(id, first.id);
    return html`${all.map(entry)}`;
  }
  // Arrows first: things refer to them.
  const arrows = told(reach.arrows, (each) => arrowEntry(book, each));
  return {
    arrows,
    things: told(things, (each) => thingEntry(book, world, reach, idOf, each)),
    counts: { things: things.length, arrows: reach.arrows.length },
    idOf,
  };
}

const nameList = ({ id, heads, lines }: NameList): Html =>
  html`<article class="entry" id="${id}">
    <h3>${heads.join(", ")}</h3>
    <ul class="codes">
      ${lines.map((line) => html`<li>${line.join(", ")}</li> `)}
    </ul>
  </article> `;

/** Everything in the pictures as text, and every statement once: the script takes the panels from here. */
export const referenceSection = (
  book: Book,
  { things, arrows, counts }: Entries,
  together: Together,
): Section =>
  section(
    "reference",
    "Reference",
    html`<p>
        Everything that the pictures show, in words, and every policy statement of every stack and template.
      </p>
      <details>
        <summary><b>${count(counts.things, "principal or resource", "principals and resources")}</b></summary>
        ${things}
      </details>
      <details>
        <summary><b>${count(counts.arrows, "arrow")}</b></summary>
        ${arrows}
      </details>
      <details>
        <summary><b>${count(book.size, "statement")}</b></summary>
        ${filter("reference", "statements")}
        <div data-filtered="reference">${book.statements.map(({ block }) => block)}</div>
      </details>
      ${
        together.names.length === 0
          ? html``
          : html`<details>
              <summary><b>${count(together.names.length, "list of names", "lists of names")}</b></summary>
              <p>
                What differs in names alone is told once, with <code>{environment}</code> where each has its
                own.
              </p>
              ${together.names.map(nameList)}
            </details> `
      } `,
  );
