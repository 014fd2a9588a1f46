/** What the access matrix has against the call that a scenario must end at, were it allowed. */
import { prepare, tagged } from "../../../../packages/iam/src/evaluate/decide";
import { type Subject, subject } from "../../../../packages/iam/src/matrix/permission";
import { askRound, type Mismatch } from "../../../../packages/iam/src/matrix/questions";
import { withOthers } from "../../../../packages/iam/src/matrix/subjects";
import { fits } from "../../../../packages/iam/src/matrix/wildcards";
import { serviceOf } from "../../../../packages/iam/src/policy/catalog";
import type { Principal } from "../../../../packages/iam/src/policy/principals";
import type { Prepared } from "../../../../rehearsal/access/matrix/judge";
import { changed } from "../../../../rehearsal/access/threats/change";
import { onStage } from "../../../../rehearsal/access/threats/run";
import type { Scene } from "../../../../rehearsal/access/threats/scene";

/** The same whatever the name of a session. */
const identity = (principal: Principal): string =>
  principal.kind === "session"
    ? JSON.stringify([principal.roleArn, principal.tags])
    : JSON.stringify(Object.entries(principal).sort());

/** Somebody of the matrix, or of the scenario, as the matrix would have him. */
function subjectOf({ rows, matrix }: Prepared, { roles }: Scene, principal: Principal): Subject {
  const arn = principal.kind === "session" ? principal.roleArn : "";
  const isRewritten = roles.some((each) => each.arn === arn);
  const all = [...(isRewritten ? matrix.rewritten.subjects : []), ...matrix.real.subjects];
  const found = all.find((each) => identity(each.principal) === identity(principal));
  if (found) return { ...found, principal };
  const who = [...new Set(rows.map((row) => row.who))].filter((each) =>
    fits(each.replace(/^workload /, ""), arn),
  );
  // One that rows speak of is asked about what others have, too: whoever is made up may do that anyway.
  return subject(arn, principal, who, { atMost: who.length > 0, madeUp: who.length === 0 });
}

/** Asks the matrix about the one call, with the one statement changed: what it does not have and finds allowed. */
export function noticed(prepared: Prepared, scene: Scene): Mismatch[] {
  const { real, ground } = prepared.matrix;
  const found: Mismatch[] = [];
  for (const step of scene.steps.filter(({ mustBeRefused }) => mustBeRefused)) {
    const staged = onStage(changed(real.model, scene.change), scene);
    const asked = [prepare(staged, step).request.resource];
    const model = withOthers(staged, asked);
    const { action } = step;
    askRound(ground, {
      actors: { model, subjects: [subjectOf(prepared, scene, tagged(model, step.principal))] },
      classes: [{ service: serviceOf(action), actions: [action], representative: action }],
      asked,
      found: (mismatch) => {
        if (mismatch.decision.verdict === "allowed") found.push(mismatch);
        return false;
      },
    });
  }
  return found;
}
