/** How many of what AWS counts in an account these settings lead to. Pure, but for the warning. */
import * as pulumi from "@pulumi/pulumi";
import {
  arn,
  autoName,
  BRANCH_PRINCIPALS,
  CODE_ROLES,
  partition,
  PIPELINE_PRINCIPALS,
  PULL_REQUEST_PRINCIPALS,
  releaseFiles,
  repositoryName,
  RUNNER_ROLES,
  SELF_PRINCIPALS,
  STACK_ROLES,
  storeName,
} from "../components/names";
import { divided, documentsOf } from "../components/environment/accountRoles";
import { verifiesInTooling } from "../components/stage";
import { using } from "../components/uses/using";
import { WORKLOADS } from "../components/workloads/list";
import {
  codeAlone,
  type DeployedSite,
  ofBranches,
  type WorkloadSite,
} from "../components/workloads/workload";
import { environmentOfBranches, placeIn, placeOfBranches } from "./places";
import type { Pipeline, ToolingSettings } from "./settings/model";

interface Quota {
  /** What is counted, in AWS's words. */
  readonly what: string;
  /** How many an account has unless it asks for more. */
  readonly limit: (region: string) => number;
  /** What to ask Service Quotas for. Default: AWS raises it for nobody. */
  readonly name?: string;
}

/** The table of quotas: docs/limits.md says the same. */
export const QUOTAS = {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  roles: { what: "IAM roles", limit: () => 1000, name: "IAM, Roles per account" },
  policies: {
    what: "customer managed policies",
    limit: () => 1500,
    name: "IAM, Customer managed policies per account",
  },
  // https://docs.aws.amazon.com/general/latest/gr/codebuild.html
  projects: { what: "CodeBuild projects", limit: () => 5000, name: "CodeBuild, Build projects" },
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
  pipelines: { what: "pipelines", limit: () => 1000, name: "CodePipeline, Total pipelines" },
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  rules: {
    what: "EventBridge rules",
    limit: (region) => (["af-south-1", "eu-south-1"].includes(region) ? 100 : 300),
    name: "EventBridge, Number of rules",
  },
  // https://docs.aws.amazon.com/dtconsole/latest/userguide/limits.html
  notifications: {
    what: "notification rules",
    limit: () => 1000,
    name: "CodeStar Notifications, Notification rules",
  },
  wildcards: { what: "EventBridge rules with wildcards", limit: () => 30 },
} as const satisfies Readonly<Record<string, Quota>>;

export interface Counted {
  readonly quota: keyof typeof QUOTAS;
  readonly account: string;
  readonly count: number;
}

type Counts = Partial<Record<keyof typeof QUOTAS, number>>;

/** What a pipeline has in tooling's account. */
function inTooling(settings: Pick<ToolingSettings, "environments">, pipeline: Pipeline): Counts {
  const { environments, source, branches, chats, staleApprovals } = pipeline;
  const planned = environments.filter(({ approval }) => approval).length;
  const events = source.kind === "codecommit";
  // A pipeline's and its trigger's roles have no project.
  const inside = environments.filter(({ runner }) => runner).length;
  const own =
    PIPELINE_PRINCIPALS.length -
    (verifiesInTooling(environments) ? 0 : 1) +
    environments.length +
    planned +
    inside;
  const verified = environmentOfBranches(settings, pipeline)?.verify !== false;
  const branchPrincipals = branches ? BRANCH_PRINCIPALS.length + (verified ? 1 : 0) : 0;
  const wild = events && branches?.include.some((pattern) => pattern.includes("*"));
  return {
    roles: own + branchPrincipals,
    policies: 1 + planned,
    projects: own - 2 + (branches ? branchPrincipals - 2 : 0),
    pipelines: branches ? 2 : 1,
    rules: (events ? 2 : 1) + (staleApprovals === "stop" ? 2 : 0) + (branches ? (events ? 4 : 2) : 0),
    notifications: chats.length > 0 && planned > 0 ? 1 : 0,
    wildcards: wild === true ? 2 : 0,
  };
}

/** With where its code is, as long as that will be: its policies are as many. */
function deployed(site: WorkloadSite, { id }: Pipeline, region: string | undefined): DeployedSite {
  const { scope, account, environment } = site;
  const inTooling = (service: string, resource: string) =>
    arn(scope, service, scope.toolingAccount, resource);
  const bucketArn = `arn:${partition(scope.region)}:s3:::${autoName(storeName(region))}`;
  const later = pulumi.output("");
  return {
    ...site,
    repositoryArn: inTooling("ecr", `repository/${autoName(repositoryName(id.name, region))}`),
    releaseFilesArn: `${bucketArn}/${releaseFiles(id, account, environment)}*`,
    keyArn: inTooling("kms", `key/${"0".repeat(36)}`),
    platform: { cluster: later, listenerArn: later, subnetIds: later.apply(() => []) },
  };
}

