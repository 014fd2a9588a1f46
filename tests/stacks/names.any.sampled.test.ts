import assert from "node:assert/strict";
import fc from "fast-check";
import { allResources, type Rehearsed } from "../../rehearsal/record/record";
import { RULES } from "../../rehearsal/rules/all";
import { namesOfEnvironment, namesOfPipeline, namesOfPrefix, type Made } from "../../stacks/madeNames";
import type { ToolingSettings } from "../../stacks/settings/model";
import { readSettings } from "../../stacks/settings/read";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { codeAlone, type Workload } from "../../components/workloads/workload";
import type { WorkloadRole } from "../../components/names";
import { broughtUp } from "../programs";
import { CONNECTION, deliver, type Values } from "./settingsSample";
import { all } from "./together.case";
import { sampled, whole } from "../whole/sample";

/** A name of this length; the first letter tells it from others, the shape is what words may look like. */
function word(first: string, length: number, shape: string): string {
  const text = (first + shape.repeat(length)).slice(0, length);
  return text.endsWith("-") ? `${text.slice(0, -1)}z` : text;
}
const SHAPES = ["x", "1", "-x", "ab-9", "internal-", "sg-", "aws-", "br-"] as const;

const shape = fc.constantFrom(...SHAPES);
const environment = fc.record({
  length: fc.constantFrom(1, 2, 4, 7, 8, 8, 15, 20, 21, 64),
  shape,
  word: fc.constantFrom("", "internal", "sg", "internal-x", "sg-x"),
  approval: fc.boolean(),
  platform: fc.boolean(),
  readers: fc.boolean(),
  sameAccount: fc.boolean(),
});
const pipeline = fc.record({
  length: fc.constantFrom(1, 2, 19, 20, 21, 43, 44, 45, 47, 48, 49, 91, 92, 100),
  prefix: fc.constantFrom(undefined, 1, 1, 2, 2, 3, 8, 14),
  shape,
  workload: fc.constantFrom(...(Object.keys(WORKLOADS) as WorkloadKind[])),
  source: fc.constantFrom("codecommit", "github", "connection"),
  branches: fc.boolean(),
  wave: fc.boolean(),
});
/** Others' functions and services, whose names none of ours begins with. */
function owners(i: number, workload: WorkloadKind): Values {
  const name = `O${i}-\${environment}`;
  const { codeAlone: kind, packaging }: Workload = WORKLOADS[workload];
  const endpoint = "https://quotes.example.com";
  if (kind === undefined) return {};
  if (kind === "function")
    return { function: { name, endpoint, ...(packaging !== "image" && { runtime: "nodejs22.x" }) } };
  const rest = { cluster: "main", container: "app", executionRole: "execution" };
  return { service: { name, family: name, endpoint, ...rest } };
}
const written = fc
  .record({
    project: fc.tuple(fc.constantFrom(1, 8, 25, 30, 38, 45), fc.constantFrom("p", "P_-", "a-")),
    environments: fc.array(environment, { minLength: 1, maxLength: 3 }),
    pipelines: fc.array(pipeline, { minLength: 1, maxLength: 2 }),
    path: fc.constantFrom("/", "/team/delivery/"),
    previews: fc.boolean(),
  })
  .map(({ project: [length, text], environments, pipelines, path, previews }) => {
    const listed = environments.map((each, i) => ({
      name: i === 0 && each.word !== "" ? each.word : word("efg".charAt(i), each.length, each.shape),
      account: each.sameAccount ? "222222222222" : `${i + 3}`.repeat(12),
      approval: each.approval,
      ...(each.platform && { platform: true }),
      ...(each.readers && { readers: ["arn:aws:iam::999999999999:role/on-call"] }),
    }));
    const names = listed.map(({ name }) => name);
    const free = listed.find(({ approval }) => !approval);
    const changes = previews ? { previews: { repository: "acme/platform", provider: "existing" } } : {};
    const settings: Values = {
      "aws:region": "eu-west-1",
      kind: "tooling",
      account: "111111111111",
      iam: { path },
      environments: listed,
      pipelines: pipelines.map((each, i) => ({
        name: word("cd".charAt(i), each.length, each.shape),
        ...(each.prefix !== undefined && { prefix: word("st".charAt(i), each.prefix, each.shape) }),
        workload: each.workload,
        ...owners(i, each.workload),
        source: {
          codecommit: { codecommit: `repository-${i}` },
          github: { github: "acme/shop" },
          connection: { connection: CONNECTION, repository: "acme/shop" },
        }[each.source],
        ...(each.wave && { environments: [names] }),
        ...(each.branches &&
          !codeAlone(WORKLOADS[each.workload]) &&
          free && { branches: { include: ["fix"], environment: free.name } }),
      })),
      ...changes,
    };
    return { project: word(text.charAt(0), length, text), settings, changes };
  });
