/** The form of names and account ids, and what must hold of the names that are made from them. */
import {
  allRoleNames,
  BRANCH_HASH_LENGTH,
  BRANCHES,
  WORKLOAD_NAME_LENGTH,
  workloadName,
  type WorkloadRole,
} from "../components/names";
import { WORKLOADS } from "../components/workloads/list";
import { line, text } from "./settingsProblems";
import type { Draft } from "./settingsDraft";

const ROLE_NAME_LENGTH = 64; // IAM's

/** The form of all three names; `what` is what to change. */
const words = (what: string) =>
  text(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    `allowed are lower-case words (letters and digits, a letter first) joined by single hyphens, ` +
      `at most 100 characters: choose another ${what}`,
    100,
  );
/** The bucket's own folders: CodePipeline keeps a pipeline's artifacts in one of the pipeline's name. */
const FOLDERS = ["releases", "kept"];
export const pipelineName = words("name").refine((name) => !FOLDERS.includes(name), {
  error: `${FOLDERS.join(" and ")} are folders of the artifact bucket: choose another name`,
});
export const prefix = words("prefix");
export const environmentName = words("name")
  .refine((name) => name !== "tooling", {
    error: "parameters of tooling's own stack are below this name: choose another name",
  })
  .refine((name) => name !== BRANCHES, {
    error: "br is reserved for the environments of branches: choose another name",
  })
  .refine((name) => !name.endsWith("-previous"), {
    error: "marks of what an environment ran before end in -previous: choose another name",
  })
  .refine((name) => !name.startsWith(`${BRANCHES}-`), {
    error: "names of branches' stacks begin with br-: choose another name",
  });
export const account = text(/^\d{12}$/, "allowed is an account id of 12 digits: write it in quotes");

/** Each pipeline whose prefix is usable, with those of its environments whose names are. */
const named = ({ environments, pipelines }: Draft) =>
  pipelines.flatMap((pipeline) => {
    const { name = "", prefix, workload } = pipeline;
    const workloadRoles = workload === undefined ? [] : WORKLOADS[workload].roles;
    const usable = pipeline.environments.filter((one) => environments.some((other) => other.name === one));
    return prefix === undefined
      ? []
      : [
          {
            ...pipeline,
            id: { name, prefix },
            environments: usable,
            branches: pipeline.branches !== undefined,
            workloadRoles: Object.keys(workloadRoles) as WorkloadRole[],
          },
        ];
  });

const longest = (names: readonly string[]): string =>
  names.reduce((best, name) => (name.length > best.length ? name : best), "");

/** Stands for a branch where lengths are measured. */
const SOME_BRANCH = `${BRANCHES}-${"0a1b2c3d".slice(0, BRANCH_HASH_LENGTH)}`;

/** Workloads whose name is too long in the longest-named environment of their pipeline. */
export function workloadLengths(settings: Draft): string[] {
  return named(settings).flatMap(({ id, environments, branches, key, prefixKey }) => {
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

/**
 * Role names that are too long (CodeBuild takes longer ones, and its projects are named like their roles), and
 * workloads whose name would match one of them.
 */
export function roleNames(settings: Draft): string[] {
  const scope = { project: settings.project, region: "", toolingAccount: "", path: "/" };
  const pipelines = named(settings);
  const all = allRoleNames(scope, pipelines);
  return pipelines.flatMap((pipeline) => {
    const { id, environments, branches, prefixKey } = pipeline;
    const role = longest(allRoleNames(scope, [pipeline]));
    const tooLong =
      `its role ${role} has ${role.length} characters, and IAM allows ${ROLE_NAME_LENGTH}: ` +
      "choose a shorter prefix, environment or project";
    const matched = [...environments, ...(branches ? [BRANCHES] : [])].flatMap((environment) => {
      const own = `${workloadName(id, environment)}-`;
      const match = all.find((name) => name.startsWith(own));
      const text = `permissions of its workload go by ${own}, and the project's role ${match} begins so: set another prefix`;
      return match ? [line(prefixKey, id.prefix, text)] : [];
    });
    return [...(role.length > ROLE_NAME_LENGTH ? [line(prefixKey, id.prefix, tooLong)] : []), ...matched];
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
