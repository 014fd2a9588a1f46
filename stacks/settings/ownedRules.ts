/** What must hold where a pipeline releases code alone, to what other stacks own. */
import type { z } from "zod";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { type OwnedKind, type Packaging, type Workload } from "../../components/workloads/workload";
import { workloadName } from "../../components/names";
import type { Draft, PipelineDraft } from "./draft";
import { inEnvironment, missingIn, type Owned, type Written } from "./owned";
import { ownedFunction, ownersFunction } from "./ownersFunction";
import { ownedService, ownersService } from "./ownersService";
import { isMap, line, valid } from "./problems";

/** By the key of the setting. */
export const OWNED: Readonly<Record<OwnedKind, Owned>> = { function: ownedFunction, service: ownedService };
const SCHEMAS: Readonly<Record<OwnedKind, z.ZodType<Written>>> = {
  function: ownersFunction,
  service: ownersService,
};

const ofKind = (workload: WorkloadKind): Workload => WORKLOADS[workload];
const packagingOf = (workload: WorkloadKind): Packaging => WORKLOADS[workload].packaging;

/** What a pipeline releases code alone to; undefined where it has stacks of its own. */
const ownedBy = ({ workload }: PipelineDraft): Owned | undefined => {
  const kind = workload && ofKind(workload).codeAlone;
  return kind && OWNED[kind];
};

/** What speaks of a template, or of stacks of the pipeline's own. */
const OF_TEMPLATES = ["template", "uses", "permissions", "transforms", "branches"] as const;

/** Where a pipeline says one of the two keys. */
const saidIn = ({ key, written, waves }: PipelineDraft, kind: OwnedKind) =>
  [
    { at: `${key}.${kind}`, found: written[kind] },
    ...waves.flat().map((each) => ({ at: each.key.replace(/name$/, kind), found: each[kind] })),
  ].filter(({ found }) => found !== undefined);

/** Settings that mean nothing for the kind. */
function foreign(pipeline: PipelineDraft): string[] {
  const { key, workload, written } = pipeline;
  if (workload === undefined) return [];
  const own = ownedBy(pipeline);
  const others = Object.values(OWNED)
    .filter((each) => each !== own)
    .flatMap(({ kind, several }) => {
      const kinds = Object.values<Workload>(WORKLOADS).flatMap((each) =>
        each.codeAlone === kind ? [each.kind] : [],
      );
      const has = own
        ? `${workload} releases to ${own.several}; ${several} of others are`
        : kind === "function"
          ? `${workload} has functions of its own; those of others are`
          : `${workload} has stacks of its own; ${several} of others are`;
      const text = `${has} for workload ${kinds.join(", ")}: remove this key`;
      return saidIn(pipeline, kind).map(({ at, found }) => line(at, found, text));
    });
  if (own === undefined) return others;
  return [
    ...OF_TEMPLATES.filter((each) => written[each] !== undefined).map((each) =>
      line(
        `${key}.${each}`,
        written[each],
        `${workload} releases code alone, to ${own.several} that other stacks own, and has no template: remove this key`,
      ),
    ),
    ...(packagingOf(workload) === "image" ? saidIn(pipeline, "function") : []).flatMap(({ at, found }) =>
      isMap(found) && "runtime" in found && own.kind === "function"
        ? [
            line(
              `${at}.runtime`,
              found["runtime"],
              `${workload} releases images, which have their own runtime: remove this key`,
            ),
          ]
        : [],
    ),
    ...others,
  ];
}

/** What is released to in an environment, and where settings say so. */
interface Named {
  readonly key: string;
  readonly environment: string;
  readonly account: string | undefined;
  readonly packaging: Packaging;
  readonly owned: Owned;
  readonly found: Written;
  /** The same, before the environment's name is in it. */
  readonly written: Written;
}

