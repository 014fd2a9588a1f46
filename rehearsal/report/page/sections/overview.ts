import type { Promoted } from "../../../release/promotions";
import { count, html, type Html } from "../html";
import type { PageInput } from "../input";
import { badge, section, type Section, table } from "../parts";

/** What the checks say of one pipeline in one environment. */
function checked({ walk, release }: PageInput, pipeline: string, environment: string): Html {
  const calls =
    walk?.calls.filter((call) => call.pipeline === pipeline && call.environment === environment) ?? [];
  const denied = calls.filter(({ answer }) => answer.verdict !== "allowed").length;
  const released =
    typeof release !== "string" && release.pipeline === pipeline
      ? release.environments.find((each) => each.environment === environment)
      : undefined;
  return html`${
    calls.length === 0
      ? html``
      : html`<li>
          ${denied === 0 ? badge(true, `${count(calls.length, "call")} allowed`) : badge(false, `${count(denied, "call")} denied`)}
        </li>`
  }${
    released === undefined
      ? html``
      : html`<li>${badge(released.state === "live", `rehearsed on this machine: ${released.state}`)}</li>`
  }`;
}

function cell(input: PageInput, pipeline: string, promoted: Promoted | undefined, place: number): Html {
  if (promoted === undefined) return html`<td class="muted">–</td>`;
  const { environment, approvers, verified } = promoted;
  const asked =
    approvers === undefined
      ? "no approval"
      : `approval of ${approvers.length > 0 ? approvers.join(", ") : "whoever may approve"}`;
  return html`<td>
    <ul class="plain">
      <li><span class="muted">step ${place}:</span> ${asked}</li>
      <li>${verified ? "end-to-end tests, then promoted" : "no end-to-end tests"}</li>
      ${checked(input, pipeline, environment)}
    </ul>
  </td>`;
}

/** Which pipeline reaches which account, how it is asked there, and what the checks say: one look before the pictures. */
export function overviewSection(input: PageInput): Section | undefined {
  if (input.promotions.length === 0) return undefined;
  const tables = input.promotions.map(({ stack, account: own, environments, pipelines }) =>
    table(
      `Pipelines of stack ${stack} and its environments`,
      [
        `pipeline, built in account ${own}`,
        ...environments.map(({ name, account }) => `${name}, account ${account}`),
      ],
      html`<tbody>
        ${pipelines.map(
          ({ name: pipeline, workload, promoted }) =>
            html`<tr>
              <th scope="row">${pipeline} <span class="muted">${workload}</span></th>
              ${environments.map(({ name }) => {
                const at = promoted.findIndex(({ environment }) => environment === name);
                return cell(input, pipeline, promoted[at], at + 1);
              })}
            </tr> `,
        )}
      </tbody>`,
    ),
  );
  return section(
    "overview",
    "Pipelines and environments",
    html`<p>
        Each pipeline builds once and releases the same bytes along its row. A dash: it has no role in that
        environment, and reaches nothing there.
      </p>
      ${tables}`,
  );
}
