/** What must hold between settings: pure functions from settings as written to a list of problems. */
import { ARTIFACT_PREFIX_LENGTH, artifactPrefix } from "../../components/names";
import { trustReaders } from "../../components/policies";
import { type UseName, USES } from "../../components/uses/list";
import { usable } from "../../components/uses/using";
import { WORKLOADS } from "../../components/workloads/list";
import { codeAlone, type Workload } from "../../components/workloads/workload";
import { branchProblems, listenerProblems } from "./branchRules";
import { chatNames, chatRegions } from "./chatRules";
import { type ChatDraft, draft, type Draft, type EnvironmentDraft, type PipelineDraft, texts } from "./draft";
import {
  chatNameForms,
  environmentNameForms,
  pipelineNameForms,
  projectName,
  roleNames,
  selfUpdateNameForms,
  workloadLengths,
} from "./nameRules";
import { ownedProblems } from "./ownedRules";
import { account } from "./names";
import { missingNetworks } from "./networkRules";
import { permissionProblems } from "./permissionRules";
import { foreignPlatforms, missingPlatforms } from "./platformRules";
import { isMap, line, valid } from "./problems";
import { environmentProblems, sourceProblems } from "./regionRules";
import { replicationProblems } from "./replicationRules";
import { idleRunners } from "./runnerRules";
import { selfUpdateProblems } from "./selfUpdateRules";
import { actions, repeatedEnvironments, staleApprovals, stages, unknownEnvironments } from "./waveRules";

/** What there is to say of each item whose value an earlier one has already. */
function repeated<T>(
  items: readonly T[],
  valueOf: (item: T) => unknown,
  report: (item: T, earlier: T) => string[],
): string[] {
  return items.flatMap((item, i) => {
    const value = valueOf(item);
    const earlier = value !== undefined && items.slice(0, i).find((other) => valueOf(other) === value);
    return earlier ? report(item, earlier) : [];
  });
}

const sameName = (
  item: EnvironmentDraft | PipelineDraft | ChatDraft,
  earlier: EnvironmentDraft | PipelineDraft | ChatDraft,
): string[] => [line(`${item.key}.name`, item.name, `${earlier.key} has this name: choose another`)];

function environmentNames({ environments }: Draft): string[] {
  const within = environments.flatMap((one) =>
    environments
      .filter((other) => one.account !== undefined && other.account === one.account)
      .filter((other) => other.name !== undefined && one.name?.startsWith(`${other.name}-`))
      .map((other) =>
        line(
          `${one.key}.name`,
          one.name,
          `it begins like ${other.name}, which has the same account, and permissions go by what names begin with: ` +
            "choose another name or another account",
        ),
      ),
  );
  return [...repeated(environments, ({ name }) => name, sameName), ...within];
}

function pipelineNames({ pipelines }: Draft): string[] {
  const samePrefix = (item: PipelineDraft, earlier: PipelineDraft) =>
    item.prefixKey === `${item.key}.name` && item.name === earlier.name
      ? [] // it is only the name that is repeated
      : [
          line(
            item.prefixKey,
            item.prefix,
            `${earlier.key} has this prefix: set another as ${item.key}.prefix`,
          ),
        ];
  const cut = (name: string) => artifactPrefix({ name, prefix: name });
  const sameArtifacts = ({ key, name = "" }: PipelineDraft, earlier: PipelineDraft) =>
    name === earlier.name
      ? []
      : [
          line(
            `${key}.name`,
            name,
            `it has its first ${ARTIFACT_PREFIX_LENGTH} characters in common with ${earlier.key}, and CodePipeline ` +
              `would put the artifacts of both under ${cut(name)}: choose a name that differs earlier`,
          ),
        ];
  return [
    ...repeated(pipelines, ({ name }) => name, sameName),
    ...repeated(pipelines, ({ prefix }) => prefix, samePrefix),
    ...repeated(pipelines, ({ name }) => name && cut(name), sameArtifacts),
  ];
}

function pipelineEnvironments({ environments, pipelines }: Draft): string[] {
  const known = [...new Set(texts(environments.map(({ written }) => written)))];
  if (known.length === 0) return []; // that is the problem, not what pipelines say
  return [...unknownEnvironments(pipelines, known), ...repeatedEnvironments(pipelines)];
}

