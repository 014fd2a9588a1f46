/** Places of stacks, whichever pipelines release there. */
import type { MatrixEnvironment, MatrixState } from "./settings";
import type { Place } from "./bindings";

/** An environment that somebody may look at; none otherwise. */
export function lookedPlace({ name, values, shown }: Place, of: MatrixEnvironment): Place[] {
  const { name: environment, account, readers } = of;
  const roles = `arn:${String(values["partition"])}:iam::${account}:role${String(values["path"])}`;
  const own = { environment, account, roles, readers };
  return readers.length === 0
    ? []
    : [{ name, values: { ...values, ...own }, shown: { ...shown, ...own }, has: new Set() }];
}

/** What the previews of a stack read. */
export function statePlace({ name, values, shown }: Place, state: MatrixState): Place {
  const { role, bucket, root, projects } = state;
  const own = {
    previewRole: role,
    stateBucket: bucket,
    stateRoot: root,
    stateProjects: projects,
  };
  return {
    name,
    values: { ...values, ...own },
    shown: { ...shown, ...own },
    has: new Set(),
  };
}
