import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { cut, judgeOf } from "../../../components/jobs/judge";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { release } from "./inputs";
import { liveStack } from "./stack";
import { emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

const { values: JUDGE, sha256: JUDGE_SHA256 } = judgeOf(lambdaContainer.template);
const FOLDER = join(__dirname, "../../../components/jobs/scripts");
const CHANGE = {
  Action: "Modify",
  LogicalResourceId: "Api",
  ResourceType: "AWS::ApiGatewayV2::Api",
  AfterContext: JSON.stringify({ Properties: {} }),
};

/** Plan of a change, with what the parameters hold changed. */
async function planned(change: (parameters: World["parameters"]) => void): Promise<[number, string, World]> {
  const world = emptyWorld();
  world.stacks = [liveStack()];
  world.outcome.changes = [{ ResourceChange: CHANGE }];
  change(world.parameters);
  const { code, output } = await release("plan", world);
  return [code, output, world];
}

describe("the judge of templates", () => {
  it("is whole in its parameters, with what templates may hold and without comments and indentation, and has the checksum that jobs have", () => {
    const packed = Object.values(JUDGE).join("");
    assert.equal(createHash("sha256").update(packed).digest("hex"), JUDGE_SHA256);
    const lines = ["judge.jq", "growth.jq", "changes.jq"]
      .flatMap((name) => readFileSync(join(FOLDER, name), "utf8").split("\n"))
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    assert.ok(lines.length > 300);
    assert.deepEqual(gunzipSync(Buffer.from(packed, "base64")).toString().split("\n"), [
      `${JSON.stringify(lambdaContainer.template)} as $rules |`,
      ...lines,
    ]);
    assert.ok(Object.values(JUDGE).every((part) => part.length <= 4096));
    const names = Object.keys(JUDGE);
    assert.deepEqual(
      names,
      names.map((_, index) => `${JUDGE_SHA256.slice(0, 12)}/${index}`),
    );
  });

  it("is one for all workloads that may hold the same, and another for others", () => {
    assert.equal(judgeOf({ ...lambdaContainer.template }), judgeOf(lambdaContainer.template));
    const other = judgeOf({ ...lambdaContainer.template, code: "files" });
    assert.notEqual(other.sha256, JUDGE_SHA256);
    assert.deepEqual(
      Object.keys(other.values).filter((name) => name in JUDGE),
      [],
    );
  });

  it("is cut into as many parameters as one call reads, and refused when it is longer", () => {
    const parts = cut("x".repeat(40_959) + "y");
    assert.deepEqual(Object.keys(parts), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert.equal(Object.values(parts).join(""), "x".repeat(40_959) + "y");
    assert.throws(() => cut("x".repeat(40_961)), {
      message: "the judge of templates has 40961 characters, and one call reads 40960: shorten its files",
    });
  });

  it("is run as it is in the parameters, whichever order AWS gives them in", async () => {
    const [code, output, world] = await planned(() => undefined);
    assert.equal(code, 0, output);
    assert.match(output, /MODIFY Api \(AWS::ApiGatewayV2::Api\)/);
    assert.equal(world.calls.filter((call) => call === "aws - ssm get-parameters").length, 1);
  });

  whole("is not run when a parameter was changed, swapped or deleted, and nothing is handed on", async () => {
    const names = Object.keys(JUDGE).map((name) => `/delivery/tooling/judge/${name}`);
    const [first = "", second = ""] = names;
    const cases: ((parameters: World["parameters"]) => void)[] = [
      (parameters) => parameters.set(first, Buffer.from('echo own; "refused: "').toString("base64")),
      (parameters) => parameters.set(first, parameters.get(second) ?? ""),
      (parameters) => parameters.delete(second),
      (parameters) => parameters.clear(),
    ];
    for (const change of cases) {
      const [code, output, world] = await planned(change);
      assert.equal(code, 1);
      const [error, ...more] = output.split("\n").filter((line) => line.startsWith("error: "));
      assert.deepEqual(more, []);
      const found = createHash("sha256").update(names.map((name) => world.parameters.get(name) ?? "").join("")).digest("hex"); // prettier-ignore
      assert.equal(
        error,
        `error: the parameters ${names.join(" ")} don't hold the judge of templates that this job was made with ` +
          `(sha256 ${found}, should be ${JUDGE_SHA256}): nothing was changed. Retry this stage, which takes the job as it is now; ` +
          "if that ends the same, run 'pulumi up --stack tooling --refresh' first",
      );
      assert.ok(!output.includes("MODIFY"), output);
    }
  });
});
