import type { ThreatResult } from "../../../access/threats/run";
import { html, type Html } from "../html";
import { badge, filter, reasons, section, type Section, spoken, table } from "../parts";
import type { Book } from "../statements";

type Step = ThreatResult["steps"][number];

/** Refused, and would succeed if one statement were different: one that nothing lets through proves nothing. */
export const isProven = ({ applicable, refused, succeedsWithChange }: ThreatResult): boolean =>
  !applicable || (refused && succeedsWithChange);

const step = (book: Book, { who, action, resource, context, answer }: Step): Html =>
  html`<tr>
    <td>${who}</td>
    <td><code>${action}</code></td>
    <td><code>${resource}</code>${spoken(context)}</td>
    <td><b>${answer.verdict}</b>: ${reasons(book, answer)}</td>
  </tr> `;

function verdict({ applicable, refused, succeedsWithChange }: ThreatResult): Html {
  if (!applicable) return html`<span class="badge">– not applicable</span>`;
  if (!refused) return badge(false, "not blocked");
  return succeedsWithChange ? badge(true, "blocked") : badge(false, "blocked, but inconclusive");
}

function told(book: Book, threat: ThreatResult): Html {
  const { story, steps, refusedBy, change, succeedsWithChange } = threat;
  return html`<p class="story">${story}</p>
    ${table(
      threat.title,
      ["who", "tries", "on", "verdict"],
      html`<tbody>
        ${steps.map((each) => step(book, each))}
      </tbody>`,
    )}
    <dl class="facts">
      <div>
        <dt>${threat.refused ? "Blocked by" : "Let through by"}</dt>
        <dd>${refusedBy}</dd>
      </div>
      <div>
        <dt>
          ${succeedsWithChange ? "One change would let it through" : "This change does not let it through"}
        </dt>
        <dd>${change}</dd>
      </div>
    </dl> `;
}

const threatItem = (book: Book, threat: ThreatResult, index: number): Html =>
  html`<details class="threat" ${isProven(threat) ? html`` : html` open`}>
    <summary>
      <h3><span class="number">${index + 1}</span> ${threat.title}</h3>
      ${verdict(threat)}
    </summary>
    ${threat.applicable ? told(book, threat) : html`<p class="story">Not applicable: ${threat.notApplicable ?? "these settings have no such thing"}.</p>`}
  </details> `;

/** Each scenario: what was tried, what refuses it, and the one change that would let it through. */
export const threatsSection = (book: Book, threats: readonly ThreatResult[]): Section =>
  section(
    "threats",
    "Threat scenarios",
    html`<p>
        Each was tried against the policies that the stacks register. One counts only if a single changed
        statement would let it through: that shows that this statement is what blocks it.
      </p>
      ${filter("threats", "threat scenarios")}
      <div data-filtered="threats">${threats.map((each, index) => threatItem(book, each, index))}</div> `,
  );
