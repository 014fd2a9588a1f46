import type { ThreatResult } from "../../../access/threats/run";
import { subjectOf } from "../../../access/threats/scenarios";
import { count, html, type Html } from "../html";
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
      <h4><span class="number">${index + 1}</span> ${threat.title}</h4>
      ${verdict(threat)}
    </summary>
    ${threat.applicable ? told(book, threat) : html`<p class="story">Not applicable: ${threat.notApplicable ?? "these settings have no such thing"}.</p>`}
  </details> `;

/** Scenarios of one subject: those that were tried, then those that these settings have no place for. */
function subject(book: Book, name: string, threats: readonly Numbered[]): Html {
  const tried = threats.filter(({ threat }) => threat.applicable);
  const idle = threats.filter(({ threat }) => !threat.applicable);
  const failed = tried.filter(({ threat }) => !isProven(threat)).length;
  const item = ({ threat, index }: Numbered): Html => threatItem(book, threat, index);
  return html`<h3>
      ${name}
      ${tried.length === 0 ? html`` : failed === 0 ? badge(true, `${tried.length} blocked`) : badge(false, `${failed} of ${tried.length} not blocked`)}
    </h3>
    ${tried.map(item)}${
      idle.length === 0
        ? html``
        : html`<details class="idle">
            <summary><span class="muted">${count(idle.length, "scenario")} of other settings</span></summary>
            ${idle.map(item)}
          </details>`
    } `;
}

interface Numbered {
  readonly threat: ThreatResult;
  readonly index: number;
}

/** Each scenario: what was tried, what refuses it, and the one change that would let it through. */
export function threatsSection(book: Book, threats: readonly ThreatResult[]): Section {
  const groups = new Map<string, Numbered[]>();
  threats.forEach((threat, index) => {
    const name = subjectOf(threat.id);
    groups.set(name, [...(groups.get(name) ?? []), { threat, index }]);
  });
  return section(
    "threats",
    "Threat scenarios",
    html`<p>
        Each was tried against the policies that the stacks register. One counts only if a single changed
        statement would let it through: that shows that this statement is what blocks it.
      </p>
      ${filter("threats", "threat scenarios")}
      <div data-filtered="threats">${[...groups].map(([name, own]) => subject(book, name, own))}</div> `,
  );
}
