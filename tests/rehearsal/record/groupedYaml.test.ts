import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Grouped, parseGrouped } from "../../../rehearsal/record/groupedYaml";
import { kept } from "../../../rehearsal/record/kept";
import { UnusableFile } from "../../../rehearsal/record/yamlFile";
import { folderWith } from "../../folders";

const item = z.strictObject({ name: z.string(), colour: z.string() });
const PART = item.partial();
const grouped: Grouped = {
  items: "cars",
  file: z.strictObject({ cars: z.array(PART.extend({ cars: z.array(PART).optional() })) }),
  item,
  called: ({ name }) => `car ${String(name)}`,
};
/** So long that what becomes of it is kept. */
const LONG = `# ${"long ".repeat(700)}\n`;
const text = `${LONG}cars:
  - colour: red
    cars: &two
      - name: a
      - name: b
        colour: blue
  - name: c
    colour: green
  - colour: grey
    cars: *two
`;
const CARS = [
  { values: { colour: "red", name: "a" }, at: "cars.yaml:5" },
  { values: { colour: "blue", name: "b" }, at: "cars.yaml:6" },
  { values: { name: "c", colour: "green" }, at: "cars.yaml:8" },
  { values: { colour: "grey", name: "a" }, at: "cars.yaml:11" },
  { values: { colour: "blue", name: "b" }, at: "cars.yaml:11" },
];
const parse = (written: string, folder: string) => parseGrouped(written, "cars.yaml", grouped, folder);

describe("a list in YAML", () => {
  it("is read with its groups' part in each item and the items' lines, the same from what is kept of it", () => {
    const folder = folderWith({});
    assert.deepEqual(parse(text, folder), CARS);
    const [name = "", ...more] = readdirSync(folder);
    assert.deepEqual(more, []);
    assert.deepEqual(parse(text, folder), CARS);
    const kept = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), kept.replaceAll("red", "kept"));
    assert.equal(parse(text, folder)[0]?.values["colour"], "kept");
  });

  it("is read anew where another text, or another field of items, was read, and where nothing can be kept", () => {
    const folder = folderWith({});
    parse(text, folder);
    assert.equal(parse(text.replace("red", "pink"), folder)[0]?.values["colour"], "pink");
    const same = { ...grouped, items: "colours", file: z.object({ cars: z.array(z.unknown()) }) };
    assert.deepEqual(parseGrouped(text, "cars.yaml", same, folder), []);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "{");
    assert.deepEqual(parse(text, folder), CARS);
    assert.deepEqual(parse(text, join(folderWith({ file: "" }), "file/below")), CARS);
  });

  it("is made anew in another way", () => {
    const folder = folderWith({});
    const made = (how: string) => kept({ name: "a", text: LONG, how, folder }, () => how);
    assert.deepEqual(["one", "two", "two"].map(made), ["one", "two", "two"]);
  });

  it("is refused with the line of each problem, whether it is kept or not", () => {
    const folder = folderWith({});
    const wrong = text.replace("name: c", "nam: c").replace("blue", "[blue]");
    const told = [
      "cars.yaml:7: car b: colour: Invalid input: expected string, received array",
      "cars.yaml:8: car undefined: there is no field nam; the nearest is name, allowed are name, colour, cars",
      "cars.yaml:8: car undefined: name is missing; it or its group must say it",
      "cars.yaml:11: car b: colour: Invalid input: expected string, received array",
    ];
    const refused = () => assert.throws(() => parse(wrong, folder), new UnusableFile(told.join("\n")));
    refused();
    refused();
    assert.throws(
      () => parse(`${LONG}cars: [`, folder),
      new UnusableFile(
        "cars.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]",
      ),
    );
  });
});
