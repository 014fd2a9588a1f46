import assert from "node:assert/strict";
import { list, map, type Values as Json } from "../../packages/iam/src/json";
import { selfPipelines } from "../../rehearsal/record/inventory";
import { variablesOf } from "../../rehearsal/record/pipelines";
import type { Rehearsed } from "../../rehearsal/record/record";
import { entries, pasted } from "../../rehearsal/rules/pasted";
import { promisesKept } from "../../rehearsal/rules/principals";
import { onlyRoles } from "../../stacks/grants";
import { sizes } from "../../stacks/policySizes";
import { counts } from "../../stacks/quotas";
import { broughtUp, documentOf, names, ofKind, only, runOf } from "../programs";
import { environment, environments, settingsOf, tooling, type Values } from "./settingsSample";

const selfUpdate = {
  source: { codecommit: "platform" },
  state: { url: "s3://state" },
  role: "up",
  timeoutDays: 60,
};
const WITH = tooling({
  environments: environments("test@222222222222", "own@111111111111"),
  iam: { path: "/team/", permissionsBoundary: "org" },
  selfUpdate,
});
const FILES: Readonly<Record<string, Values>> = {
  tooling: WITH,
  test: environment({ iam: { path: "/team/", permissionsBoundary: "other" } }),
  own: environment({ account: "111111111111" }),
};
const JOB = "arn:aws:iam::111111111111:role/team/delivery-self-preview";

/** The same record with another pipeline of its own. */
const changed = (record: Rehearsed, change: (stages: readonly Json[]) => readonly unknown[]): Rehearsed =>
  record.map((run) => ({
    ...run,
    resources: run.resources.map((each) =>
      each.outputs["name"] === "delivery-self" && each.type === "aws:codepipeline/pipeline:Pipeline"
        ? { ...each, inputs: { ...each.inputs, stages: change(list(each.inputs["stages"]).map(map)) } }
        : each,
    ),
  }));
const problems = ({ findings }: { readonly findings: readonly unknown[] }): unknown[] => [...findings];

