/** The sample service with names of another, released. */
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { emptyFolder } from "../../folders";
import { releaseOf } from "./service";

export const APP = resolve(__dirname, "../../../app");
const MADE = ["node_modules", "dist", "dist-server", "reports", "coverage", "serverless/node_modules"];
/** Names of the output in a test of the service's own, which knows all of them. */
const OUTPUTS = '["Endpoint"]';

function text(name: string, content: string): string {
  const changed = content
    .replaceAll("/product/", "/article/")
    .replaceAll("there is no product", "nobody knows article")
    .replaceAll(/\bProducts\b/g, "Articles");
  if (name.endsWith("template.yaml"))
    return changed.replace("Outputs:\n", "Outputs:\n  ArticleTable:\n    Value: !Ref Articles\n");
  if (name.endsWith("serverless.yml"))
    return changed.replace("  Outputs:\n", "  Outputs:\n    ArticleTable:\n      Value: !Ref Articles\n");
  return name.endsWith("template.test.ts")
    ? changed.replace(OUTPUTS, '["ArticleTable", "Endpoint"]')
    : changed;
}

/** The sample service with another table, another route, other answers, another output; `scripts` are other ones. */
function altered(scripts: Readonly<Record<string, string>> = {}): string {
  const folder = join(emptyFolder(), "app");
  const made = MADE.map((name) => join(APP, name));
  cpSync(APP, folder, { recursive: true, filter: (path) => !made.includes(path) });
  symlinkSync(join(APP, "node_modules"), join(folder, "node_modules"), "junction");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      !name.startsWith("node_modules") && /\.(ts|ya?ml)$/.test(name) && statSync(join(folder, name)).isFile(),
  );
  for (const name of names)
    writeFileSync(join(folder, name), text(name, readFileSync(join(folder, name), "utf8")));
  const file = join(folder, "package.json");
  const own = JSON.parse(readFileSync(file, "utf8")) as { scripts: object };
  writeFileSync(file, JSON.stringify({ ...own, scripts: { ...own.scripts, ...scripts } }));
  return folder;
}

/** The tests of the source are the same in every kind: once is enough. */
export const TESTED = {
  test: `node -e "fs.mkdirSync('reports'); fs.writeFileSync('reports/junit.xml', '<testsuite tests=\\"1\\"/>')"`,
};
export const HTTP_API = ["POST /article/create", "GET /article/find/{id}"];

/** Releases the altered service as these settings say; fails unless its own table, route, answer and output are shown. */
export async function showsItsOwn(
  tooling: Parameters<typeof releaseOf>[2],
  routes: readonly string[],
  scripts: Readonly<Record<string, string>>,
): Promise<void> {
  const answers: unknown[] = [];
  const work = emptyFolder();
  /** Links to folders, which `pulumi new` would take for files, in what a run leaves. */
  const links = () =>
    readdirSync(work, { recursive: true, withFileTypes: true }).filter((each) => each.isSymbolicLink());
  const { act, lines } = await releaseOf(
    altered(scripts),
    {
      work,
      hold: async (url) => {
        assert.ok(links().length > 0, "no packages are used");
        const response = await fetch(`${url}/article/find/none`);
        answers.push(
          response.status,
          await response.json(),
          (await fetch(`${url}/product/find/none`)).status,
        );
      },
    },
    tooling,
  );
  assert.equal(act.stopped, undefined);
  assert.deepEqual(links(), []);
  assert.deepEqual(answers, [
    404,
    { statusCode: 404, error: "NotFoundError", message: "nobody knows article none" },
    404,
  ]);
  for (const environment of act.environments) {
    const { state, bundle, tables, outputs, verify } = environment;
    const [table = ""] = tables ?? [];
    assert.match(table, /^lamps--(stage|live)-Articles-[0-9A-F]{12}$/);
    assert.deepEqual(
      [state, bundle, environment.routes, outputs?.["ArticleTable"], verify?.passed],
      ["live", act.bundle, routes, table, true],
    );
    assert.ok(lines.includes(`ADD Articles (AWS::DynamoDB::Table) ${table}`));
    assert.ok(lines.includes(`output ArticleTable: ${table}`));
  }
  assert.ok((act.tests ?? 0) > 0 && (act.environments[0]?.verify?.tests ?? 0) > 0);
}
