/** What must hold where a pipeline releases code alone, to functions that other stacks own. */
import { WORKLOADS } from "../../components/workloads/list";
import { codeAlone, type Packaging } from "../../components/workloads/workload";
import { workloadName } from "../../components/names";
import type { Draft, PipelineDraft } from "./draft";
import { FORMS, functionIn, missingIn, ownersFunction, type WrittenFunction } from "./ownersFunction";
import { isMap, line, valid } from "./problems";

const packagingOf = (workload: NonNullable<PipelineDraft["workload"]>): Packaging =>
  WORKLOADS[workload].packaging;

const releasesCodeAlone = ({ workload }: PipelineDraft): boolean =>
  workload !== undefined && codeAlone(WORKLOADS[workload]);

/** What speaks of a template, or of stacks of the pipeline's own. */
const OF_TEMPLATES = ["template", "uses", "permissions", "transforms", "branches"] as const;

/** Settings that mean nothing for the kind. */
function foreign({ key, workload, written, waves }: PipelineDraft, alone: boolean): string[] {
  const said = [
    { at: `${key}.function`, found: written["function"] },
    ...waves.flat().map((each) => ({ at: each.key.replace(/name$/, "function"), found: each.function })),
  ];
  if (alone)
    return [
      ...OF_TEMPLATES.filter((each) => written[each] !== undefined).map((each) =>
        line(
          `${key}.${each}`,
          written[each],
          `${workload} releases code alone, to functions that other stacks own, and has no template: remove this key`,
        ),
      ),
      ...said.flatMap(({ at, found }) =>
        workload !== undefined && packagingOf(workload) === "image" && isMap(found) && "runtime" in found
          ? [
              line(
                `${at}.runtime`,
                found["runtime"],
                `${workload} releases images, which have their own runtime: remove this key`,
              ),
            ]
          : [],
      ),
    ];
  const kinds = Object.values(WORKLOADS).flatMap((each) => (codeAlone(each) ? [each.kind] : []));
  const text = `${workload} has functions of its own; those of others are for workload ${kinds.join(", ")}: remove this key`;
  return said.flatMap(({ at, found }) =>
    found === undefined || workload === undefined ? [] : [line(at, found, text)],
  );
}

/** A function of an environment, and where settings say so. */
interface Named {
  readonly key: string;
  readonly environment: string;
  readonly account: string | undefined;
  readonly packaging: Packaging;
  readonly found: ReturnType<typeof functionIn>;
  /** The same, before the environment's name is in it. */
  readonly written: WrittenFunction;
}

/** Functions that are released to, of all pipelines. */
const named = ({ environments, pipelines }: Draft): Named[] =>
  pipelines
    .filter((each) => releasesCodeAlone(each) && unsaid(each).length === 0)
    .flatMap(({ key, workload, written, waves }) =>
      waves.flat().flatMap((each) => {
        const environment = environments.find(({ name }) => name !== undefined && name === each.written);
        const [own, its] = [written["function"] ?? {}, each.function ?? {}].map((one) =>
          valid(ownersFunction, one),
        );
        if (
          environment?.name === undefined ||
          own === undefined ||
          its === undefined ||
          workload === undefined
        )
          return []; // that is the problem
        const found = functionIn(environment.name, own, its);
        return [
          {
            ...{ key: `${key}.function`, environment: environment.name, account: environment.account, found },
            ...{ written: { ...own, ...its }, packaging: packagingOf(workload) },
          },
        ];
      }),
    );

/** Nothing is said of any function. */
const unsaid = ({ key, workload, written, waves }: PipelineDraft): string[] =>
  written["function"] === undefined && waves.flat().every((each) => each.function === undefined)
    ? [
        line(
          `${key}.function`,
          undefined,
          `${workload} releases to functions that other stacks own: name them, such as { name: quotes-\${environment}, ` +
            `${workload !== undefined && packagingOf(workload) === "image" ? "" : "runtime: nodejs22.x, "}endpoint: https://quotes.example.com }`,
        ),
      ]
    : [];

const missing = ({ key, environment, found, packaging }: Named): string[] =>
  missingIn(found, packaging).map((each) =>
    line(
      `${key}.${each}`,
      undefined,
      `of the function of ${environment} it must be said: here, or as function.${each} of ${environment} in the pipeline's own list of environments`,
    ),
  );

/** What only shows once the environment's name is in it. */
const malformed = ({ key, environment, found, written }: Named): string[] =>
  (["name", "alias"] as const).flatMap((each) =>
    found[each] === undefined || FORMS[each].test(found[each])
      ? []
      : [
          line(
            `${key}.${each}`,
            written[each],
            `in ${environment} it is ${found[each]}, no name that Lambda takes: choose a shorter one`,
          ),
        ],
  );

/** Two pipelines, or two environments, would publish versions of one function, and each move what the other has moved. */
function shared(all: readonly Named[]): string[] {
  return all.flatMap(({ key, environment, account, found }, i) => {
    const earlier = all
      .slice(0, i)
      .find(
        (other) => other.account === account && found.name !== undefined && other.found.name === found.name,
      );
    return earlier
      ? [
          line(
            `${key}.name`,
            found.name,
            `in ${environment} it is the function that ${earlier.key} has in ${earlier.environment}, in the same account: name another`,
          ),
        ]
      : [];
  });
}

/** Functions of a stack of our own, which is changed by its change sets alone. */
const ofOwnStacks = (all: readonly Named[], { pipelines }: Draft): string[] =>
  all.flatMap(({ key, found: { name = "" } }) => {
    const owner = pipelines.find(
      ({ name: pipeline = "", prefix }) =>
        prefix !== undefined && name.startsWith(workloadName({ name: pipeline, prefix }, "")),
    );
    return owner
      ? [
          line(
            `${key}.name`,
            name,
            `${owner.key} has functions that begin so, and releases to them by change sets: name a function that another stack owns`,
          ),
        ]
      : [];
  });

/** Everything about functions of others that does not hold between settings. */
export function functionProblems(settings: Draft): string[] {
  const all = named(settings);
  return [
    ...settings.pipelines.flatMap((pipeline) => foreign(pipeline, releasesCodeAlone(pipeline))),
    ...settings.pipelines.filter(releasesCodeAlone).flatMap(unsaid),
    ...all.flatMap(missing),
    ...all.flatMap(malformed),
    ...shared(all),
    ...ofOwnStacks(all, settings),
  ];
}
