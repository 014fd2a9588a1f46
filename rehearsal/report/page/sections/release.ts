import type { Act3, EnvironmentReport } from "../../../release/report";
import { count, html, type Html } from "../html";
import { badge, section, type Section, table } from "../parts";

const short = (sha: string | undefined): string => (sha === undefined ? "–" : sha.slice(0, 12));

function verified({ verify }: EnvironmentReport): Html {
  if (!verify) return html`–`;
  const tests = verify.tests === undefined ? "" : `, ${count(verify.tests, "test")}`;
  return badge(verify.passed, `${verify.passed ? "passed" : "failed"}${tests}`);
}

function approved({ approval }: EnvironmentReport): Html {
  if (approval === undefined) return html`none asked for`;
  return html`${approval.yes ? "yes" : "no"}, ${approval.how}`;
}

const environment = (report: EnvironmentReport): Html =>
  html`<tr>
    <th scope="row">${report.environment}</th>
    <td>${report.stack}</td>
    <td>${report.plan?.summary ?? "–"}</td>
    <td>${approved(report)}</td>
    <td>${verified(report)}</td>
    <td>
      ${badge(report.state === "live", report.state)}${report.rollback ? html`<br />bundle <code>${short(report.rollback.bundle)}</code> answers again` : html``}
    </td>
    <td><code>${short(report.bundle)}</code></td>
  </tr> `;

const changes = ({ environment, plan }: EnvironmentReport): Html =>
  !plan || plan.changes.length === 0
    ? html``
    : html`<details>
        <summary>
          <b>What the plan for ${environment} said</b>
          <span class="muted">${count(plan.changes.length, "change")}</span>
        </summary>
        ${table(
          `Plan for ${environment}`,
          ["does", "resource", "type", "known as", "differs in"],
          html`<tbody>
            ${plan.changes.map(
              (each) =>
                html`<tr>
                  <td>${each.action}${each.permission ? html` <b>permission</b>` : html``}</td>
                  <td>${each.logicalId}</td>
                  <td><code>${each.type}</code></td>
                  <td>${each.title}</td>
                  <td>${each.details.join("; ")}</td>
                </tr> `,
            )}
          </tbody>`,
        )}
      </details> `;

function whole(act: Act3): Html {
  const stopped = act.stopped
    ? html`<p class="failed">
          <b>Stopped at ${act.stopped.at}:</b> ${act.stopped.message}. Next: ${act.stopped.next}
        </p>
        <ul class="codes">
          ${act.stopped.details.map((each) => html`<li><code>${each}</code></li>`)}
        </ul> `
    : act.notCovered === undefined
      ? html``
      : html`<p><b>Not covered from here:</b> ${act.notCovered}.</p>`;
  return html`<p>
      Pipeline ${act.pipeline} released the real service on this
      machine${act.revision === undefined ? html`` : html`, revision <code>${act.revision.slice(0, 12)}</code>`}:
      its own build, one bundle
      (<code>${short(act.bundle)}</code>)${act.tests === undefined ? html`` : html`, ${count(act.tests, "unit test")}`},
      and its own end-to-end tests in each environment.
    </p>
    ${stopped}${table(
      "Environments",
      ["environment", "stack", "plan", "approval", "verification", "ended", "bundle"],
      html`<tbody>
        ${act.environments.map(environment)}
      </tbody>`,
    )}
    ${act.environments.map(changes)}`;
}

/** The check of a release: one release, environment by environment. */
export const releaseSection = (release: Act3 | string): Section =>
  section(
    "release",
    "A release on this machine",
    typeof release === "string" ? html`<p class="failed">There was none: ${release}.</p>` : whole(release),
  );
