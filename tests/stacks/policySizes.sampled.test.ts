import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { documentsOf } from "../../components/environment/accountRoles";
import { MANAGED_POLICY_LENGTH } from "../../components/policies";
import { using } from "../../components/uses/using";
import type { Resource } from "../../rehearsal/record/record";
import { WORKLOADS } from "../../components/workloads/list";
import { boundaryLength } from "../../stacks/boundaries";
import { ATTACHED } from "../../stacks/ownPolicies";
import { places } from "../../stacks/places";
import { LIMITS, refuseTooLarge, sizes } from "../../stacks/policySizes";
import { counts, QUOTAS } from "../../stacks/quotas";
import type { Pipeline, ToolingSettings } from "../../stacks/settings/model";
import { readSettings } from "../../stacks/settings/read";
import { ofKind, oneStack, only, runOf } from "../programs";
import { blocks, textOf } from "../docs/pages";
import { deliver, environments, pipeline, settingsOf, tooling, type Values } from "./settingsSample";
import { CASES, isSampled, upOf } from "./together.cases";
import { sampled } from "../whole/sample";

const LIMITS_PAGE = readFileSync(join(__dirname, "../../docs/limits.md"), "utf8");

/** Settings with this many of both, with names as people give them. */
const many = (pipelines: number, listed: number, approval = false) =>
  tooling({
    environments: environments(
      ...Array.from({ length: listed }, (_, i) => `env-${String(i + 1).padStart(2, "0")}`),
    ).map((each) => ({ ...each, approval })),
    pipelines: Array.from({ length: pipelines }, (_, i) => {
      const name = `service-${String(i + 1).padStart(3, "0")}`;
      return pipeline({ name, source: { codecommit: name } });
    }),
  });

/** What is too much of them: settings' own problem, or what is too large; undefined where they fit. */
function full(...of: Parameters<typeof many>): string | undefined {
  const { settings, problems } = readSettings(deliver(many(...of), "tooling"));
  if (!settings)
    return /CodePipeline allows 50/.test(problems?.join() ?? "") ? "stages of CodePipeline" : "?";
  const [first] = sizes(settings as ToolingSettings).filter(({ size, limit }) => size > limit);
  return first?.what.replace(/ of .*/, "");
}

const length = ({ inputs }: Resource): number => {
  const policy = inputs["policy"];
  return Buffer.byteLength(typeof policy === "string" ? policy : JSON.stringify(policy));
};

const OF_EVENT = { EXECUTION_ID: "0".repeat(36), STATE: "SUPERSEDED" };
const OF_ACTION = { EXECUTION_ID: "0".repeat(36), STAGE: "Up" };

function variablesOf({ inputs }: Resource, run: object): number {
  const { environmentVariables } = inputs["environment"] as {
    environmentVariables: { name: string; value: string }[];
  };
  const all = [...environmentVariables.map(({ name, value }) => [name, value]), ...Object.entries(run)];
  return all.flat().join("").length;
}

