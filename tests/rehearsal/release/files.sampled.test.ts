import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Files, emptyFolder } from "../../folders";
import type { Act3 } from "../../../rehearsal/release/report";
import { type Kind, packaged, SERVERLESS, serviceOf, ZIP } from "./kinds";
import { changed, type Ended, releaseOf, runFolder } from "./service";
import { whole } from "../../whole/sample";

const released = (kind: Kind, changes: Files = {}, options = {}): Promise<Ended> =>
  releaseOf(serviceOf(kind, changes), options, kind.tooling);
const stop = ({ stopped }: Act3) => [stopped?.at, stopped?.message];
const zipTemplate = ZIP.files["zip/template.yaml"] ?? "";
/** The template with something else in it; fails where it has nothing to change. */
const template = (from: string, to: string): Files => {
  assert.ok(zipTemplate.includes(from), from);
  return { "zip/template.yaml": zipTemplate.replace(from, to) };
};

/** Has children find these commands alone, and what `npm` needs. */
async function withCommands<T>(names: readonly string[], act: () => Promise<T>): Promise<T> {
  const { PATH = "" } = process.env;
  const bin = emptyFolder();
  for (const name of ["node", "npm", "sh", ...names]) {
    const found = PATH.split(":")
      .map((folder) => join(folder, name))
      .find((file) => {
        try {
          readFileSync(file);
          return true;
        } catch {
          return false;
        }
      });
    assert.ok(found, `${name} is not installed`);
    symlinkSync(found, join(bin, name));
  }
  process.env["PATH"] = bin;
  try {
    return await act();
  } finally {
    process.env["PATH"] = PATH;
  }
}

describe("code in a zip", () => {
  whole(
    "is made by the build job's script: the same each time, and it is the zip's own checksum",
    async () => {
      const [one, two] = [await released(ZIP), await released(ZIP)];
      assert.equal(one.act.stopped, undefined);
      assert.equal(one.act.bundle, two.act.bundle);
      const file = join(runFolder(one.work), `build/release/code/${one.act.bundle}.zip`);
      assert.equal(createHash("sha256").update(readFileSync(file)).digest("hex"), one.act.bundle);
      assert.ok(one.lines.some((line) => line.startsWith(`zip.sh: SHA-256 ${one.act.bundle}, `)));
    },
  );

  whole("is a folder where no zip can be made, which is said", async () => {
    const { act } = await withCommands(["bash", "find", "touch", "xargs", "grep"], () => released(ZIP));
    assert.equal(act.stopped, undefined);
    assert.deepEqual(
      act.environments.map(({ state }) => state),
      ["live", "live"],
    );
    const what = "the zip: this machine has no zip, so that the folder dist stands for it";
    assert.ok(act.notShown.some((each) => each.what === what));
    const without = await withCommands([], () => released(ZIP, { "bundle.cjs": "" }));
    assert.deepEqual(stop(without.act), [
      "build",
      "npm run bundle wrote no dist/: it must write there what the zip holds",
    ]);
  });

  whole("is looked for where the pipeline puts it, and nowhere else", async () => {
    const { act } = await released(ZIP, template("S3Key: !Ref CodeKey", "S3Key: other.zip"));
    const [at, message = ""] = stop(act);
    assert.equal(at, "stage: plan");
    assert.match(
      message,
      /^function Function takes its code from s3:\/\/.*\/other\.zip, which is not in the release$/,
    );
    const elsewhere = await released(ZIP, template("S3Bucket: !Ref CodeBucket", "S3Bucket: other"));
    assert.match(
      stop(elsewhere.act)[1] ?? "",
      /^function Function takes its code from s3:\/\/other\/releases\/lamps\/222222222222\/stage\/.*\.zip, which is not in the release$/,
    );
    const inline = await released(
      ZIP,
      template("{ S3Bucket: !Ref CodeBucket, S3Key: !Ref CodeKey }", '{ ZipFile: "x" }'),
    );
    assert.deepEqual(stop(inline.act), [
      "stage: plan",
      'function Function takes its code from {"ZipFile":"x"}, which is not in the release',
    ]);
  });

  whole("is published with its own checksum alone", async () => {
    const { act } = await released(ZIP, template("CodeSha256: !Ref CodeSha256", "CodeSha256: AAAA"));
    const base64 = Buffer.from(act.bundle ?? "", "hex").toString("base64");
    assert.deepEqual(stop(act), [
      "stage: plan",
      `Lambda would refuse Version: its CodeSha256 is AAAA, that of code/${act.bundle}.zip is ${base64}`,
    ]);
    const { act: without } = await released(ZIP, template(", CodeSha256: !Ref CodeSha256", ""));
    assert.equal(without.stopped, undefined); // it is warned of, and released
  });

  whole("is run by Node or Python, or planned alone", async () => {
    const { act } = await released(ZIP, template("Runtime: nodejs22.x", "Runtime: ruby3.4"));
    assert.equal(act.stopped, undefined);
    assert.equal(
      act.notCovered,
      "function Function runs on ruby3.4, and the rehearsal runs Node.js and Python",
    );
    assert.deepEqual(act.environments.map(({ state }) => state), ["planned", "untouched"]); // prettier-ignore
  });

  whole("stops in the build with the script's own words when there is nothing in it", async () => {
    const { act } = await released(ZIP, { "bundle.cjs": "" });
    assert.deepEqual(stop(act), [
      "build",
      "zip.sh of the build job failed (exit code 1): nothing was released",
    ]);
    assert.match(act.stopped?.details.at(-1) ?? "", /^error: 'npm run bundle' wrote no folder dist: /);
  });

  whole("has its parameters beside the template, and the pipeline's own in a roll-back", async () => {
    const files = {
      ...template("RELEASE: !Ref Release", "RELEASE: !Ref Release, CONFIG: !Ref DeploymentConfig"),
      "zip/parameters/stage.json": JSON.stringify([
        { ParameterKey: "DeploymentConfig", ParameterValue: "Slow" },
      ]),
      "parameters/stage.json": JSON.stringify([{ ParameterKey: "Unknown", ParameterValue: "x" }]),
    };
    const telling = (text: string) =>
      `exports.handler = async () => ({ text: ${JSON.stringify(text)}, config: process.env.CONFIG });`;
    const folder = changed(
      { ...files, "index.js": telling("first") },
      { "index.js": telling("broken") },
      ZIP.files,
    );
    const { act, lines } = await releaseOf(folder, { from: "HEAD" }, ZIP.tooling);
    assert.equal(act.stopped?.at, "stage: verify");
    assert.equal(
      act.environments[0]?.rollback?.exchange.body,
      '{"text":"first","config":"CodeDeployDefault.LambdaAllAtOnce"}',
    );
    assert.ok(lines.some((line) => line.startsWith("MODIFY Function") && !line.includes("Variables.CONFIG")));
  });
});