/** Reading settings takes most of the time. */
const [NUMBER] = sampled([1500, 500], (number) => number === 500);
const SAMPLES = fc.sample(written, { seed: 12, numRuns: NUMBER ?? 0 }).map((each) => ({
  ...each,
  ...{ read: readSettings(deliver(each.settings, "tooling", each.project)) },
}));
const accepted = SAMPLES.flatMap(({ read, ...each }) =>
  read.settings?.kind === "tooling" ? [{ ...each, tooling: read.settings }] : [],
);
/** Those with the longest names, which are at the edges, and some of the others. */
const lengthOf = ({ tooling: { scope, pipelines } }: { readonly tooling: ToolingSettings }): number =>
  scope.project.length + pipelines.reduce((sum, { id }) => sum + id.name.length + id.prefix.length, 0);
const inOrder = [...accepted].sort((one, other) => lengthOf(other) - lengthOf(one));
const chosen = inOrder.filter((_, i) => i < 4 || i % Math.ceil(inOrder.length / 5) === 0);

function foretold(settings: ToolingSettings): Made[] {
  const { scope } = settings;
  const pipelines = settings.pipelines.map(({ id, workload, environments, branches }) => ({
    id,
    environments: environments.map(({ name }) => name),
    workloadRoles: Object.keys(WORKLOADS[workload].roles) as WorkloadRole[],
    branches: branches !== undefined,
  }));
  return [
    ...pipelines.flatMap((each) => [...namesOfPipeline(scope, each), ...namesOfPrefix(scope, each)]),
    ...settings.environments.flatMap(({ name, readers, platform }) =>
      namesOfEnvironment(scope, { name, readers: readers.length > 0, built: platform?.kind === "built" }),
    ),
  ];
}

/** The longest name of each type. */
const longestOf = (names: readonly { readonly type: string; readonly name: string }[]): Map<string, number> =>
  names.reduce(
    (longest, { type, name }) => longest.set(type, Math.max(longest.get(type) ?? 0, name.length)),
    new Map<string, number>(),
  );
const registered = (record: Rehearsed) =>
  allResources(record).flatMap(({ type, outputs }) => {
    const { name = outputs["targetId"] } = (outputs["repository"] ?? outputs) as { name?: unknown };
    return typeof name === "string" ? [{ type, name }] : [];
  });

describe("names that settings lead to", () => {
  it("are of settings that are accepted, and of others", () => {
    const few = SAMPLES.length / 15;
    assert.ok(few > 30 && accepted.length >= few && SAMPLES.length - accepted.length >= few);
    assert.ok(chosen.length >= 8);
  });

  chosen.forEach(({ project, settings, changes, tooling }, i) => {
    (i < 2 ? it : whole)(
      `are taken by AWS where settings are accepted, and are as long as foretold (${i + 1})`,
      async () => {
        const record = await broughtUp(all(settings, changes).files, project);
        for (const rule of RULES) assert.deepEqual(rule.judge(record).findings, [], rule.id);
        const [made, longest] = [longestOf(foretold(tooling)), longestOf(registered(record))];
        for (const [type, length] of longest) {
          const most = made.get(type);
          if (most === undefined) continue;
          assert.ok(length <= most, `${type}: ${length}, foretold were ${most}`);
        }
        for (const type of ["aws:cloudwatch/eventRule:EventRule", "aws:iam/role:Role"])
          assert.equal(longest.get(type), made.get(type), type);
      },
    );
  });

  it("are refused by the key of what is too long or begins wrong, with what is written there", () => {
    for (const { project, settings, read } of SAMPLES) {
      for (const problem of read.problems ?? []) {
        const [, key = "", rest = ""] = /^(\S+): (.*)$/s.exec(problem) ?? [];
        const value = key
          .split(/[.[\]]+/)
          .filter(Boolean)
          .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], {
            ...settings,
            name: project,
          });
        const json = JSON.stringify(value ?? "");
        const received = `received ${json.length > 100 ? `${json.slice(0, 99)}…` : json}; `;
        assert.ok(rest.startsWith(value === undefined ? "is missing; " : received), problem);
      }
    }
  });
});
