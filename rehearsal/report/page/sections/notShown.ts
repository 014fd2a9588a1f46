import type { PageInput, Size } from "../input";
import { html } from "../html";
import { badge, section, type Section, table } from "../parts";

/** What this report cannot tell, and what would. */
export const notShownSection = (items: PageInput["notShown"]): Section =>
  section(
    "not-shown",
    "Not covered",
    html`<p>Nothing here ran against AWS. What that leaves open, and what closes it:</p>
      ${table(
        "Not covered",
        ["not covered", "covered by"],
        html`<tbody>
          ${items.map(
            ({ what, shownBy }) =>
              html`<tr>
                <td>${what}</td>
                <td>${shownBy}</td>
              </tr> `,
          )}
        </tbody>`,
      )}`,
  );

/** How near documents come to AWS's limits. */
export const sizesSection = (sizes: readonly Size[]): Section =>
  section(
    "sizes",
    "Sizes",
    table(
      "Sizes",
      ["document", "size", "limit", "used"],
      html`<tbody>
        ${sizes.map(
          ({ policy, size, limit }) =>
            html`<tr>
              <td>${policy}</td>
              <td class="number">${size.toLocaleString("en")}</td>
              <td class="number">${limit.toLocaleString("en")}</td>
              <td class="number">
                ${Math.round((100 * size) / limit)} %${size > limit ? badge(false, "too large") : html``}
              </td>
            </tr> `,
        )}
      </tbody>`,
    ),
  );
