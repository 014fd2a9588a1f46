import type { World } from "../../../access/estate/world";
import { count, html, type Html } from "../html";
import { filter, section, type Section } from "../parts";
import type { Allowed, Arrow, Reach } from "../reach/arrows";
import { actionList, type Book, reference, statementBlock } from "../statements";
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

const arrowEntry = (book: Book, { id, from, to, verbs, calls }: Arrow): Html =>
  html`<article class="entry" id="${id}">
    <h3>${from.name} → ${to.name}</h3>
    <p>${from.kind} in ${from.account} <b>${verbs.join(", ")}</b> ${to.kind} in ${to.account}</p>
    ${groups(book, calls)}
  </article> `;

const ways = (heading: string, arrows: readonly Arrow[], other: (arrow: Arrow) => Thing): Html =>
  arrows.length === 0
    ? html``
    : html`<h4>${heading}</h4>
        <ul>
          ${arrows.map((each) => html`<li>${each.verbs.join(", ")}: <a href="#${each.id}">${other(each).name}</a></li>`)}
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

function thingEntry(book: Book, { model }: World, { arrows }: Reach, thing: Thing): Html {
  const { id, name, kind, account, stack, arns, notes, role, policy } = thing;
  const boundary = model.managed.get(role?.boundary ?? "");
  const trusted = thing.shape === "people" ? [] : (role?.trust.statements ?? []);
  return html`<article class="entry" id="${id}">
    <h3>${name}</h3>
    <p>${kind}, account ${account}${stack === undefined ? "" : `, stack ${stack}`}</p>
    <ul class="codes">
      ${thing.shape === "people" ? html`` : html`<li><code>${arns[0]}</code></li>`}${notes.map((each) => html`<li><code>${each}</code></li>`)}
    </ul>
    ${ways(
      "Reaches",
      arrows.filter(({ from }) => from === thing),
      ({ to }) => to,
    )}${ways(
      "Is reached by",
      arrows.filter(({ to }) => to === thing),
      ({ from }) => from,
    )}${policies(book, "Who may take it (trust)", trusted)}${policies(book, "What it may", role?.identity.flatMap(({ statements }) => statements) ?? [])}${policies(book, "The most it may (boundary)", boundary?.statements ?? [])}${policies(book, "Its own policy", policy?.statements ?? [])}
  </article> `;
}

/** Everything in the pictures as text, and every statement once: the script takes the panels from here. */
export const referenceSection = (book: Book, world: World, things: readonly Thing[], reach: Reach): Section =>
  section(
    "reference",
    "Reference",
    html`<p>
        Everything that the pictures show, in words, and every policy statement of every stack and template.
      </p>
      <details>
        <summary><b>${count(things.length, "principal or resource", "principals and resources")}</b></summary>
        ${things.map((each) => thingEntry(book, world, reach, each))}
      </details>
      <details>
        <summary><b>${count(reach.arrows.length, "arrow")}</b></summary>
        ${reach.arrows.map((each) => arrowEntry(book, each))}
      </details>
      <details>
        <summary><b>${count(book.statements.length, "statement")}</b></summary>
        ${filter("reference", "statements")}
        <div data-filtered="reference">${book.statements.map(statementBlock)}</div>
      </details> `,
  );
