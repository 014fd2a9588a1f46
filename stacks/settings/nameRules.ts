/** What must hold of the names that are made of those in the settings. */
import {
  allRoleNames,
  BRANCH_HASH_LENGTH,
  BRANCHES,
  type Scope,
  WORKLOAD_NAME_LENGTH,
  workloadName,
  type WorkloadRole,
} from "../../components/names";
import { WORKLOADS } from "../../components/workloads/list";
import {
  excess,
  type Made,
  namesOfChat,
  namesOfEnvironment,
  namesOfPipeline,
  namesOfPrefix,
  namesOfPreviews,
  namesOfPullRequests,
  namesOfSelfUpdate,
  reserved,
} from "../madeNames";
import type { Draft } from "./draft";
import { isBuilt } from "./platform";
import { isMap, line } from "./problems";

/** Each pipeline, with those of its environments whose names are usable. */
const named = ({ environments, pipelines }: Draft) =>
  pipelines.map((pipeline) => {
    const { name = "", prefix = "", workload } = pipeline;
    const workloadRoles = workload === undefined ? [] : WORKLOADS[workload].roles;
    return {
      ...pipeline,
      id: { name, prefix },
      usablePrefix: pipeline.prefix !== undefined,
      environments: pipeline.environments.filter((one) => environments.some((other) => other.name === one)),
      branches: pipeline.branches !== undefined,
      workloadRoles: Object.keys(workloadRoles) as WorkloadRole[],
    };
  });

const scopeOf = ({ project }: { readonly project: string }): Scope => ({
  project,
  ...{ region: "", toolingAccount: "", path: "/" },
});

/** The name that leaves least room, if it is too long, and how that is said. */
function tooLong(names: readonly Made[]): { readonly over: number; readonly says: string } | undefined {
  const [first] = [...names].sort((one, other) => excess(other) - excess(one));
  if (first === undefined || excess(first) <= 0) return undefined;
  const { what, name, form } = first;
  return {
    over: excess(first),
    says: `its ${what} ${name} has ${name.length} characters, and ${form.service} allows ${form.max}`,
  };
}

/** What is wrong with a name, by what is made of it. */
function judged(key: string, value: string, names: readonly Made[]): string[] {
  const long = tooLong(names);
  const room = value.length - (long?.over ?? 0);
  const wayOut =
    room > 0 ? `choose a name of at most ${room} characters` : "rename the project in Pulumi.yaml, shorter";
  const begins = names.flatMap((made) => {
    const beginning = reserved(made);
    const { what, name, form } = made;
    return beginning === undefined
      ? []
      : [
          `its ${what} ${name} begins with ${beginning}, which ${form.service} does not allow: choose another name`,
        ];
  });
  return [...(long ? [`${long.says}: ${wayOut}`] : []), ...begins.slice(0, 1)].map((text) =>
    line(key, value, text),
  );
}

/** Names that are made of a pipeline's own. Longer environments than any workload takes are reported as that. */
export const pipelineNameForms = (settings: Draft): string[] =>
  named(settings).flatMap(({ key, id, environments, ...others }) => {
    const usable = environments.filter(({ length }) => length <= WORKLOAD_NAME_LENGTH);
    const names = namesOfPipeline(scopeOf(settings), { ...others, id, environments: usable });
    return id.name === "" ? [] : judged(`${key}.name`, id.name, names);
  });

/** Names that are made of an environment's. */
export const environmentNameForms = (settings: Draft): string[] =>
  settings.environments.flatMap(({ key, name, readers, platform }) =>
    name === undefined
      ? []
      : judged(
          `${key}.name`,
          name,
          namesOfEnvironment(scopeOf(settings), {
            name,
            readers: readers.length > 0,
            built: isBuilt(platform),
          }),
        ),
  );

/** Names that are made of a chat's. */
export const chatNameForms = (settings: Draft): string[] =>
  settings.chats.flatMap(({ key, name }) =>
    name === undefined ? [] : judged(`${key}.name`, name, namesOfChat(scopeOf(settings), name)),
  );

