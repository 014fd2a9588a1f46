import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { languagesOf, type LanguageName, writeService } from "../../../commands/init/service";
import { WORKLOADS, type WorkloadKind } from "../../../components/workloads/list";
import { emptyFolder, type Files, write } from "../../folders";
import { deliveryIn, readText } from "../../../rehearsal/release/pipeline/deliveryFile";
import { pythonVersion } from "../../../rehearsal/release/emulator/python";
import type { Act3 } from "../../../rehearsal/release/report";
import { DELIVERIES } from "./deliveries";
import { configWith, releaseOf, service } from "./service";

const WITH_PLATFORM = { platform: true };

/** What `npm run init -- --service` writes, in environments of this machine. */
async function released(workload: WorkloadKind, language: LanguageName, changes: Files = {}): Promise<Act3> {
  const folder = emptyFolder();
  writeService(workload, language, folder);
  write(folder, changes);
  const place = WORKLOADS[workload].platform ? WITH_PLATFORM : {};
  return (await releaseOf(folder, {}, configWith({ workload }, { stage: place, live: place }))).act;
}
const stated = ({ environments }: Act3) => environments.map(({ state, verify }) => [state, verify?.tests]);

/** What the rehearsal builds and doesn't run, with what their functions run on. */
const COMPILED = [
  { language: "go", tool: "go", zip: "provided.al2023", image: "provided" },
  { language: "java", tool: "javac", zip: "java21", image: "java" },
  { language: "ruby", tool: "ruby", zip: "ruby3.4", image: "ruby" },
] as const;

const FUNCTIONS = ["lambda-zip", "lambda-container"] as const;

