import { readSettings } from "../../../../stacks/settings/read";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "../../../../stacks/settings/model";
import { count, html, type Html } from "../html";
import type { PageInput } from "../input";
import { badge, section, type Section, table } from "../parts";

const tooling = ({ project, settings }: PageInput): ToolingSettings[] =>
  settings.flatMap(({ stack, config }) => {
    const read = readSettings({ organization: "organization", project, stack, config });
    return read.settings?.kind === "tooling" ? [read.settings] : [];
  });

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
      : html`<li>${badge(released.state === "live", `released here: ${released.state}`)}</li>`
  }`;
}

function cell(
  input: PageInput,
  { id }: Pipeline,
  environment: ReleasedEnvironment | undefined,
  place: number,
): Html {
  if (environment === undefined) return html`<td class="muted">–</td>`;
  const { name, approval, verify = true } = environment;
  const asked =
    approval === undefined
      ? "no approval"
      : approval.emails.length > 0
        ? `approval of ${approval.emails.join(", ")}`
        : "approval of whoever may approve";
  return html`<td>
    <ul class="plain">
      <li><span class="muted">step ${place}:</span> ${asked}</li>
      <li>${verify ? "end-to-end tests, then promoted" : "no end-to-end tests"}</li>
      ${checked(input, id.name, name)}
    </ul>
  </td>`;
}

/** Which pipeline reaches which account, how it is asked there, and what the checks say: one look before the pictures. */
export function overviewSection(input: PageInput): Section | undefined {
  const stacks = tooling(input);
  if (stacks.length === 0) return undefined;
  const tables = stacks.map(({ stack, scope, environments, pipelines }) =>
    table(
      `Pipelines of stack ${stack} and its environments`,
      [
        `pipeline, built in account ${scope.toolingAccount}`,
        ...environments.map(({ name, account }) => `${name}, account ${account}`),
      ],
      html`<tbody>
        ${pipelines.map(
          (pipeline) =>
            html`<tr>
              <th scope="row">${pipeline.id.name} <span class="muted">${pipeline.workload}</span></th>
              ${environments.map(({ name }) => {
                const at = pipeline.environments.findIndex((each) => each.name === name);
                return cell(input, pipeline, pipeline.environments[at], at + 1);
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
