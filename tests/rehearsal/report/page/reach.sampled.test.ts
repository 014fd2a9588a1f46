import assert from "node:assert/strict";
import { kindsOf } from "../../../../rehearsal/access/estate/kindTraits";
import { policy } from "../../../../packages/iam/src/policy/policies";
import type { World } from "../../../../rehearsal/access/estate/world";
import { picturesOf } from "../../../../rehearsal/report/page/picture/choose";
import { type Arrow, reachOf } from "../../../../rehearsal/report/page/reach/arrows";
import { thingsOf } from "../../../../rehearsal/report/page/reach/things";
import { rankOf, verbOf } from "../../../../rehearsal/report/page/reach/verbs";
import { upOf } from "../../../stacks/together.cases";
import { branchWorld, OTHER } from "../../access/branchWorld";
import { build } from "../../access/models";
import { sampled, whole } from "../../../whole/sample";
import { SAMPLE } from "../../sample";
import { sampleInput } from "./sampleInput";

const sample = async (): Promise<World> =>
  (await sampleInput()).world ?? assert.fail("the sample has no world");

const told = ({ from, verbs, to }: Arrow): string => `${from.name} ${verbs.join(", ")} ${to.name}`;
const arrowsOf = async (world: World): Promise<string[]> =>
  (await reachOf(world, thingsOf(world))).arrows.map(told);

/** The world of other settings, without any service. */
async function worldOf(title: string): Promise<World> {
  const record = await upOf(title);
  return {
    folder: SAMPLE,
    record,
    kinds: kindsOf(),
    deployments: [],
    added: [],
    withoutTemplate: [],
    stoodIn: [],
    assumed: [],
    model: await build(record, { policies: boundaries(title) }),
  };
}

const EVERYTHING = {
  Version: "2012-10-17",
  Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
};
const boundaries = (title: string): Record<string, unknown> =>
  title !== "a path and a boundary"
    ? {}
    : Object.fromEntries(
        ["111111111111", "222222222222", "222222222223"].map((account) => [
          `arn:aws:iam::${account}:policy/org`,
          EVERYTHING,
        ]),
      );

