import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readState } from "../../../commands/engine/engine";
import { fromStates } from "../../../commands/up/rights";
import { list, map, type Values } from "../../../packages/iam/src/json";
import { rememberedRun } from "../../../rehearsal/growth/before";
import type { StateResource } from "../../../rehearsal/record/states";
import { classOf, growthOf, lineOf } from "../../../rehearsal/growth/growth";
import { policyDocuments } from "../../../rehearsal/aws/policyDocuments";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { broughtUp } from "../../programs";
import { environments, pipeline, tooling } from "../../stacks/settingsSample";
import { all } from "../../stacks/together.case";
import { OWN_PERMISSIONS } from "../../stacks/together.kinds";
import { ROOT, unbroken } from "../sample";
import { withPolicy } from "../access/matrix/changes";
import { whole } from "../../whole/sample";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

/** A record with other resources in place of its own. */
const changed = (record: Rehearsed, change: (resource: Resource) => Resource): Rehearsed =>
  record.map((run) => ({ ...run, resources: run.resources.map(change) }));

/** A record in which a text is another, wherever it stands. */
const renamed = (record: Rehearsed, one: string, other: string): Rehearsed =>
  JSON.parse(JSON.stringify(record).replaceAll(one, other)) as Rehearsed;

const lines = async (before: Rehearsed, after: Rehearsed): Promise<string[]> =>
  (await growthOf(before, after)).map((each) => `${each.grows ? "more" : "less"}: ${lineOf(each)}`);

