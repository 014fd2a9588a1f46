import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { emptyFolder, releaseOf } from "./service";

const APP = resolve(__dirname, "../../../app");

/** The sample service with another table, another route, other answers, another output. */
function altered(): string {
  const folder = join(emptyFolder(), "app");
  const made = ["node_modules", "dist", "reports", "coverage"].map((name) => join(APP, name));
  cpSync(APP, folder, { recursive: true, filter: (path) => !made.includes(path) });
  symlinkSync(join(APP, "node_modules"), join(folder, "node_modules"), "junction");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("node_modules") && /\.(ts|yaml)$/.test(name))
    .map((name) => join(folder, name));
  for (const file of files.filter((each) => statSync(each).isFile())) {
    const text = readFileSync(file, "utf8");
    const changed = text
      .replaceAll("/product/", "/article/")
      .replaceAll("there is no product", "nobody knows article")
      .replaceAll(/\bProducts\b/g, "Articles");
    const output = "Outputs:\n  ArticleTable:\n    Value: !Ref Articles\n";
    writeFileSync(file, file.endsWith("template.yaml") ? changed.replace("Outputs:\n", output) : changed);
  }
  return folder;
}

describe("release of the sample service, altered", () => {
  it("runs its own scripts, and shows its own table, route, answer and output", async function () {
    this.timeout(120_000);
    const answers: unknown[] = [];
    const { act, lines } = await releaseOf(altered(), {
      hold: async (url) => {
        const response = await fetch(`${url}/article/find/none`);
        answers.push(
          response.status,
          await response.json(),
          (await fetch(`${url}/product/find/none`)).status,
        );
      },
    });
    assert.equal(act.stopped, undefined);
    assert.deepEqual(answers, [
      404,
      { statusCode: 404, error: "NotFoundError", message: "nobody knows article none" },
      404,
    ]);
    for (const { state, bundle, tables, routes, outputs, verify } of act.environments) {
      const [table = ""] = tables ?? [];
      assert.match(table, /^lamps--(stage|live)-Articles-[0-9A-F]{12}$/);
      assert.deepEqual(
        [state, bundle, routes, outputs?.["ArticleTable"], verify?.passed],
        [...["live", act.bundle, ["POST /article/create", "GET /article/find/{id}"], table, true]],
      );
      assert.ok(lines.includes(`ADD Articles (AWS::DynamoDB::Table) ${table}`));
      assert.ok(lines.includes(`output ArticleTable: ${table}`));
    }
    assert.ok(lines.includes("ADD FindProduct (AWS::ApiGatewayV2::Route) GET /article/find/{id}"));
    assert.ok((act.tests ?? 0) > 0 && (act.environments[0]?.verify?.tests ?? 0) > 0);
  });
});
