/** What must hold between selfUpdate and all else. */
import { artifactPrefix, SELF, selfPipeline } from "../../components/names";
import type { Draft } from "./draft";
import { isMap, line } from "./problems";

const RESERVED = "selfUpdate has roles and jobs of this name: choose another name";

/** Names that its own roles, jobs and artifacts have. */
function names({ project, pipelines, environments }: Draft): string[] {
  const own = selfPipeline({ project });
  return [
    ...environments
      .filter(({ name }) => name === SELF)
      .map(({ key, name }) => line(`${key}.name`, name, RESERVED)),
    ...pipelines.flatMap(({ key, name, prefix, prefixKey }) => {
      if (prefix === SELF) return [line(prefixKey, prefix, RESERVED)];
      if (name === SELF) return [line(`${key}.name`, name, RESERVED)];
      return name !== undefined && artifactPrefix({ name, prefix: name }) === artifactPrefix(own)
        ? [
            line(
              `${key}.name`,
              name,
              `CodePipeline would put its artifacts where those of ${own.name} are, the pipeline of selfUpdate: choose another name`,
            ),
          ]
        : [];
    }),
  ];
}

/** Keys of a source that mean something else here. */
const SOURCE_KEYS = {
  create: "the repository exists, since this program is in it: remove this key",
  pullRequests:
    "an approval is of what has been merged: remove this key; previews of pull requests are another setting (docs/previews.md)",
} as const;

export function selfUpdateProblems(settings: Draft): string[] {
  const { project, selfUpdate: written } = settings;
  if (!isMap(written)) return [];
  const { role, source } = written;
  const last = typeof role === "string" ? (role.split("/").at(-1) ?? "") : "";
  return [
    ...names(settings),
    ...Object.entries(SOURCE_KEYS).flatMap(([key, text]) =>
      isMap(source) && source[key] !== undefined ? [line(`selfUpdate.source.${key}`, source[key], text)] : [],
    ),
    // It would change itself, and with it whom it lets in.
    ...(last.startsWith(`${project}-`)
      ? [
          line(
            "selfUpdate.role",
            role,
            `roles that begin with ${project}- are made by these stacks: name one that people have made (docs/self-update.md)`,
          ),
        ]
      : []),
  ];
}

/** Up takes roles by itself, and they may take no others. */
export const selfUpdateRoleProblems = (
  written: Readonly<Record<string, unknown>>,
  aws: Readonly<Record<string, unknown>>,
): string[] =>
  written["selfUpdate"] === undefined || aws["assumeRoles"] === undefined
    ? []
    : [
        line(
          "aws:assumeRoles",
          aws["assumeRoles"],
          "the jobs of selfUpdate take a role themselves: set aws:profile instead (a profile can take roles), or remove selfUpdate",
        ),
      ];