describe("a packaged service", () => {
  whole("has a template of its own for each environment, and one code", async () => {
    const { act, work } = await released(SERVERLESS, {
      "parameters/stage.json": JSON.stringify([{ ParameterKey: "Unknown", ParameterValue: "x" }]),
    });
    assert.equal(act.stopped, undefined);
    const stages = ["stage", "live"].map((environment) => {
      const file = join(runFolder(work), `build/release/templates/${environment}.json`);
      const { Resources } = JSON.parse(readFileSync(file, "utf8")) as {
        Resources: {
          Function: { Properties: { Code: unknown; Environment: { Variables: { STAGE: string } } } };
        };
      };
      const { Code, Environment } = Resources.Function.Properties;
      return [Environment.Variables.STAGE, Code];
    });
    const code = { S3Key: { "Fn::Sub": `\${CodePrefix}${act.bundle}.zip` }, S3Bucket: { Ref: "CodeBucket" } };
    assert.deepEqual(stages, [
      ["stage", code],
      ["live", code],
    ]);
  });

  whole("stops in the build with the script's own words when the code differs by environment", async () => {
    const more = 'fs.appendFileSync(folder + "/index.js", "// " + stage);';
    const { act } = await released(SERVERLESS, { "package.cjs": packaged(more) });
    assert.deepEqual(stop(act), [
      "build",
      "serverless.sh of the build job failed (exit code 1): nothing was released",
    ]);
    assert.match(
      act.stopped?.details.at(-1) ?? "",
      /^error: the code of stage and live differs: lamps\.zip\. /,
    );
  });

  whole(
    "stops in the build when it can't be packaged, and says so where npm misses its registry",
    async () => {
      const failing = await released(SERVERLESS, {
        "package.cjs": 'console.error("no such handler"); process.exit(1);',
      });
      assert.deepEqual(stop(failing.act), [
        "build",
        "serverless.sh of the build job failed (exit code 1): nothing was released",
      ]);
      assert.ok(failing.act.stopped?.details.includes("no such handler"));
      const offline = 'console.error("npm error code ENOTCACHED"); process.exit(1);';
      const { act } = await released(SERVERLESS, { "package.cjs": offline });
      assert.match(
        act.stopped?.message ?? "",
        /; npm can't reach the packages that the service needs to be packaged$/,
      );
      assert.match(
        act.stopped?.next ?? "",
        /^start again with a network, or when npm has them in its cache; /,
      );
    },
  );

  whole("stops in the build without the tools of the job", async () => {
    const { act } = await withCommands(["bash", "find", "touch", "xargs", "grep", "zip"], () =>
      released(SERVERLESS),
    );
    assert.deepEqual(stop(act), [
      "build",
      "this machine has no jq, which the build job's script needs to package the service",
    ]);
  });

  whole("is told of its templates by their names", async () => {
    const none = packaged()
      .replace('RouteKey: "GET /lamp/{id}"', 'RouteKey: "GET /lamp/{id}", AuthorizationType: "JWT"')
      .replace('"integrations", {', '"nothing", {');
    const { act } = await released(SERVERLESS, { "package.cjs": none });
    assert.deepEqual(stop(act), [
      "stage: plan",
      "templates/stage.json has no route of an API that leads to a function of its own",
    ]);
  });
});
