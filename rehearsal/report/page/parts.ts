import type { Answer } from "../../../packages/iam/src/evaluate/decide";
import { html, type Html } from "./html";
import { type Book, reference } from "./statements";

/** A verdict as a word with a mark: colour alone tells nothing. */
export const badge = (good: boolean, word: string): Html =>
  html`<span class="badge ${good ? "good" : "bad"}">${good ? "✓" : "✕"} ${word}</span>`;

/** What decides: the statements that allow, the one that forbids, or what is missing. */
export function reasons(book: Book, { verdict, by, missing }: Answer): Html {
  const statements = html`${by.map((each, index) => html`${index > 0 ? " + " : ""}${reference(book, each)}`)}`;
  if (verdict === "allowed")
    return by.length > 0 ? statements : html`<span class="muted">root of its own account</span>`;
  return by.length > 0
    ? html`denied by ${statements}`
    : html`no ${missing.join(" and no ")} policy allows it`;
}

/** What a request says beyond who asks for what. */
export function spoken(context: Readonly<Record<string, string | readonly string[]>>): Html {
  const pairs = Object.entries(context).map(([key, value]) => `${key} = ${[value].flat().join(", ")}`);
  return pairs.length === 0 ? html`` : html`<small>with ${pairs.join("; ")}</small>`;
}

/** A link to a page, for https alone: what settings or templates say is never one. */
export const link = (address: string, text: string): Html =>
  /^https:\/\//.test(address) ? html`<a href="${address}" rel="noreferrer">${text}</a>` : html`${text}`;

/** A table that scrolls by itself where it is too wide. */
export const table = (caption: string, head: readonly string[], body: Html): Html =>
  html`<div class="wide" tabindex="0" role="region" aria-label="${caption}">
    <table${head.length > 3 ? html` class="many"` : html``}>
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((each) => html`<th scope="col">${each}</th>`)}
        </tr>
      </thead>
      ${body}
    </table>
  </div> `;

/** A search field for the rows, or the folded parts, of a section. The script makes it work and visible. */
export const filter = (section: string, what: string): Html =>
  html`<p class="filter" hidden>
    <label
      >Filter ${what} <input type="search" data-filters="${section}" autocomplete="off" spellcheck="false"
    /></label>
    <output aria-live="polite"></output>
  </p> `;

/** Findings, one in a line, folded where they are many; nothing where there are none. */
export function findingList(findings: readonly string[]): Html {
  if (findings.length === 0) return html``;
  const list = html`<ul class="findings">
    ${findings.map((each) => html`<li>${each}</li> `)}
  </ul> `;
  if (findings.length <= 5) return list;
  return html`<details>
    <summary>${badge(false, `${findings.length} findings`)}</summary>
    ${list}
  </details> `;
}

/** A section of the report. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly body: Html;
}

export const section = (id: string, heading: string, body: Html): Section => ({ id, heading, body });

/** A section with its heading. */
export const rendered = ({ id, heading, body }: Section): Html =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    ${body}
  </section> `;
