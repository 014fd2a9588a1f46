import { html, type Html } from "../html";
import { section, type Section } from "../parts";
import { draw } from "../picture/draw";
import type { Layout } from "../picture/layout";
import type { Reach } from "../reach/arrows";

export interface Drawn {
  readonly title: string;
  /** The title, and the names of those that it is drawn for. */
  readonly heading: Html;
  readonly members: number;
  readonly layout: Layout;
}

const KINDS = [
  ["role", "takes or passes a role"],
  ["start", "starts, stops, approves"],
  ["deploy", "plans, executes, deletes a deployment"],
  ["data", "reads, writes, pulls, pushes, decrypts"],
] as const;

const legend = html`<div class="legend" role="group" aria-label="Kinds of arrows">
  ${KINDS.map(
    ([kind, words]) =>
      html`<button type="button" class="${kind}" data-toggles="${kind}" aria-pressed="true">
        <span aria-hidden="true">→</span> ${words}
      </button>`,
  )}
</div> `;

const figure = ({ title, layout }: Drawn, idOf: (id: string) => string): Html =>
  html`<div class="canvas" tabindex="0" role="region" aria-label="Picture: ${title}">
    ${draw(layout, title, idOf)}
  </div> `;

const unanswered = ({ open }: Reach): Html =>
  open.size === 0
    ? html``
    : html`<p class="failed">Not drawn, since there is no answer:</p>
        <ul class="findings">
          ${[...open].map(([reason, times]) => html`<li>${reason} (${times})</li>`)}
        </ul>`;

/** The accounts, what is in them, and who may reach whom; one picture for each pipeline, or for each of its environments. */
export function pictureSection(drawn: readonly Drawn[], reach: Reach, idOf: (id: string) => string): Section {
  const one = drawn.length === 1;
  return section(
    "picture",
    "Who may reach whom",
    html`<p>
        An arrow stands where the policies of <em>both</em> sides allow it; there is none where one is
        missing. Open anything, by click or with Enter, to read the statements that make it. Not drawn:
        writing one's own logs and reports, and what is done inside a service's stack.
      </p>
      ${unanswered(reach)}
      <p><a class="skip" href="#after-picture">Skip the picture</a></p>
      <figure>
        ${legend}${drawn.map((each, index) =>
          one
            ? figure(each, idOf)
            : html`<details${index === 0 ? html` open` : html``}><summary><h3>${each.heading}</h3></summary>
${each.members === 1 ? html`` : html`<p>Drawn once, as it is in ${each.title}: the others differ in names alone.</p>`}
${figure(each, idOf)}</details>
`,
        )}
      </figure>
      <p id="after-picture" tabindex="-1" class="muted">
        The same in words is in the <a href="#reference">reference</a>.
      </p> `,
  );
}