describe("selfUpdate, in the stacks", () => {
  let up: Rehearsed;
  before(async () => {
    up = await broughtUp(FILES);
  });

  it("gives each environment a role without rights, which Preview's job alone may take", () => {
    const roles = ["test", "own"].map((stack) => {
      const { inputs } = only(runOf(up, stack).resources, "iam/role:Role", "self-preview");
      return [inputs["name"], inputs["path"], inputs["permissionsBoundary"], inputs["description"]];
    });
    assert.deepEqual(roles, [
      [
        "delivery-self-preview-test",
        "/team/",
        "arn:aws:iam::222222222222:policy/other",
        "Previews in pipeline delivery-self",
      ],
      [
        "delivery-self-preview-own",
        "/team/",
        "arn:aws:iam::111111111111:policy/org",
        "Previews in pipeline delivery-self",
      ],
    ]);
    const role = only(runOf(up, "test").resources, "iam/role:Role", "self-preview");
    assert.deepEqual(documentOf(role, "assumeRolePolicy").Statement, [
      {
        Sid: "AssumedByPreviewJob",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "sts:AssumeRole",
        Condition: { ArnEquals: { "aws:PrincipalArn": [JOB] } },
      },
    ]);
    const policies = ofKind(runOf(up, "test").resources, "iam/rolePolicy:RolePolicy");
    assert.ok(!policies.some(({ inputs }) => inputs["role"] === "delivery-self-preview-test"));
  });

  it("tells whom the organization's roles have to let in, and keeps its artifacts longer than an approval waits", () => {
    const { outputs, resources } = runOf(up, "tooling");
    const { pipeline, upRoleArn } = map(outputs["selfUpdate"]);
    assert.deepEqual(
      [pipeline, upRoleArn],
      ["delivery-self", "arn:aws:iam::111111111111:role/team/delivery-self-up"],
    );
    const { rules } = only(
      resources,
      "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "artifacts",
    ).inputs;
    const own = list(rules)
      .map(map)
      .filter(({ filter }) => map(filter)["prefix"] === "delivery-self/");
    assert.deepEqual(
      own.map(({ expiration }) => map(expiration)["days"]),
      [90],
    );
  });

  it("bounds all of its roles as the organization says", () => {
    const roles = ofKind(runOf(up, "tooling").resources, "iam/role:Role").filter(({ inputs }) =>
      String(inputs["name"]).startsWith("delivery-self-"),
    );
    assert.deepEqual(
      roles.map(({ inputs }) => [inputs["name"], inputs["permissionsBoundary"]]).sort(),
      ["pipeline", "preview", "trigger", "up"].map((kind) => [
        `delivery-self-${kind}`,
        "arn:aws:iam::111111111111:policy/org",
      ]),
    );
  });

  it("is all that settings with it add", async () => {
    const without = await broughtUp({ ...FILES, tooling: { ...WITH, selfUpdate: {} } });
    const added = (stack: string) =>
      names(runOf(up, stack).resources).filter(
        (each) => !names(runOf(without, stack).resources).includes(each),
      );
    assert.deepEqual(added("test"), [
      "aws:iam/role:Role self-preview",
      "delivery:index:PreviewAccess self-preview",
    ]);
    assert.ok(
      added("tooling").every((each) => / delivery-self/.test(each)),
      added("tooling").join("; "),
    );
    assert.equal("selfUpdate" in runOf(without, "tooling").outputs, false);
    assert.equal("selfPreviewJobRoleArn" in map(runOf(without, "tooling").outputs["contract"]), false);
  });

  it("carries artifacts where settings name the only roles that may", () => {
    const settings = settingsOf(
      tooling({ selfUpdate, artifactRoles: ["arn:aws:iam::111111111111:role/audit"] }),
    );
    assert.ok(settings.kind === "tooling");
    assert.deepEqual(
      onlyRoles(settings)?.filter((each) => each.includes("self")),
      ["pipeline", "preview", "up"].map((kind) => `arn:aws:iam::111111111111:role/delivery-self-${kind}`),
    );
  });

  it("is counted among what an account has", () => {
    const counted = (more: Values) => {
      const settings = settingsOf(tooling({ environments: environments("test@222222222222"), ...more }));
      assert.ok(settings.kind === "tooling");
      return new Map(counts(settings).map(({ quota, account, count }) => [`${quota} ${account}`, count]));
    };
    const [with_, without] = [counted({ selfUpdate }), counted({})];
    const more = [...with_].map(([key, count]) => [key, count - (without.get(key) ?? 0)] as const);
    assert.deepEqual(Object.fromEntries(more.filter(([, count]) => count > 0)), {
      "roles 111111111111": 4,
      "policies 111111111111": 1,
      "projects 111111111111": 2,
      "pipelines 111111111111": 1,
      "rules 111111111111": 1,
      "roles 222222222222": 1,
    });
  });

  it("is refused where its jobs would be told of more environments than CodeBuild takes", () => {
    const sized = (role: string) => {
      const listed = environments(...[...Array(20).keys()].map((i) => `env-${i}`));
      const settings = settingsOf(tooling({ environments: listed, selfUpdate: { ...selfUpdate, role } }));
      assert.ok(settings.kind === "tooling");
      return sizes(settings).find(({ what }) => what === "variables of the jobs of selfUpdate");
    };
    const [few, many] = [sized("up"), sized(`${"path/".repeat(50)}up`)];
    assert.ok(few && many);
    assert.deepEqual([few.limit, few.size > few.limit, many.size > many.limit], [5500, false, true]);
    // What a project of so many has in the end.
    const told = ofKind(runOf(up, "tooling").resources, "codebuild/project:Project")
      .filter(({ inputs }) => String(inputs["name"]).startsWith("delivery-self-"))
      .map((each) => Object.entries(variablesOf(each)).flat().join("").length);
    const settings = settingsOf(WITH);
    assert.ok(settings.kind === "tooling");
    const own = sizes(settings).find(({ what }) => what === few.what)?.size ?? 0;
    assert.ok(Math.max(...told) <= own && own < Math.max(...told) + 100, `${told.join(", ")} of ${own}`);
  });

  it("is no release: nothing is promised of it, and it has two jobs", () => {
    assert.deepEqual(
      selfPipelines(up).map(({ name, jobs, environments: own }) => [name, jobs.map(({ kind }) => kind), own]),
      [["delivery-self", ["self-preview", "self-up"], []]],
    );
  });

  it("is judged by the rules: what is shown, the door of its last stage, and the roles that it takes", () => {
    assert.deepEqual(
      [pasted, entries, promisesKept].flatMap((rule) => problems(rule.judge(up))),
      [],
    );
    const door = (change: (condition: Json) => unknown) =>
      changed(up, (stages) =>
        stages.map((stage) =>
          stage["beforeEntry"] === undefined
            ? stage
            : { ...stage, beforeEntry: { condition: change(map(map(stage["beforeEntry"])["condition"])) } },
        ),
      );
    const failing = door((condition) => ({ ...condition, result: "FAIL" }));
    assert.match(JSON.stringify(problems(entries.judge(failing))), /stage Up is not skipped at its door/);
    assert.match(
      JSON.stringify(problems(pasted.judge(failing))),
      /action Approve of stage Up shows #\{Preview\.STEPS\}/,
    );
    const open = door((condition) => ({ ...condition, rules: [] }));
    assert.match(
      JSON.stringify(problems(entries.judge(open))),
      /stage Up does not check STEPS against \^\[0-9a-f\]\{64\}\$/,
    );
  });
});
