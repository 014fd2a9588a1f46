import assert from "node:assert/strict";
import { kindsOf } from "../../../../rehearsal/access/estate/kindTraits";
import { type Picture, picturesOf } from "../../../../rehearsal/report/page/picture/choose";
import { draw } from "../../../../rehearsal/report/page/picture/draw";
import { labelsOf } from "../../../../rehearsal/report/page/picture/labels";
import { type Box, layOut } from "../../../../rehearsal/report/page/picture/layout";
import { reachOf } from "../../../../rehearsal/report/page/reach/arrows";
import { thingsOf } from "../../../../rehearsal/report/page/reach/things";
import { upOf } from "../../../stacks/together.cases";
import { build } from "../../access/models";
import { SAMPLE } from "../../sample";
import { sampleInput } from "./sampleInput";
import { whole } from "../../../whole/sample";

async function samplePicture(): Promise<Picture> {
  const world = (await sampleInput()).world ?? assert.fail("the sample has no world");
  const things = thingsOf(world);
  const [first, ...others] = picturesOf(things, (await reachOf(world, things)).arrows);
  assert.ok(first && others.length === 0);
  return first;
}

let laidOut: ReturnType<typeof layOut> | undefined;
/** Tests only read it. */
const sampleLayout = () => (laidOut ??= samplePicture().then(layOut));

/** Pictures of other settings, without any service. */
async function picturesWith(title: string): Promise<Picture[]> {
  const record = await upOf(title);
  const model = await build(record);
  const none = { deployments: [], added: [], withoutTemplate: [], stoodIn: [], assumed: [] };
  const world = { folder: SAMPLE, record, kinds: kindsOf(), ...none, model };
  const things = thingsOf(world);
  return picturesOf(things, (await reachOf(world, things)).arrows);
}

const holds = (outer: Box, { x, y, width, height }: Box): boolean =>
  x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height;
const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

describe("page/picture", () => {
  whole("leaves out of a name what the roles of a stack have in common, and what Pulumi adds", async () => {
    const { things } = await samplePicture();
    const titles = [...labelsOf(things)].map(([{ account }, { title }]) => `${account.slice(0, 1)} ${title}`);
    const environment = ["execution", "codedeploy", "plan", "deploy", "cleanup", "FunctionRole"];
    for (const each of environment.flatMap((name) => [`2 ${name}`, `3 ${name}`]))
      assert.ok(titles.includes(each), each);
    for (const each of ["1 pipeline", "1 prod-release-job", "1 catalog-operator", "2 catalog--test"])
      assert.ok(titles.includes(each), each);
  });

  it("puts everything in the box of its account, and no two things in one place", async () => {
    const { things, clusters } = await sampleLayout();
    assert.deepEqual(clusters.map(({ title }) => title).sort(), [
      "prod · account 333333333333",
      "test · account 222222222222",
      "tooling · account 111111111111",
    ]);
    for (const { thing, box } of things) {
      const inside = clusters.filter((cluster) => holds(cluster.box, box)).map(({ title }) => title);
      assert.deepEqual(inside, [`${thing.stack} · account ${thing.account}`], thing.name);
      for (const other of things.filter((each) => each.thing !== thing))
        assert.equal(overlap(box, other.box), false, `${thing.name} and ${other.thing.name}`);
    }
  });

  it("draws a line from each end of an arrow to the other", async () => {
    const { things, arrows } = await sampleLayout();
    const boxOf = (id: string) => things.find(({ thing }) => thing.id === id)?.box ?? assert.fail(id);
    const near = ({ x, y, width, height }: Box): Box => ({
      x: x - 2,
      y: y - 2,
      width: width + 4,
      height: height + 4,
    });
    const at = (point: { x: number; y: number } | undefined): Box => ({
      ...(point ?? assert.fail()),
      width: 0,
      height: 0,
    });
    assert.ok(arrows.length > 50);
    for (const { arrow, points, tip } of arrows) {
      assert.ok(
        holds(near(boxOf(arrow.from.id)), at(points[0])),
        `start of ${arrow.from.name} → ${arrow.to.name}`,
      );
      assert.ok(holds(near(boxOf(arrow.to.id)), at(tip)), `end of ${arrow.from.name} → ${arrow.to.name}`);
      assert.equal(points.length % 3, 1);
    }
  });

  whole("is the same drawing each time", async () => {
    const picture = await samplePicture();
    assert.equal(draw(await layOut(picture), "a").text, draw(await layOut(picture), "a").text);
  });

  whole("shows a stack beside another in the box of the account that they share", async () => {
    const [picture] = await picturesWith("single-account mode");
    assert.ok(picture);
    const { clusters } = await layOut(picture);
    const outer = clusters.find(({ title }) => title === "account 111111111111") ?? assert.fail("no account");
    const inner = clusters.filter((each) => each !== outer);
    assert.deepEqual(inner.map(({ title }) => title).sort(), ["prod", "test", "tooling"]);
    for (const { title, box } of inner) assert.ok(holds(outer.box, box), title);
  });

  whole("shows more than three environments one by one, each with its own jobs alone", async () => {
    const pictures = await picturesWith("seven environments and three pipelines");
    const catalog = pictures.filter(({ title }) => title.startsWith("Pipeline catalog,"));
    assert.deepEqual(
      catalog.map(({ title }) => title.split(", ")[1]),
      ["dev", "test", "qa", "demo", "stage", "prod-eu", "prod-us"],
    );
    const [dev] = catalog;
    const elsewhere = dev?.things.filter(({ name }) =>
      /--(test|qa|demo|stage|prod-eu|prod-us)-(plan|release)/.test(name),
    );
    assert.deepEqual(elsewhere, []);
    const images = dev?.things
      .filter(({ kind }) => kind === "image repository")
      .map(({ name }) => name.slice(0, 7));
    assert.deepEqual(images, ["catalog"]);
    assert.deepEqual(
      pictures.filter(({ title }) => title.includes("mail")).map(({ title }) => title),
      ["Pipeline mail"],
    );
  });

  whole("shows nothing of one pipeline's roles in another's picture", async () => {
    for (const { title, things } of await picturesWith("names that are each other's beginnings")) {
      const own = title.replace("Pipeline ", "");
      const names = things.filter(({ role, shape }) => role && shape === "principal").map(({ name }) => name);
      assert.ok(names.length > 5);
      const kinds = "pipeline|build|verify|promote|cleanup|trigger|-(a|a-b)-[a-z-]+";
      assert.deepEqual(
        names.filter((name) => !new RegExp(`^delivery-${own}-(${kinds})$`).test(name)),
        [],
      );
    }
  });
});