describe("Rights of the stacks that grow", () => {
  let record: Rehearsed;
  before(async () => {
    record = (await unbroken()).runs;
  });

  it("say nothing of other physical names, other Sids and another order", async () => {
    const names = ["artifacts-60c5d33", "delivery-catalog-build", "01255581-3b6a-e226-35f6-67c5d3152294"];
    for (const name of names) {
      assert.ok(JSON.stringify(record).includes(name), name);
      assert.deepEqual(await lines(renamed(record, name, "0000-renamed"), record), [], name);
    }
    let turned = 0;
    const other = changed(record, (resource) => {
      const [own] = policyDocuments(record).filter((each) => each.resource === resource);
      if (!own?.content || resource.type !== ROLE_POLICY) return resource;
      const Statement = own.statements.map((each, index) => ({ ...each, Sid: `Other${index}` })).reverse();
      turned++;
      return { ...resource, inputs: { ...resource.inputs, policy: { ...own.content, Statement } } };
    });
    assert.ok(turned > 5);
    assert.deepEqual(await lines(other, record), []);
  });

  it("say once what each environment has, and what of it is some other's alone", async () => {
    const less = (statement: Values): Values => ({
      ...statement,
      Action: list(statement["Action"]).filter((each) => each !== "dynamodb:CreateTable"),
    });
    const both = await withPolicy(ROLE_POLICY, "catalog--test-execution", "ManageTables", less);
    const execution = "execution may now dynamodb:CreateTable on arn:aws:dynamodb:eu-west-1:";
    assert.deepEqual(await lines(both, record), [
      `more: role delivery-catalog--test-${execution}222222222222:table/catalog--test-*`,
    ]);
    const all = changed(both, (resource) => {
      if (resource.name !== "catalog--prod-execution" || resource.type !== ROLE_POLICY) return resource;
      const policy = map(JSON.parse(JSON.stringify(resource.inputs["policy"])));
      const Statement = list(policy["Statement"])
        .map(map)
        .map((each) => (each["Sid"] === "ManageTables" ? less(each) : each));
      return { ...resource, inputs: { ...resource.inputs, policy: { ...policy, Statement } } };
    });
    assert.deepEqual(await lines(all, record), [
      `more: role delivery-<pipeline>--<environment>-${execution}<account>:table/<pipeline>--<environment>-* (2 times)`,
    ]);
  });

  whole(
    "say in one line that a new environment's roles may what others of their class may, and the rest of them by itself",
    async () => {
      const without = record.filter(({ stack }) => stack !== "prod");
      const roles = ["boundary", "cleanup", "codedeploy", "deploy", "execution", "plan"].map(
        (each) => `delivery-catalog--prod-${each}`,
      );
      const [first, second, third, ...more] = await lines(without, record);
      assert.deepEqual(more, []);
      assert.match(
        first ?? "",
        /^more: role delivery-catalog--prod-plan may now cloudformation:DescribeStacks on /,
      );
      assert.match(
        second ?? "",
        /^more: account 111111111111 may now sts:AssumeRole on role delivery-catalog--prod-plan, /,
      );
      assert.match(
        third ?? "",
        new RegExp(
          `^more: ${roles.join(", ")}: new, with rights that others of their class had before: \\d+$`,
        ),
      );
      const [gone, ...rest] = await lines(record, without);
      assert.deepEqual(rest, []);
      assert.match(gone ?? "", new RegExp(`^less: ${roles.join(", ")}: gone, with their rights: \\d+$`));
    },
  );

  it("do not take somebody who was there for new, though others of the class may the same", async () => {
    const before = await withPolicy(ROLE_POLICY, "catalog--test-execution", "ManageTables", (statement) => ({
      ...statement,
      Action: "dynamodb:Scan",
    }));
    const [more, less, ...others] = await lines(before, record);
    assert.deepEqual(others, []);
    assert.match(more ?? "", /^more: role delivery-catalog--test-execution may now dynamodb:/);
    assert.match(less ?? "", /^less: role delivery-catalog--test-execution may no longer dynamodb:Scan on /);
  });

  describe("by a team's own documents", () => {
    let [without, permitted]: Rehearsed[] = [];
    before(async () => {
      const own = { workload: "lambda-zip", source: { codecommit: "catalog" } };
      const stacks = (more: object) => {
        const pipelines = [pipeline({ ...own, ...more })];
        return broughtUp(all(tooling({ environments: environments("test", "prod"), pipelines })).files);
      };
      without = await stacks({});
      permitted = await stacks({ permissions: OWN_PERMISSIONS });
    });

    it("are said statement by statement, once for all environments, and are nobody's but the execution role's and the boundary's", async () => {
      const names = "<pipeline>--<environment>";
      const at = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:<account>:${rest}`;
      const [streams, files] = [at("kinesis", `stream/${names}-*`), at("elasticfilesystem", "file-system/*")];
      const code = `lambda:SourceFunctionArn is like ${at("lambda", `function:${names}-*`)}`;
      const tag = (when: string) => `aws:${when}Tag/delivery:workload is ${names}`;
      const expected = [
        `whoever has managed policy delivery-${names}-boundary`,
        ...[
          `kinesis:PutRecords on ${streams}, when ${code}`,
          `kinesis:DescribeStreamSummary, kinesis:GetRecords and kinesis:GetShardIterator on ${streams}, when lambda:SourceFunctionArn is absent`,
          `s3:PutObjectTagging on arn:aws:s3:::${names}-*, when ${code} and aws:ResourceAccount is <account>`,
        ],
        `role delivery-${names}-execution`,
        ...[
          `kinesis:CreateStream, kinesis:DeleteStream and kinesis:DescribeStreamSummary on ${streams}`,
          "kinesis:ListStreams on *",
          `elasticfilesystem:CreateFileSystem on *, when ${tag("Request")}`,
          `elasticfilesystem:TagResource on ${files}, when ${tag("Request")} and elasticfilesystem:CreateAction is CreateFileSystem`,
          `elasticfilesystem:DeleteFileSystem and elasticfilesystem:UpdateFileSystem on ${files}, when ${tag("Resource")}`,
        ],
      ];
      const sentences = (may: string) => {
        let who = "";
        return expected.flatMap((each) => {
          if (/^(whoever|role) /.test(each)) who = each;
          return who === each ? [] : [`${who} ${may} ${each} (2 times)`];
        });
      };
      const more = sentences("may now").map((each) => `more: ${each}`);
      const less = sentences("may no longer").map((each) => `less: ${each}`);
      assert.equal(more.length, 8);
      assert.deepEqual(await lines(without ?? [], permitted ?? []), more);
      assert.deepEqual(await lines(permitted ?? [], without ?? []), less);
      // Each of both is about its own environment.
      const each = (await growthOf(without ?? [], permitted ?? [])).flatMap((one) => one.each);
      assert.equal(each.length, 16);
      for (const sentence of each) assert.doesNotMatch(sentence, /--test.*--prod|--prod.*--test/);
    });

    whole("are in a further environment what others of their class have, a statement each", async () => {
      const further = async (of: Rehearsed = []) => {
        const said = await lines(
          of.filter(({ stack }) => stack !== "prod"),
          of,
        );
        const last = said.pop() ?? "";
        assert.match(
          last,
          /^more: delivery-catalog--prod-boundary, .*: new, with rights that others of their class had before: \d+$/,
        );
        assert.deepEqual(
          said.filter((each) => /kinesis|elasticfilesystem|boundary|execution/.test(each)),
          [],
        );
        return Number(/\d+$/.exec(last));
      };
      assert.equal(await further(permitted), (await further(without)) + 8);
    });
  });

  it("have a class without names of pipelines, environments and accounts, and without what AWS completes", () => {
    const standing = new Map([
      ["shop", "<pipeline>"],
      ["test", "<environment>"],
      ["222222222222", "<account>"],
    ]);
    const key = "01255581-3b6a-e226-35f6-67c5d3152294";
    assert.equal(
      classOf(
        `role a-shop--test-plan on arn:aws:kms:eu-west-1:222222222222:key/${key} of shop-642b3e4, tests, shops`,
        standing,
      ),
      "role a-<pipeline>--<environment>-plan on arn:aws:kms:eu-west-1:<account>:key/* of <pipeline>-*, tests, shops",
    );
  });

  it("are read from what Pulumi remembers, whatever it calls what AWS named", async () => {
    // What awsx makes is inside its component, and the provider is known there alone.
    const remembered = (resources: readonly Resource[]): StateResource[] =>
      resources.flatMap((resource) => {
        const { provider, ...own } = resource;
        const id = resources.find(({ urn }) => urn === provider)?.id ?? "";
        const by = provider === undefined ? {} : { provider: `${provider}::${id}` };
        if (!resource.remote) return [{ ...own, ...by }];
        const type = "aws:ecr/repository:Repository";
        const made = {
          urn: `${own.urn}$${type}::made`,
          type,
          parent: own.urn,
          custom: true,
          inputs: {},
          outputs: map(own.outputs["repository"]),
        };
        // A component's outputs are references to what it has made.
        return [
          { ...own, outputs: { repository: { urn: made.urn } } },
          { ...made, ...by },
        ];
      });
    const states = renamed(record, "artifacts-60c5d33", "artifacts-1a2b3c4").map(({ stack, resources }) =>
      rememberedRun(stack, remembered(resources)),
    );
    // The engine's own provider for awsx is among them.
    const [tooling, ...others] = states;
    assert.ok(tooling);
    const own = {
      urn: "urn:pulumi:tooling::delivery::pulumi:providers:awsx::default_3_9_0",
      type: "pulumi:providers:awsx",
    };
    const more = rememberedRun("tooling", [{ ...own, custom: true, inputs: {}, outputs: {} }]).resources;
    assert.deepEqual(more, []);
    assert.deepEqual(await lines(states, record), []);
    assert.deepEqual([others.length, tooling.stack], [2, "tooling"]);
    const wider = await withPolicy(ROLE_POLICY, "catalog-promote", "RemoveOldImages", (statement) => ({
      ...statement,
      Action: [statement["Action"], "ecr:DeleteRepository"].flat(),
    }));
    assert.equal((await lines(states, wider)).length, 1);
  });

  whole("are read from what the engine itself has kept of an earlier version", async () => {
    const kept = gunzipSync(
      readFileSync(join(ROOT, "tests/engine/versions/0.1.0/stacks.json.gz")),
    ).toString();
    const stacks = Object.entries(JSON.parse(kept) as Record<string, { deployment: unknown }>);
    const states = new Map(stacks.map(([stack, { deployment }]) => [stack, readState(deployment)] as const));
    const said = await lines(fromStates(states), record);
    assert.ok(said.length > 20, said.join("\n"));
    // Names that differ alone are no growth: this topic is the same.
    const topics = [...states.values()].flatMap(({ resources }) =>
      resources.flatMap(({ type, outputs }) =>
        type === "aws:sns/topic:Topic" ? [String(outputs["name"])] : [],
      ),
    );
    assert.equal(topics.length, 1);
    assert.deepEqual(
      said.filter((line) => topics.some((topic) => line.includes(topic))),
      [],
    );
    const ours =
      "may now ssm:GetParameters on arn:aws:ssm:eu-west-1:<account>:parameter/delivery/tooling/judge/* (2 times)";
    assert.ok(
      said.includes(`more: role delivery-<pipeline>--<environment>-release-job ${ours}`),
      said.join("\n"),
    );
  });
});