describe("page/reach", () => {
  it("names each action in a word, what it does not know as a change", () => {
    assert.deepEqual(
      [
        "sts:AssumeRole",
        "s3:GetObject",
        "s3:DeleteObject",
        "kms:GenerateDataKey",
        "ecr:BatchGetImage",
        "lambda:CreateFunction",
      ].map(verbOf),
      ["takes role", "reads", "writes", "encrypts", "pulls", "changes"],
    );
    assert.ok(rankOf("takes role") < rankOf("reads"));
  });

  it("draws every way between accounts in the sample, and no other", async () => {
    const world = await sample();
    const { arrows, open } = await reachOf(world, thingsOf(world));
    assert.deepEqual([...open], []);
    const role = (name: string) => `delivery-catalog--${name}`;
    const artifacts = arrows.find(
      ({ to }) => to.kind === "S3 bucket" && to.name.startsWith("artifacts-") && !to.name.includes("logs"),
    );
    const images = arrows.find(({ to }) => to.kind === "image repository" && !to.name.includes("cache"));
    assert.deepEqual(
      arrows
        .filter(({ from, to }) => from.account !== to.account)
        .map(told)
        .sort(),
      ["test", "prod"]
        .flatMap((name) => [
          `delivery-catalog-cleanup takes role ${role(`${name}-cleanup`)}`,
          `${role(`${name}-release-job`)} takes role ${role(`${name}-plan`)}`,
          `${role(`${name}-release-job`)} takes role ${role(`${name}-deploy`)}`,
          ...(name === "prod" ? [`${role("prod-plan-job")} takes role ${role("prod-plan")}`] : []),
          `${role(`${name}-plan`)} reads ${artifacts?.to.name}`,
          `${role(`${name}-plan`)} decrypts artifacts`,
          `${role(`${name}-execution`)} pulls ${images?.to.name}`,
          `catalog--${name} pulls ${images?.to.name}`,
        ])
        .sort(),
    );
  });

  whole(
    "draws the role of branches as a session for one, and their stacks under one readable name",
    async () => {
      const world = await branchWorld();
      const things = thingsOf(world);
      const { arrows, open } = await reachOf(world, things);
      assert.deepEqual([...open], []);
      const own = arrows.filter(({ from }) => from.name === "delivery-catalog--br-deploy").map(told);
      assert.deepEqual(own.map((each) => each.replace(/-[0-9a-f]{7}$/, "")).sort(), [
        "delivery-catalog--br-deploy decrypts artifacts",
        "delivery-catalog--br-deploy passes role delivery-catalog--br-codedeploy",
        "delivery-catalog--br-deploy passes role, executes, plans, deletes, reads, changes catalog--br-<branch>",
        "delivery-catalog--br-deploy pulls catalog.br",
        "delivery-catalog--br-deploy reads artifacts",
      ]);
      const takes = arrows.filter(({ to }) => to.name === "delivery-catalog--br-deploy").map(told);
      assert.deepEqual(takes, [
        "delivery-catalog--br-release-job takes role delivery-catalog--br-deploy",
        "delivery-catalog--br-cleanup takes role delivery-catalog--br-deploy",
      ]);
      assert.ok(things.every(({ name }) => !name.includes("${") && !name.includes(OTHER)));
    },
  );

  it("draws whom people may be: who approves, and who starts and stops", async () => {
    const people = (await sample().then((world) => reachOf(world, thingsOf(world)))).arrows.filter(
      ({ from }) => from.shape === "people",
    );
    assert.deepEqual(
      people.map(({ from, verbs, to }) => [from.name.replace(/-[0-9a-f]{7}$/, ""), verbs, to.name]),
      [
        ["catalog--prod-approver", ["approves", "reads"], "delivery-catalog-pipeline"],
        ["catalog-operator", ["starts", "stops", "reads"], "delivery-catalog-pipeline"],
        ["catalog-operator", ["fetches"], "catalog"],
      ],
    );
  });

  it("names the statements of both sides on an arrow between accounts", async () => {
    const world = await sample();
    const arrow = (await reachOf(world, thingsOf(world))).arrows.find(
      (each) => told(each) === "delivery-catalog--prod-release-job takes role delivery-catalog--prod-deploy",
    );
    assert.deepEqual(
      arrow?.calls.map(({ action, answer }) => [
        action,
        answer.by.map(({ policy, sid }) => `${policy}: ${sid}`),
      ]),
      [
        [
          "sts:AssumeRole",
          [
            "inline policy of role delivery-catalog--prod-release-job: TakeRoles",
            "trust of role delivery-catalog--prod-deploy: AssumedByJobs",
          ],
        ],
      ],
    );
  });

  it("draws no arrow where the other side does not allow it", async () => {
    const world = await sample();
    const [arn, deploy] =
      [...world.model.roles].find(([each]) => each.endsWith("--prod-deploy")) ??
      assert.fail("no deploy role");
    const trust = policy(
      "trust of nobody",
      "trust",
      {
        Version: "2012-10-17",
        Statement: [{ Sid: "Nobody", Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }],
      },
      world.model.keys,
    );
    const roles = new Map(world.model.roles).set(arn, { ...deploy, trust });
    const left = await arrowsOf({ ...world, model: { ...world.model, roles } });
    assert.deepEqual(
      (await arrowsOf(world)).filter((each) => !left.includes(each)),
      ["delivery-catalog--prod-release-job takes role delivery-catalog--prod-deploy"],
    );
  });

  it("draws what a statement that is too wide lets somebody reach, and nothing for one on no resource", async () => {
    const world = await sample();
    const verify =
      [...world.model.roles.keys()].find((each) => each.endsWith("catalog-verify")) ?? assert.fail();
    const reached = async (Action: string): Promise<string[]> => {
      const document = {
        Version: "2012-10-17",
        Statement: [{ Sid: "Wide", Effect: "Allow", Action, Resource: "*" }],
      };
      const identity = [policy("wide", "identity", document, world.model.keys)];
      const role = world.model.roles.get(verify) ?? assert.fail();
      const roles = new Map(world.model.roles).set(verify, { ...role, identity });
      const arrows = await arrowsOf({ ...world, model: { ...world.model, roles } });
      const own = arrows.filter((each) => each.startsWith("delivery-catalog-verify "));
      return own
        .map((each) => each.replace("delivery-catalog-verify ", "").replace(/-[0-9a-f]{7}$/, ""))
        .sort();
    };
    assert.deepEqual(await reached("ecr:*"), ["pushes, pulls, reads, changes catalog"]);
    assert.deepEqual(await reached("s3:GetObject"), ["reads artifacts", "reads artifacts-access-logs"]);
    assert.deepEqual(await reached("ecr:GetAuthorizationToken"), []);
    assert.deepEqual(await reached("codepipeline:StartPipelineExecution"), [
      "starts delivery-catalog-pipeline",
    ]);
  });

  const titles = [
    "seven environments and three pipelines",
    "single-account mode",
    "two environments in one account",
    "a path and a boundary",
    "a connection with paths, tags and pull requests",
    "another project, Region and partition",
    "names that are each other's beginnings",
  ];
  for (const title of sampled(titles, (each) => each === "two environments in one account")) {
    it(`has every role in a picture, and answers every question: ${title}`, async () => {
      const world = await worldOf(title);
      const things = thingsOf(world);
      const { arrows, open } = await reachOf(world, things);
      const pictures = picturesOf(things, arrows);
      const shown = new Set(pictures.flatMap((each) => each.things));
      assert.deepEqual([...open], []);
      assert.deepEqual(
        things.filter((each) => each.role && !shown.has(each)).map(({ name }) => name),
        [],
      );
      const rest = pictures.find((each) => each.title === "In no pipeline");
      assert.deepEqual(rest?.things.map(({ name }) => name) ?? [], []);
      for (const { title, things } of pictures)
        assert.ok(things.length <= 60, `${title} has ${things.length} things`);
    });
  }
});
