import type { Act1 } from "../../../bringUp/check";
import { total } from "../../../rules/rule";
import { html, type Html } from "../html";
import type { PageInput } from "../input";
import { badge, link, section, type Section, table } from "../parts";

const stacks = ({ runs, findings }: Act1): Html =>
  table(
    "Stacks",
    ["stack", "account", "Region", "resources", "components", "findings"],
    html`<tbody>
      ${runs.map(({ stack, account, region, resources }) => {
        const own = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
        const custom = own.filter(({ custom }) => custom).length;
        const found = findings.filter((each) => each.stack === stack).length;
        return html`<tr>
          <th scope="row">${stack}</th>
          <td>${account ?? "–"}</td>
          <td>${region ?? "–"}</td>
          <td class="number">${custom}</td>
          <td class="number">${own.length - custom}</td>
          <td class="number">${found}</td>
        </tr> `;
      })}
    </tbody>`,
  );

const rules = ({ verdicts }: Act1): Html =>
  table(
    "Rules",
    ["rule", "what must be true", "examined", "verdict"],
    html`<tbody>
      ${verdicts.map(
        ({ rule: { id, title, source, mayBeIdle }, examined, findings }) =>
          html`<tr>
            <td><code>${id}</code></td>
            <td>
              ${link(source, title)}${total(examined) === 0 && mayBeIdle ? html` <span class="muted">(${mayBeIdle})</span>` : html``}
            </td>
            <td class="number">${total(examined)}</td>
            <td>${findings.length === 0 ? badge(true, "ok") : badge(false, `${findings.length}`)}</td>
          </tr> `,
      )}
    </tbody>`,
  );

/** Settings as they were read: full keys, lists and maps as JSON. */
const settings = (files: PageInput["settings"]): Html =>
  html`${files.map(
    ({ stack, config }) =>
      html`<h3>${stack}</h3>
        <dl class="facts">
          ${Object.entries(config)
            .filter(([, value]) => !["", "[]", "{}"].includes(value))
            .map(
              ([key, value]) =>
                html`<div>
                  <dt><code>${key}</code></dt>
                  <dd><code>${value}</code></dd>
                </div>`,
            )}
        </dl> `,
  )}`;

/** The bring-up: what came up, and by which rules of AWS it was judged. */
export const bringUpSection = (act: Act1, files: PageInput["settings"]): Section =>
  section(
    "stacks",
    "Stacks, and the rules they were judged by",
    html`<p>Each stack's real program ran once, in order. What it registered was judged by the rules that AWS applies when it is asked to create it.</p>
${stacks(act)}<details${act.verdicts.some(({ findings }) => findings.length > 0) ? html` open` : html``}><summary><b>${act.verdicts.length} rules</b></summary>
${rules(act)}</details>
<details><summary><b>Settings</b></summary>
${settings(files)}</details>
`,
  );