/** All that is released to, of all pipelines. */
const named = ({ environments, pipelines }: Draft): Named[] =>
  pipelines
    .filter((each) => unsaid(each).length === 0)
    .flatMap((pipeline) => {
      const { key, workload, written, waves } = pipeline;
      const owned = ownedBy(pipeline);
      if (owned === undefined || workload === undefined) return [];
      const { kind } = owned;
      return waves.flat().flatMap((each) => {
        const environment = environments.find(({ name }) => name !== undefined && name === each.written);
        const [own, its] = [written[kind] ?? {}, each[kind] ?? {}].map((one) => valid(SCHEMAS[kind], one));
        if (environment?.name === undefined || own === undefined || its === undefined) return []; // that is the problem
        return [
          {
            ...{ key: `${key}.${kind}`, environment: environment.name, account: environment.account },
            ...{ owned, packaging: packagingOf(workload), written: { ...own, ...its } },
            found: inEnvironment(owned, environment.name, own, its),
          },
        ];
      });
    });

/** Nothing is said of any. */
function unsaid(pipeline: PipelineDraft): string[] {
  const { key, workload } = pipeline;
  const owned = ownedBy(pipeline);
  if (owned === undefined || workload === undefined || saidIn(pipeline, owned.kind).length > 0) return [];
  return [
    line(
      `${key}.${owned.kind}`,
      undefined,
      `${workload} releases to ${owned.several} that other stacks own: name them, such as ${owned.example(packagingOf(workload))}`,
    ),
  ];
}

const missing = ({ key, environment, owned, found, packaging }: Named): string[] =>
  missingIn(owned, found, packaging).map((each) =>
    line(
      `${key}.${each}`,
      undefined,
      `of the ${owned.kind} of ${environment} it must be said: here, or as ${owned.kind}.${each} of ${environment} in the pipeline's own list of environments`,
    ),
  );

/** What only shows once the environment's name is in it. */
const malformed = ({ key, environment, owned, found, written }: Named): string[] =>
  owned.named.flatMap((each) =>
    found[each] === undefined || owned.forms[each]?.form.test(found[each]) !== false
      ? []
      : [
          line(
            `${key}.${each}`,
            written[each],
            `in ${environment} it is ${found[each]}, no name that ${owned.takenBy} takes: choose a shorter one`,
          ),
        ],
  );

/** Two pipelines, or two environments, would release to one, and each undo what the other has done. */
const shared = (all: readonly Named[]): string[] =>
  all.flatMap(({ key, environment, account, owned, found }, i) =>
    owned.unique.flatMap((keys) => {
      const earlier = all
        .slice(0, i)
        .find(
          (other) =>
            other.owned === owned &&
            other.account === account &&
            keys.every((each) => found[each] !== undefined && other.found[each] === found[each]),
        );
      const [last = ""] = keys.slice(-1);
      return earlier
        ? [
            line(
              `${key}.${last}`,
              found[last],
              `in ${environment} it is the ${last === "name" ? owned.kind : last} that ${earlier.key} has in ${earlier.environment}, in the same account: name another`,
            ),
          ]
        : [];
    }),
  );

/** Of a stack of our own, which is changed by its change sets alone. */
const ofOwnStacks = (all: readonly Named[], { pipelines }: Draft): string[] =>
  all.flatMap(({ key, owned, found }) =>
    owned.apart.flatMap((each) => {
      const name = found[each] ?? "";
      const owner = pipelines.find(
        ({ name: pipeline = "", prefix }) =>
          prefix !== undefined && name.startsWith(workloadName({ name: pipeline, prefix }, "")),
      );
      return owner
        ? [
            line(
              `${key}.${each}`,
              name,
              `${owner.key} has ${owned.kind === "function" ? "functions" : "resources"} that begin so, and releases to them by change sets: name a ${owned.kind} that another stack owns`,
            ),
          ]
        : [];
    }),
  );

/** Everything about what others own that does not hold between settings. */
export function ownedProblems(settings: Draft): string[] {
  const all = named(settings);
  return [
    ...settings.pipelines.flatMap(foreign),
    ...settings.pipelines.flatMap(unsaid),
    ...all.flatMap(missing),
    ...all.flatMap(malformed),
    ...shared(all),
    ...ofOwnStacks(all, settings),
  ];
}