/** What a pipeline has in the account of an environment or, with its branches, in that of theirs. */
function inEnvironment(
  pipeline: Pipeline,
  site: WorkloadSite,
  { region }: { readonly region?: string | undefined },
  forBranches: boolean,
): Counts {
  const workload = using(WORKLOADS[pipeline.workload], pipeline.uses, pipeline.permissions);
  if (codeAlone(workload)) return { roles: CODE_ROLES.length };
  const { roles, boundary, further, execution } = forBranches ? ofBranches(workload) : workload;
  const managed = [divided(execution(deployed(site, pipeline, region))).more, further?.(site) ?? []];
  return {
    roles: (forBranches ? 1 : STACK_ROLES.length) + Object.keys(roles).length,
    policies: (boundary ? 1 : 0) + (forBranches ? 1 : 0) + managed.flatMap(documentsOf).length,
  };
}

/** By account, in the order of the settings. Roles of previews in environments are known to these alone. */
export function counts(settings: ToolingSettings): Counted[] {
  const { scope, environments, pipelines, previews } = settings;
  const sums = new Map<string, Map<keyof typeof QUOTAS, number>>();
  const add = (account: string, of: Counts) => {
    const sum = sums.get(account) ?? new Map<keyof typeof QUOTAS, number>();
    for (const quota of Object.keys(QUOTAS) as (keyof typeof QUOTAS)[])
      sum.set(quota, (sum.get(quota) ?? 0) + (of[quota] ?? 0));
    sums.set(account, sum);
  };
  if (settings.chats.length > 0) add(scope.toolingAccount, { roles: 1 });
  if (settings.replication) add(scope.toolingAccount, { roles: 1 });
  if (previews) add(scope.toolingAccount, { roles: 1 });
  if (previews && "codecommit" in previews)
    add(scope.toolingAccount, { roles: PULL_REQUEST_PRINCIPALS.length, projects: 2, rules: 2 });
  if (settings.selfUpdate) {
    const events = settings.selfUpdate.source.kind === "codecommit" ? 1 : 0;
    const roles = SELF_PRINCIPALS.length - 1 + events;
    add(scope.toolingAccount, { roles, policies: 1, projects: 2, pipelines: 1, rules: events });
    for (const { account } of environments) add(account, { roles: 1 });
  }
  for (const pipeline of pipelines) {
    add(scope.toolingAccount, inTooling(settings, pipeline));
    for (const each of pipeline.environments) {
      add(each.account, inEnvironment(pipeline, placeIn(settings, pipeline, each), each, false));
      if (each.runner) add(each.account, { roles: RUNNER_ROLES.length, projects: 1 });
    }
    const place = environments.find(({ name }) => name === pipeline.branches?.environment);
    if (place) {
      const site = placeOfBranches(settings, pipeline, place);
      add(place.account, inEnvironment(pipeline, site, place, true));
    }
  }
  for (const { account, readers } of environments) if (readers.length > 0) add(account, { roles: 1 });
  return [...sums].flatMap(([account, sum]) =>
    [...sum].flatMap(([quota, count]) => (count > 0 ? [{ quota, account, count }] : [])),
  );
}

const over = (settings: ToolingSettings) =>
  counts(settings).flatMap(({ quota, account, count }) => {
    const { what, limit, name }: Quota = QUOTAS[quota];
    const most = limit(settings.scope.region);
    return count > most
      ? [{ name, text: `account ${account} would have ${count} ${what} of these stacks`, most }]
      : [];
  });

const MOVE = "move some of the pipelines to a project with another tooling account";

/** What no account can have. */
export const quotaProblems = (settings: ToolingSettings): string[] =>
  over(settings).flatMap(({ name, text, most }) =>
    name === undefined ? [`${text}, and AWS takes ${most}: ${MOVE}`] : [],
  );

/** What an account can have only if it has asked for it. */
export const quotaWarnings = (settings: ToolingSettings): string[] =>
  over(settings).flatMap(({ name, text, most }) =>
    name === undefined
      ? []
      : [
          `${text}, and AWS takes ${most} unless the account has asked for more: ask Service Quotas for it (${name}), or ${MOVE}`,
        ],
  );

/** Says it in previews and ups. */
export function warnOfQuotas(settings: ToolingSettings): void {
  for (const warning of quotaWarnings(settings)) void pulumi.log.warn(warning);
}
