import { EACH, type Together } from "../alike";
import { count, html } from "../html";
import type { AccessResult } from "../../../access/matrix/judge";
import { filter, findingList, section, type Section, table } from "../parts";
import { actionList } from "../statements";

/** The complete list of who may do what. */
export function charterSection(
  { rows, asked, decided, findings, unused }: AccessResult,
  together: Together,
): Section {
  const told = together.of(
    rows,
    ({ who, may, on, when, why }) =>
      html`<td>${who}</td>
        <td>${actionList(may)}</td>
        <td>${on}</td>
        <td>${when}</td>
        <td>${why}${EACH}</td>`,
  );
  const body = html`<tbody>
    ${told.map(
      ({ text }) =>
        html`<tr>
          ${text}
        </tr> `,
    )}
  </tbody>`;
  return section(
    "charter",
    "Access matrix: who may do what",
    html`<p>
        Written by hand, not generated from the policies, and complete: whatever is not in this list must be
        denied. ${count(asked, "question")} of who may do what on what have an answer here;
        ${decided.toLocaleString("en")} were decided one by one, under each condition, and no statement speaks
        of the others.
        <code>npm run access -- matrix</code> writes it as CSV.
      </p>
      ${findingList([...findings, ...unused])}${filter("charter", "rows")}
      <details>
        <summary><b>${count(rows.length, "row")}</b></summary>
        <div data-filtered="charter">
          ${table("Access matrix", ["who", "may", "on", "when", "why"], body)}
        </div>
      </details> `,
  );
}
