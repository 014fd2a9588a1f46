/** Places of the pipeline that brings the stacks up, where settings have one. */
import type { Facts, Place, Values } from "./bindings";
import type { Find } from "./partFacts";
import type { MatrixPipeline, MatrixSettings } from "./settings";

/** CodePipeline keeps a pipeline's artifacts under its name cut to this length. */
const ARTIFACTS_LENGTH = 20;

type Found = Pick<Facts, "selfUpdate" | "selfKeys" | "selfEnvironments" | "selfAccounts">;

const NONE: Found = { selfUpdate: [], selfKeys: [], selfEnvironments: [], selfAccounts: [] };

/** Where Pulumi keeps the stacks, what is taken in each account, and the rest of it. */
export function selfPlaces(
  of: Place,
  { selfUpdate, project, partition, path, tooling, environments }: MatrixSettings,
  find: Find,
  sourceWords: (source: MatrixPipeline["source"]) => Values,
): Found {
  if (selfUpdate === undefined) return NONE;
  const { source, state, role } = selfUpdate;
  const name = `${project}-self`;
  const own: Values = {
    ...sourceWords(source),
    ...{ pipeline: name, prefix: "self", artifacts: name.slice(0, ARTIFACTS_LENGTH) },
    ...{ stateBucket: state.bucket, stateRoot: state.root, stateProjects: [project] },
  };
  const made = {
    topic: find("aws:sns/topic:Topic", name),
    approver: find("aws:iam/policy:Policy", `${name}-approver`),
  };
  const values = { ...of.values, ...own, ...made };
  const shown = { ...of.shown, ...own, topic: `of ${name}`, approver: `${name}-approver` };
  const has = new Set([...of.has, "approvals", "repository" in source ? "codecommit" : "connection"]);
  const at = (more: Values): Place => ({
    name,
    values: { ...values, ...more },
    shown: { ...shown, ...more },
    has,
  });
  const roleIn = (account: string, named: string) => `arn:${partition}:iam::${account}:role${named}`;
  return {
    selfUpdate: [at({})],
    selfKeys: state.keys.map((stateKey) => at({ stateKey, stateKeyAccount: stateKey.split(":")[4] ?? "" })),
    selfEnvironments: environments.map((each) =>
      at({
        previewRole: roleIn(each.account, `${path}${name}-preview-${each.name}`),
        previewAccount: each.account,
      }),
    ),
    selfAccounts: [...new Set([tooling, ...environments.map(({ account }) => account)])].map((account) =>
      at({ upRole: roleIn(account, `/${role}`), upAccount: account }),
    ),
  };
}