describe("the services that npm run init -- --service writes", () => {
  for (const workload of [...FUNCTIONS, "ecs-service"] as const)
    it(`${workload} in Node.js is live in each environment`, async () => {
      const act = await released(workload, "node");
      assert.deepEqual([act.stopped, act.notCovered], [undefined, undefined]);
      assert.deepEqual([act.tests, stated(act)], [2, [["live", 2], ["live", 2]]]); // prettier-ignore
    });

  it("are all tried: those in Node.js above or, of serverless, in tests/serverless; the others below", () => {
    const all = (Object.keys(WORKLOADS) as WorkloadKind[]).flatMap((kind) =>
      languagesOf(kind).map((language) => `${kind} ${language}`),
    );
    const below = FUNCTIONS.flatMap((kind) => [
      `${kind} python`,
      `${kind} go`,
      `${kind} java`,
      `${kind} ruby`,
    ]);
    const above = [...FUNCTIONS, "ecs-service", "serverless"].map((kind) => `${kind} node`);
    assert.deepEqual(all.sort(), [...above, ...below].sort());
  });

  for (const workload of FUNCTIONS) {
    it(`${workload} in Python is live in each environment where there is a python3`, async () => {
      const act = await released(workload, "python");
      assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
      if (pythonVersion() === undefined) {
        assert.match(act.notCovered ?? "", /python3/);
        return;
      }
      assert.equal(act.notCovered, undefined);
      assert.deepEqual([act.tests, stated(act)], [2, [["live", 2], ["live", 2]]]); // prettier-ignore
      assert.ok(
        act.notShown.some(({ what }) => what.startsWith("Lambda's own Python (here Function runs on 3.")),
      );
    });

    for (const { language, tool, zip, image } of COMPILED)
      it(`${workload} in ${language} is built, tested and planned where there is ${tool}, and then not covered`, async () => {
        const act = await released(workload, language);
        assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
        if (spawnSync(tool, ["version"]).error) {
          assert.equal(act.notCovered, `the service is built with ${tool}, which this machine does not have`);
          return;
        }
        const runtime = workload === "lambda-zip" ? zip : image;
        assert.equal(
          act.notCovered,
          `function Function runs on ${runtime}, and the rehearsal runs Node.js and Python`,
        );
        assert.deepEqual([act.tests, stated(act)], [2, [["planned", undefined], ["untouched", undefined]]]); // prettier-ignore
        assert.ok((act.environments[0]?.plan?.changes.length ?? 0) > 8);
      });
  }

  it("in Java answers an event as Lambda gives it, where there is a JDK", () => {
    if (spawnSync("javac", ["--version"]).error) return;
    const folder = emptyFolder();
    writeService("lambda-zip", "java", folder);
    const event = (amount: string) =>
      `Map.of("pathParameters", Map.of("amount", "${amount}"), "queryStringParameters", Map.of("rate", "1.5"))`;
    const asked = ["200", "much"].map((amount) => `System.out.println(new rates.Handler().handle(${event(amount)}).get("${amount === "200" ? "worth" : "statusCode"}"));`); // prettier-ignore
    const main = `import java.util.Map; class Ask { public static void main(String[] args) { ${asked.join(" ")} } }`;
    write(folder, { "Ask.java": main });
    const { bundle = [] } = deliveryIn(folder) ?? {};
    for (const [command, ...args] of [
      ["bash", "-c", bundle.join("\n")],
      ["java", "-cp", "dist", "Ask.java"],
    ] as const) {
      const env = { ...process.env, FEE: "0.01", RELEASE: "r" };
      const ran = spawnSync(command, args, { cwd: folder, encoding: "utf8", env });
      assert.equal(ran.status, 0, ran.stderr);
      if (command === "java") assert.equal(ran.stdout, "297.00\n400\n");
    }
  });

  it("in Ruby answers an event as Lambda gives it, where there is a ruby", () => {
    if (spawnSync("ruby", ["--version"]).error) return;
    const folder = emptyFolder();
    writeService("lambda-zip", "ruby", folder);
    const ask = `Context = Struct.new(:aws_request_id)
      ask = ->(amount) { handler(event: { "pathParameters" => { "amount" => amount }, "queryStringParameters" => { "rate" => "1.5" } }, context: Context.new("r")) }
      STDERR.puts ask.("200")[:worth], ask.("much")[:statusCode]`;
    const env = { ...process.env, FEE: "0.01", RELEASE: "r" };
    const ran = spawnSync("ruby", ["-r./src/app", "-e", ask], { cwd: folder, encoding: "utf8", env });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(ran.stderr, "297.00\n400\n");
  });

  it("take the parameters of an environment from their delivery.yaml", async () => {
    if (pythonVersion() === undefined) return;
    const own = readFileSync(join(__dirname, "../../../examples/python/delivery.yaml"), "utf8");
    const act = await released("lambda-zip", "python", {
      "delivery.yaml": `${own}parameters: { live: { Fee: 0.5 } }\n`,
    });
    // Its own test knows what the standard fee leaves.
    assert.match(act.stopped?.message ?? "", /verify.* failed .*live/);
    assert.deepEqual(stated(act)[0], ["live", 2]);
  });
});

describe("delivery.yaml to the job's own reader", () => {
  it("is the same to the job's own reader, where there is a Python with PyYAML", () => {
    if (spawnSync("python3", ["-c", "import yaml"]).status !== 0) return; // CodeBuild's images have it
    const program = join(__dirname, "../../../components/jobs/scripts/delivery.py");
    for (const [text, expected] of DELIVERIES) {
      const folder = service({}, { "delivery.yaml": text });
      const { status, stdout } = spawnSync("python3", [program, join(folder, "delivery.yaml")], {
        encoding: "utf8",
      });
      const refused = "refused" in readText(text);
      assert.equal(status, refused ? 3 : 0, text);
      if (refused) assert.ok(lineless(stdout).startsWith(lineless(String(expected))), `${text}: ${stdout}`);
      else assert.deepEqual(JSON.parse(stdout), expected, text);
    }
  });

  /** The two place some mistakes in neighbouring lines. */
  const lineless = (text: string): string => text.replace(/^line \d+: /, "");
});