/** A channel can have one configuration of an account. */
const chats = ({ chats: all }: Draft): string[] => [
  ...repeated(all, ({ name }) => name, sameName),
  ...repeated(
    all,
    ({ channel }) => channel,
    ({ key, channel = "" }, earlier) => [
      line(
        `${key}.${channel.replace(" ", ".channelId ").split(" ")[0]}`,
        channel.split(" ")[1],
        `${earlier.key} is this channel, and AWS configures one once: name that chat in both pipelines`,
      ),
    ],
  ),
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, unless the account has asked for more */
const TRUST_LENGTH = 2048;

/** More readers than the trust policy of their role takes: how many that are goes by the lengths of their names. */
const readers = ({ environments }: Draft): string[] =>
  environments.flatMap(({ key, readers: all }) => {
    const length = JSON.stringify(trustReaders(all)).length;
    return length > TRUST_LENGTH
      ? [
          line(
            `${key}.readers`,
            all,
            `the trust policy that lets these in would have ${length} characters, and IAM allows ${TRUST_LENGTH}: ` +
              "name fewer, such as a role that the others take",
          ),
        ]
      : [];
  });

/**
 * CodeBuild pulls the jobs' image with credentials of its own, which another account's repository is out of reach for:
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
 */
function imageOfOthers({ image, account: written }: Readonly<Record<string, unknown>>): string[] {
  const [, owner] = /^(\d{12})\.dkr\.ecr\./.exec(typeof image === "string" ? image : "") ?? [];
  const own = valid(account, written);
  return owner === undefined || own === undefined || owner === own
    ? []
    : [
        line(
          "image",
          image,
          `it is in a repository of account ${owner}, and CodeBuild pulls images of ECR from tooling's own, ${own}, alone: ` +
            "copy it into a repository there that lets codebuild.amazonaws.com pull",
        ),
      ];
}

/**
 * Another account shares a connection of codeconnections by AWS RAM, and none by the service's old name:
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-share.html
 */
function connectionsOfOthers({ pipelines, selfUpdate }: Draft, own: unknown): string[] {
  const self = isMap(selfUpdate) && isMap(selfUpdate["source"]) ? selfUpdate["source"] : {};
  return [...pipelines, { key: "selfUpdate", source: self }].flatMap(({ key, source: { connection } }) => {
    const [, owner] = /^arn:[\w-]+:codestar-connections:[\w-]*:(\d{12}):/.exec(String(connection)) ?? [];
    return owner === undefined || valid(account, own) === undefined || owner === own
      ? []
      : [
          line(
            `${key}.source.connection`,
            connection,
            `it is of account ${owner}, and AWS shares no connection of codestar-connections with tooling's, ${String(own)}: ` +
              `give one of tooling's own, or one of codeconnections that ${owner} shares by AWS RAM`,
          ),
        ];
  });
}

const approvals = ({ environments, pipelines }: Draft): string[] => {
  const approved = texts(environments.filter((each) => each.approved).map(({ written }) => written));
  return [
    ...stages(pipelines, approved),
    ...actions(pipelines, environments),
    ...staleApprovals(pipelines, approved),
  ];
};

/** Jobs that nobody can say are short. */
const shortJobs = ({ pipelines }: Draft): string[] =>
  pipelines.flatMap(({ key, shortJobs: jobs, codePlatform, workload }) =>
    jobs.flatMap((job, i) => {
      const refused = (why: string) => [line(`${key}.shortJobs[${i}]`, job, `${why}: remove it`)];
      if (job === "deploy" && workload !== undefined && settles(WORKLOADS[workload]))
        return refused(
          "a service of ECS may take hours until its tasks are steady, and Deploy waits for that",
        );
      return job === "verify" && codePlatform === "linux/arm64"
        ? refused("Verify runs on the code's platform, and is short on linux/amd64 alone")
        : [];
    }),
  );

/** Whether AWS starts tasks of it, and waits until they are steady. */
const settles = ({ platform, codeAlone: target }: Workload): boolean => platform || target === "service";

function repositories({ pipelines }: Draft): string[] {
  return repeated(
    pipelines,
    ({ creates }) => creates,
    ({ key, creates }, earlier) => [
      line(
        `${key}.source.codecommit`,
        creates,
        `${earlier.key} creates this repository: set create: false here`,
      ),
    ],
  );
}

/** Templates of a kind that makes them itself. */
const templates = ({ pipelines }: Draft): string[] =>
  pipelines.flatMap(({ key, template, workload }) =>
    template !== undefined && workload !== undefined && WORKLOADS[workload].packaging === "serverless"
      ? [
          line(
            `${key}.template`,
            template,
            `${workload} makes its templates by 'npm run package': remove this key`,
          ),
        ]
      : [],
  );

/** Services that workloads of a kind have no use for. */
const uses = ({ pipelines }: Draft): string[] =>
  pipelines.flatMap(({ key, uses, workload }) => {
    if (workload === undefined || codeAlone(WORKLOADS[workload])) return [];
    const able: readonly string[] = usable(WORKLOADS[workload]);
    return uses.flatMap((name, i) =>
      Object.hasOwn(USES, name) && !able.includes(name)
        ? [line(`${key}.uses[${i}]`, name, `${USES[name as UseName].lacks}; allowed are ${able.join(", ")}`)]
        : [],
    );
  });

const platforms = ({ environments, pipelines }: Draft): string[] => [
  ...missingPlatforms(
    environments,
    pipelines,
    Object.values(WORKLOADS).flatMap(({ kind, platform }) => (platform ? [kind] : [])),
  ),
  ...foreignPlatforms(environments),
];

const permissions = ({ pipelines }: Draft): string[] => permissionProblems(pipelines);

const networks = ({ environments, pipelines }: Draft): string[] => missingNetworks(environments, pipelines);

const runners = ({ environments, pipelines }: Draft): string[] => idleRunners(environments, pipelines);

/** Everything that does not hold between the settings of a tooling stack, whatever else is wrong with them. */
export function ruleProblems(
  project: string,
  written: Readonly<Record<string, unknown>>,
  region?: string,
): string[] {
  const settings = draft(project, written);
  const ofRegion =
    region === undefined
      ? []
      : [
          ...sourceProblems(settings, region),
          ...chatRegions(settings, region),
          ...environmentProblems(settings, region),
          ...replicationProblems(settings, region),
        ];
  const problems = [
    projectName,
    environmentNames,
    pipelineNames,
    pipelineEnvironments,
    pipelineNameForms,
    environmentNameForms,
    workloadLengths,
    roleNames,
    approvals,
    readers,
    repositories,
    templates,
    ownedProblems,
    uses,
    permissions,
    shortJobs,
    branchProblems,
    listenerProblems,
    platforms,
    networks,
    runners,
    chats,
    chatNames,
    chatNameForms,
    selfUpdateProblems,
    selfUpdateNameForms,
  ].flatMap((rule) => rule(settings));
  return [
    ...problems,
    ...imageOfOthers(written),
    ...connectionsOfOthers(settings, written["account"]),
    ...ofRegion,
  ];
}
