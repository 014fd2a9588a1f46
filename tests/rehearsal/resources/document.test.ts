import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { runStack } from "../../../rehearsal/bringUp/runStack";
import { resourcesOf, resourcesSchema, written } from "../../../rehearsal/resources/document";
import { upOf } from "../../stacks/together.cases";
import { ROOT } from "../sample";

const SCHEMA = join(ROOT, "docs/resources.schema.json");
/** Between them they have every kind of resource. */
const TITLES = [
  "the sample",
  "every kind of workload over one store",
  "previews in pull requests, and sources on GitHub",
  "branches of a repository in CodeCommit, and behind a connection",
];
const committed = (): string => readFileSync(SCHEMA, "utf8");

describe("resources as data", () => {
  it("have the schema that is committed, which a reader that knows JSON schemas alone takes them by", async () => {
    const now = written(z.toJSONSchema(resourcesSchema));
    const how = "it is made of rehearsal/resources/document.ts: npm run resources:schema writes it anew";
    assert.equal(committed(), now, how);
    const read = z.fromJSONSchema(JSON.parse(committed()) as z.core.JSONSchema.JSONSchema);
    const document = resourcesOf("delivery", await upOf("the sample"));
    assert.deepEqual(read.safeParse(JSON.parse(written(document))).error, undefined);
    const wrong = [
      { ...document, version: 2 },
      { ...document, more: 1 },
      { version: 1, project: "delivery" },
    ];
    assert.deepEqual(
      wrong.map((each) => read.safeParse(each).success),
      [false, false, false],
    );
  });

  it("name every parent, provider and dependency by a URN that is there once", async () => {
    for (const title of TITLES) {
      const { stacks } = resourcesOf("delivery", await upOf(title));
      const all = stacks.flatMap(({ resources }) => resources);
      const urns = new Set(all.map(({ urn }) => urn));
      assert.ok(all.length > 50, title);
      assert.equal(urns.size, all.length, title);
      const named = all.flatMap(({ parent, provider, dependsOn }) =>
        [parent ?? [], provider ?? [], dependsOn].flat(),
      );
      assert.deepEqual(
        named.filter((each) => !urns.has(each)),
        [],
        title,
      );
    }
  });

  it("are the same bytes, whatever the order in which the program registers them and writes their keys", async () => {
    const record = await upOf("the sample");
    const turned = record.map((run) => ({
      ...run,
      resources: [...run.resources].reverse().map((each) => ({
        ...each,
        dependsOn: [...each.dependsOn].reverse(),
        inputs: Object.fromEntries(Object.entries(each.inputs).reverse()),
      })),
    }));
    assert.equal(written(resourcesOf("delivery", turned)), written(resourcesOf("delivery", record)));
  });

  it("spell secrets and what is not known as documented, and hold every field", async () => {
    const run = await runStack({
      ...{ project: "delivery", stack: "tooling", config: {}, earlier: [] },
      program: () =>
        Promise.resolve().then(() => {
          const provider = new aws.Provider("aws", {
            region: "eu-west-1",
            allowedAccountIds: ["111111111111"],
          });
          new aws.ssm.Parameter(
            "p",
            {
              type: "String",
              value: pulumi.secret("x"),
              description: pulumi.output(pulumi.unknown as string),
            },
            { provider, protect: true },
          );
        }),
    });
    assert.deepEqual(run.failures, []);
    const { stacks } = resourcesOf("delivery", [run]);
    const root = "urn:pulumi:tooling::delivery::pulumi:pulumi:Stack";
    assert.deepEqual(stacks[0]?.resources[0], {
      urn: `${root}$aws:ssm/parameter:Parameter::p`,
      type: "aws:ssm/parameter:Parameter",
      name: "p",
      component: false,
      parent: `${root}::delivery-tooling`,
      provider: `${root}$pulumi:providers:aws::aws`,
      protect: true,
      dependsOn: [],
      inputs: { description: "[unknown]", type: "String", value: "[secret]" },
    });
  });
});