describe("the size of what grows with settings", () => {
  for (const [title, { files, project }] of sampled(Object.entries(CASES), ([each]) => isSampled(each))) {
    it(`is foretold exactly: ${title}`, async () => {
      const settings = settingsOf(files["tooling"] ?? {}, "tooling", project) as ToolingSettings;
      const { resources } = runOf(await upOf(title), "tooling");
      const cleanup = (name: string) =>
        ofKind(resources, "codebuild/project:Project").filter((each) => each.name === `${name}-cleanup`);
      // Where all of a pipeline's environments are in other Regions, nobody pulls in tooling's.
      const pulledIn = ({ id: { name }, environments }: Pipeline) => [
        ...new Set(environments.map(({ region }) => (region === undefined ? name : `${name}.${region}`))),
      ];
      const ofImages = ({ workload }: Pipeline) => WORKLOADS[workload].packaging === "image";
      const made = settings.pipelines.flatMap((pipeline) => [
        ...(ofImages(pipeline) ? pulledIn(pipeline) : []).map((name) =>
          length(only(resources, "ecr/repositoryPolicy:RepositoryPolicy", name)),
        ),
        ...cleanup(pipeline.id.name).map((each) => variablesOf(each, OF_EVENT)),
      ]);
      const policies = ofKind(resources, "ecr/repositoryPolicy:RepositoryPolicy");
      const ofReleases = policies.filter(({ name }) => !/\.br(\.|$)/.test(name));
      assert.equal(made.length, ofReleases.length + settings.pipelines.length);
      const regions = new Set(settings.environments.flatMap(({ region }) => region ?? []));
      const stores = ["artifacts", ...[...regions].map((region) => `artifacts-${region}`)].flatMap((name) =>
        ["s3/bucketPolicy:BucketPolicy", "kms/key:Key"].map((type) => length(only(resources, type, name))),
      );
      const projectOf = (name: string) =>
        only(resources, "codebuild/project:Project", `${project ?? "delivery"}-self-${name}`);
      const own = settings.selfUpdate
        ? [Math.max(variablesOf(projectOf("preview"), {}), variablesOf(projectOf("up"), OF_ACTION))]
        : [];
      assert.deepEqual(
        sizes(settings).map(({ size }) => size),
        [...stores, ...own, ...made],
      );
    });
  }

  it("stops a preview before anything is made, with every policy that is too large and the way out", async () => {
    const { resources, failures } = await oneStack("tooling", many(6, 39), []);
    assert.deepEqual(
      resources.filter(({ custom }) => custom),
      [],
    );
    const [text = ""] = failures;
    const lines = text.split("\n  ");
    assert.equal(lines.length, 1 + 1 + 6);
    assert.equal(lines[0], "these settings lead to more than AWS takes:");
    assert.match(
      lines[1] ?? "",
      /^bucket policy of the artifact store would have \d+ bytes, and AWS takes 20480: move some of the pipelines to a project of their own, which has a store of its own, or shorten names \(project, prefix, environments, iam\.path\)$/,
    );
    assert.match(
      lines[2] ?? "",
      /^variables of clean-up job of pipeline service-001 would have \d+ bytes, and AWS takes 5500: divide its environments among several pipelines, or shorten names \(project, prefix, environments, iam\.path\)$/,
    );
  });

  it("is refused from the first byte over a limit", () => {
    const withState = (more: number) => {
      const selfUpdate = {
        ...{ source: { codecommit: "platform" }, role: "up" },
        state: { url: `s3://acme-state/${"x".repeat(more)}` },
      };
      const pipelines = [pipeline({ environments: ["env-01"] })];
      return settingsOf({ ...many(1, 72), pipelines, selfUpdate }) as ToolingSettings;
    };
    const of = (settings: ToolingSettings) => sizes(settings).find(({ what }) => /selfUpdate/.test(what));
    const left = LIMITS.variables - (of(withState(0))?.size ?? 0);
    refuseTooLarge(withState(left));
    assert.throws(() => refuseTooLarge(withState(left + 1)), {
      message:
        "these settings lead to more than AWS takes:\n  variables of the jobs of selfUpdate would have 5501 bytes, and AWS takes 5500: " +
        "move some of the environments to a project of their own, or shorten names (project, environments, role, iam.path)",
    });
  });

  it("of a bucket's policy is near its limit with what docs/limits.md allows", () => {
    const settings = settingsOf(many(5, 36)) as ToolingSettings;
    const [bucket] = sizes(settings);
    assert.deepEqual(bucket?.limit, LIMITS.bucket);
    assert.ok(bucket.size <= LIMITS.bucket && LIMITS.bucket - bucket.size < 600, String(bucket.size));
  });

  const rows = [...LIMITS_PAGE.matchAll(/^\| (\d+) +\| (\d+)( with approvals)? +\| (.+?) +\|$/gm)];
  for (const [, pipelines = "", listed = "", approvals, what = ""] of sampled(
    rows,
    (_, index) => index % 3 === 0,
  )) {
    const approved = approvals !== undefined;
    it(`docs/limits.md: ${pipelines} pipelines have ${listed} environments${approvals ?? ""} each, then ${what} is full`, () => {
      assert.equal(full(Number(pipelines), Number(listed), approved), undefined);
      assert.equal(full(Number(pipelines), Number(listed) + 1, approved), what);
    });
  }
  it("docs/limits.md has the table", () => assert.ok(rows.length >= 6, `${rows.length} rows`));

  it("docs/limits.md: permissions of a team's own add the same in each environment of its pipeline, and nothing in tooling", () => {
    const example =
      blocks(textOf("docs/uses.md"), "yaml").find((each) => each.includes("permissions:")) ?? "";
    const { config } = parse(example) as { config: { pipelines: readonly [Values] } };
    const [{ workload, permissions }] = config.pipelines;
    assert.ok(permissions);
    const read = (pipelines: number, listed: number, changes: Values): ToolingSettings => {
      const values = many(pipelines, listed);
      const changed = (values["pipelines"] as Values[]).map((each) => ({ ...each, ...changes }));
      return settingsOf({ ...values, pipelines: changed }) as ToolingSettings;
    };
    const page = Object.fromEntries(
      [
        ...LIMITS_PAGE.matchAll(
          /^\| (characters|managed|customer)\b.*?\| ([\d,]+) +\| ([\d,]+) +\| ([\d,]+) +\|$/gm,
        ),
      ].map(([, what = "", ...cells]) => [what, cells.map((cell) => Number(cell.replace(",", "")))]),
    );
    for (const [pipelines, listed] of [
      [1, 1],
      [3, 9],
    ] as const) {
      const before: ToolingSettings = read(pipelines, listed, { workload });
      const after: ToolingSettings = read(pipelines, listed, { workload, permissions });
      const both: readonly ToolingSettings[] = [before, after];
      assert.deepEqual(sizes(after), sizes(before));
      const all = both.flatMap((settings) => settings.pipelines.map((each) => ({ settings, each })));
      const of = (measure: (settings: ToolingSettings, one: Pipeline) => number): number[] => [
        ...new Set(all.map(({ settings, each }) => measure(settings, each))),
      ];
      const policies = both.map((settings) => {
        const inEnvironments = counts(settings).filter(
          ({ account, quota }) => quota === "policies" && account !== settings.scope.toolingAccount,
        );
        return inEnvironments.map(({ count }) => count / pipelines);
      });
      assert.deepEqual(
        policies.map((each) => each.length),
        [listed, listed],
      );
      assert.deepEqual(
        {
          characters: [...of(boundaryLength), MANAGED_POLICY_LENGTH],
          managed: [
            ...of((settings, one) =>
              Math.max(
                ...places(settings, one).map(
                  (site) =>
                    documentsOf(
                      using(WORKLOADS[one.workload], one.uses, one.permissions).further?.(site) ?? [],
                    ).length,
                ),
              ),
            ),
            ATTACHED,
          ],
          customer: [...new Set(policies.flat()), QUOTAS.policies.limit()],
        },
        page,
        `${pipelines} pipelines, ${listed} environments`,
      );
    }
  });
});
