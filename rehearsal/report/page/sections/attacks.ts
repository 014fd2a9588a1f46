import type { AttackResult } from "../../../access/threats/attack";
import { html, type Html } from "../html";
import { badge, filter, reasons, section, type Section, spoken, table } from "../parts";
import type { Book } from "../statements";

type Step = AttackResult["steps"][number];

/** Held, and would succeed if one statement were different: an attack that nothing lets through proves nothing. */
export const isProven = ({ applicable, held, succeedsWithChange }: AttackResult): boolean =>
  !applicable || (held && succeedsWithChange);

const step = (book: Book, { who, action, resource, context, answer }: Step): Html =>
  html`<tr>
    <td>${who}</td>
    <td><code>${action}</code></td>
    <td><code>${resource}</code>${spoken(context)}</td>
    <td><b>${answer.verdict}</b>: ${reasons(book, answer)}</td>
  </tr> `;

function verdict({ applicable, held, succeedsWithChange }: AttackResult): Html {
  if (!applicable) return html`<span class="badge">– not applicable</span>`;
  if (!held) return badge(false, "not blocked");
  return succeedsWithChange ? badge(true, "blocked") : badge(false, "blocked, but inconclusive");
}

function told(book: Book, attack: AttackResult): Html {
  const { story, steps, stoppedBy, change, succeedsWithChange } = attack;
  return html`<p class="story">${story}</p>
    ${table(
      attack.title,
      ["who", "tries", "on", "verdict"],
      html`<tbody>
        ${steps.map((each) => step(book, each))}
      </tbody>`,
    )}
    <dl class="facts">
      <div>
        <dt>${attack.held ? "Blocked by" : "Let through by"}</dt>
        <dd>${stoppedBy}</dd>
      </div>
      <div>
        <dt>
          ${succeedsWithChange ? "One change would let it through" : "This change does not let it through"}
        </dt>
        <dd>${change}</dd>
      </div>
    </dl> `;
}

const attackItem = (book: Book, attack: AttackResult, index: number): Html =>
  html`<details class="attack" ${isProven(attack) ? html`` : html` open`}>
    <summary>
      <h3><span class="number">${index + 1}</span> ${attack.title}</h3>
      ${verdict(attack)}
    </summary>
    ${attack.applicable ? told(book, attack) : html`<p class="story">Not applicable: ${attack.notApplicable ?? "these settings have no such thing"}.</p>`}
  </details> `;

/** Each attack: what was tried, what stopped it, and the one change that would let it through. */
export const attacksSection = (book: Book, attacks: readonly AttackResult[]): Section =>
  section(
    "attacks",
    "Threat scenarios",
    html`<p>
        Each was tried against the policies that the stacks register. One counts only if a single changed
        statement would let it through: that shows that this statement is what blocks it.
      </p>
      ${filter("attacks", "threat scenarios")}
      <div data-filtered="attacks">${attacks.map((each, index) => attackItem(book, each, index))}</div> `,
  );
