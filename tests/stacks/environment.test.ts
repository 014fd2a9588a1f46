import assert from "node:assert/strict";
import { label, type Rehearsed, type Resource, type StackRun } from "../../rehearsal/record/record";
import { broughtUp, documentOf, names, ofKind, oneStack, only, runOf } from "../programs";
import { VERSION } from "../../stacks/version";
import { environment, environments, pipeline, tooling, type Values } from "./settingsSample";

const TOOLING = {
  tooling: tooling({ environments: environments("test@222222222222", "prod@333333333333") }),
};
let up: Rehearsed;
const stack = (values: Values = {}, name = "test", earlier = up) =>
  oneStack(name, environment(values), earlier);
/** Fails if a stack did not come up. */
function sound(run: StackRun): StackRun {
  assert.deepEqual(run.failures, []);
  return run;
}

describe("environment's stack", () => {
  before(async () => {
    up = await broughtUp({ ...TOOLING, test: environment(), prod: environment({ account: "333333333333" }) });
    up = up.slice(0, 1);
  });

  it("has for each pipeline that releases there its roles, all protected, tells of them, and nothing else", async () => {
    const files = {
      tooling: tooling({
        environments: environments("test@222222222222", "prod@333333333333"),
        pipelines: [
          pipeline(),
          pipeline({ name: "search", source: { codecommit: "search" } }),
          pipeline({ name: "mail", source: { codecommit: "mail" }, environments: ["prod"] }),
        ],
      }),
    };
    const earlier = await broughtUp({
      ...files,
      test: environment(),
      prod: environment({ account: "333333333333" }),
    });
    const { resources, outputs } = runOf(earlier, "test");
    const kinds = ["cleanup", "codedeploy", "deploy", "execution", "plan"];
    const own = (workload: string) => [
      `aws:iam/policy:Policy ${workload}-boundary`,
      ...kinds.flatMap((kind) => [
        `aws:iam/role:Role ${workload}-${kind}`,
        `aws:iam/rolePolicy:RolePolicy ${workload}-${kind}`,
      ]),
      `delivery:index:CrossAccountRoles ${workload}`,
    ];
    const published = (pipeline: string) =>
      [...kinds.map((kind) => `role-arns/${kind}`), "stack-name"].map(
        (key) => `aws:ssm/parameter:Parameter published-workloads/${pipeline}/${key}`,
      );
    assert.deepEqual(
      names(resources),
      [
        ...[...own("catalog--test"), ...own("search--test")],
        ...[...published("catalog"), ...published("search"), "delivery:index:PublishedValues published"],
        ...["pulumi:providers:aws account", "pulumi:pulumi:Stack delivery-test"],
      ].sort(),
    );
    // Nobody but their readers needs what is published.
    const ofPublished = ({ urn }: Resource) => urn.includes("delivery:index:PublishedValues");
    assert.deepEqual(resources.filter((each) => !each.protect && !ofPublished(each)).map(label), [
      "delivery-test (pulumi:pulumi:Stack)",
      "account (pulumi:providers:aws)",
    ]);
    assert.deepEqual(Object.keys(outputs["workloads"] as object), ["catalog", "search"]);
  });

  it("tells each workload's stack and roles as outputs", async () => {
    const { resources, outputs } = sound(await stack());
    const arn = (kind: string) => only(resources, "iam/role:Role", `catalog--test-${kind}`).outputs["arn"];
    assert.deepEqual(outputs, {
      version: VERSION,
      workloads: {
        catalog: {
          stackName: "catalog--test",
          roleArns: Object.fromEntries(
            ["plan", "deploy", "cleanup", "execution", "codedeploy"].map((kind) => [kind, arn(kind)]),
          ),
        },
      },
    });
  });

  it("has one provider, which refuses every other account and takes what settings pass on", async () => {
    const passedOn = {
      "aws:profile": "dev",
      "aws:assumeRoles": [{ roleArn: "arn:aws:iam::222222222222:role/admin" }],
      "aws:defaultTags": { tags: { team: "shop" } },
    };
    const provider = async (values: Values) => {
      const { inputs } = only(sound(await stack(values)).resources, "providers:aws");
      const given = [
        "region",
        "profile",
        "allowedAccountIds",
        "assumeRoles",
        "defaultTags",
        "ignoreTags",
      ].map((key) => {
        const written = inputs[key];
        const value: unknown =
          typeof written === "string" && /^[[{]/.test(written) ? JSON.parse(written) : written;
        return [key, value] as const;
      });
      return Object.fromEntries(given.filter(([, value]) => value !== undefined));
    };
    const tags = { "delivery:project": "delivery", "delivery:stack": "test" };
    const ignoreTags = { keys: ["delivery:connection"] }; // what `npm run up` remembers on pipelines is no drift
    const bare = { region: "eu-west-1", allowedAccountIds: ["222222222222"], assumeRoles: [], ignoreTags };
    assert.deepEqual(await provider({}), { ...bare, defaultTags: { tags } });
    assert.deepEqual(await provider(passedOn), {
      ...bare,
      profile: "dev",
      assumeRoles: passedOn["aws:assumeRoles"],
      defaultTags: { tags: { ...tags, team: "shop" } },
    });
  });

  it("is the environment that settings name, whatever the stack is called", async () => {
    const { resources } = sound(await stack({ environment: "test" }, "eu"));
    assert.ok(only(resources, "iam/role:Role", "catalog--test-plan"));
    assert.equal(
      only(resources, "providers:aws").inputs["defaultTags"],
      JSON.stringify({ tags: { "delivery:project": "delivery", "delivery:stack": "eu" } }),
    );
  });

  it("comes up in any order with others, and the same", async () => {
    const prod = () => oneStack("prod", environment({ account: "333333333333" }), up);
    const first = sound(await prod());
    const test = sound(await stack({}, "test", [...up, first]));
    const later = sound(await oneStack("prod", environment({ account: "333333333333" }), [...up, test]));
    assert.deepEqual(later.resources, first.resources);
    assert.deepEqual(test.resources, sound(await stack()).resources);
  });

  it("bounds its roles as tooling does, or as it is told itself, in its own account", async () => {
    const iam = { path: "/delivery/", permissionsBoundary: "org" };
    const bounded = (await broughtUp({ tooling: tooling({ iam }), test: environment() })).slice(0, 1);
    const boundaries = async (values: Values) =>
      new Set(
        ofKind(sound(await stack(values, "test", bounded)).resources, "iam/role:Role").map(({ inputs }) =>
          String(inputs["permissionsBoundary"]),
        ),
      );
    const of = (name: string) => new Set([`arn:aws:iam::222222222222:policy/${name}`]);
    assert.deepEqual(await boundaries({}), of("org"));
    assert.deepEqual(
      await boundaries({ iam: { path: "/delivery/", permissionsBoundary: "own" } }),
      of("own"),
    );
  });

  it("lets go of its roles where it is deletable", async () => {
    const { resources } = sound(await stack({ deletable: true }));
    assert.deepEqual(
      resources.filter(({ protect }) => protect),
      [],
    );
  });

  it("may use the transforms that tooling's settings name, and no other", async () => {
    const transforms = ["AWS::Serverless-2016-10-31"];
    const using = await broughtUp({
      tooling: tooling({ pipelines: [pipeline({ transforms })] }),
      test: environment(),
    });
    const of = (run: StackRun) =>
      documentOf(only(run.resources, "iam/rolePolicy:RolePolicy", "catalog--test-plan")).Statement.flatMap(
        ({ Sid, Resource }) => (Sid === "UseTransforms" ? [Resource] : []),
      );
    assert.deepEqual(of(runOf(using, "test")), [
      ["arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31"],
    ]);
    assert.deepEqual(of(sound(await stack())), []);
  });
});