/** Names that an environment's own stack adds, where it has previews. */
export const previewNameForms = (project: string, environment: string): string[] =>
  judged("environment", environment, namesOfPreviews(scopeOf({ project }), environment));

/** Names of the jobs of pull requests in CodeCommit: only the project's is in them. */
export function pullRequestNameForms(project: string, repository: string): string[] {
  const long = tooLong(namesOfPullRequests(scopeOf({ project })));
  return long === undefined
    ? []
    : [line("previews.codecommit", repository, `${long.says}: rename the project in Pulumi.yaml, shorter`)];
}

/** Names of the pipeline that brings the stacks up, and of its roles in environments. */
export function selfUpdateNameForms({ project, environments, selfUpdate }: Draft): string[] {
  if (!isMap(selfUpdate)) return [];
  const long = tooLong(
    namesOfSelfUpdate(
      scopeOf({ project }),
      environments.flatMap(({ name }) => name ?? []),
    ),
  );
  return long === undefined
    ? []
    : [
        line(
          "selfUpdate",
          selfUpdate,
          `${long.says}: rename the project in Pulumi.yaml, or the environment, shorter`,
        ),
      ];
}

const longest = (names: readonly string[]): string =>
  names.reduce((best, name) => (name.length > best.length ? name : best), "");

/** Stands for a branch where lengths are measured. */
const SOME_BRANCH = `${BRANCHES}-${"0a1b2c3d".slice(0, BRANCH_HASH_LENGTH)}`;

/** Workloads whose name is too long in the longest-named environment of their pipeline. */
export function workloadLengths(settings: Draft): string[] {
  return named(settings).flatMap(({ id, usablePrefix, environments, branches, key, prefixKey }) => {
    if (!usablePrefix) return [];
    const environment = longest(branches ? [...environments, SOME_BRANCH] : environments);
    const workload = workloadName(id, environment);
    const room = WORKLOAD_NAME_LENGTH - "--".length - environment.length;
    const wayOut =
      room > 0
        ? `set ${key}.prefix to at most ${room} characters`
        : `choose a shorter name than ${environment}`;
    return environment && workload.length > WORKLOAD_NAME_LENGTH
      ? [
          line(
            prefixKey,
            id.prefix,
            `${workload} has ${workload.length} characters, and ${WORKLOAD_NAME_LENGTH} are allowed, since ` +
              `CloudFormation cuts longer names of stacks when it names what is in them: ${wayOut}`,
          ),
        ]
      : [];
  });
}

/** Names that are made of a prefix, and workloads whose name would match one of the project's roles. */
export function roleNames(settings: Draft): string[] {
  const scope = scopeOf(settings);
  const pipelines = named(settings).filter(({ usablePrefix }) => usablePrefix);
  const all = allRoleNames(scope, pipelines);
  return pipelines.flatMap((pipeline) => {
    const { id, environments, branches, prefixKey } = pipeline;
    const long = tooLong(namesOfPrefix(scope, pipeline));
    const matched = [...environments, ...(branches ? [BRANCHES] : [])].flatMap((environment) => {
      const own = `${workloadName(id, environment)}-`;
      const match = all.find((name) => name.startsWith(own));
      const text = `permissions of its workload go by ${own}, and the project's role ${match} begins so: set another prefix`;
      return match ? [line(prefixKey, id.prefix, text)] : [];
    });
    return [
      ...(long
        ? [line(prefixKey, id.prefix, `${long.says}: choose a shorter prefix, environment or project`)]
        : []),
      ...matched,
    ];
  });
}

/** The project's name begins names of roles and CodeBuild projects; Pulumi allows more than they do. */
export function projectName({ project }: Draft): string[] {
  const wrong = /^(aws|ssm)/i.test(project)
    ? "SSM takes no parameters below a name that begins with aws or ssm"
    : /^[A-Za-z0-9][\w-]*$/.test(project)
      ? undefined
      : "allowed are letters, digits, - and _, since CodeBuild projects begin with it";
  return wrong === undefined ? [] : [line("name", project, `${wrong}: rename the project in Pulumi.yaml`)];
}
