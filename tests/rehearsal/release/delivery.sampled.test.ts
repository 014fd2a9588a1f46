import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Files } from "../../folders";
import { ARM_IMAGE } from "../../../components/jobs/serviceJobs";
import { readText } from "../../../rehearsal/release/pipeline/deliveryFile";
import { requireRuntimes } from "../../../rehearsal/release/pipeline/steps";
import { DELIVERIES } from "./deliveries";
import { ZIP } from "./kinds";
import { configWith, type Ended, releaseOf, runFolder, service } from "./service";
import { sampled, whole } from "../../whole/sample";

const PASSED = '<testsuite tests="3"></testsuite>';
/** A service without a package.json, whose commands need bash alone; its function is in a language that nothing here runs. */
const DELIVERY = `
test:
  - mkdir -p reports
  - echo '${PASSED}' > reports/one.xml
bundle:
  - mkdir -p dist
  - echo "$SHADE" > dist/lamp.rb
verify: [exit 1]
reports: { tests: reports/*.xml }
variables: { SHADE: "$(touch pwned)" }
secrets: { TOKEN: token }
parameters: { live: { Shade: 2 } }
`;
const template = (ZIP.files["zip/template.yaml"] ?? "").replace("nodejs22.x", "ruby3.4");
const vpc = { vpcId: "vpc-0a", subnets: ["subnet-0a"], securityGroupIds: ["sg-0a"] };
const lamps = (
  delivery = DELIVERY,
  more: Files = {},
  runner?: { readonly steps: readonly string[] },
  pipeline: object = {},
): Promise<Ended> =>
  releaseOf(
    service(more, {
      "delivery.yaml": delivery,
      "template.yaml": template.replace(
        "Parameters:\n",
        "Parameters:\n  Shade: { Type: String, Default: 1 }\n",
      ),
    }),
    {},
    configWith(
      { workload: "lambda-zip", ...pipeline },
      runner && { stage: { runner: { vpc, ...runner } }, live: { runner: { vpc, ...runner } } },
    ),
  );

describe("a release of a service with a delivery.yaml", () => {
  whole("runs its commands, and is not covered from where this machine can't run its function", async () => {
    const { act, lines, work } = await lamps();
    assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
    assert.equal(
      act.notCovered,
      "function Function runs on ruby3.4, and the rehearsal runs Node.js and Python",
    );
    assert.equal(act.tests, 3);
    assert.deepEqual(
      act.environments.map(({ state }) => state),
      ["planned", "untouched"],
    );
    assert.deepEqual(lines.slice(0, 3).map((line) => line.replace(/ \d.*/, "")), [
      "build",
      "packages: none, the service has no package.json",
      "'test' of delivery.yaml:",
    ]); // prettier-ignore
    const unshown = act.notShown.map(({ what }) => what);
    assert.ok(unshown.includes(`the release from stage: deploy on: ${act.notCovered}`), unshown.join("\n"));
    assert.ok(unshown.includes("the secrets TOKEN: commands ran without them"), unshown.join("\n"));
    const release = join(runFolder(work), "build/release");
    assert.deepEqual(JSON.parse(readFileSync(join(release, "parameters/live.json"), "utf8")), [
      { ParameterKey: "Shade", ParameterValue: "2" },
    ]);
    const source = join(runFolder(work), "build/source");
    assert.equal(readFileSync(join(source, "dist/lamp.rb"), "utf8"), "$(touch pwned)\n");
    assert.ok(!existsSync(join(source, "pwned")));
  });

  it("stops with the job's own lines for what is wrong with it, before anything has run", async () => {
    const { act } = await lamps(`${DELIVERY}instal: [x]\nroles: [y]\n`);
    assert.deepEqual(
      [act.stopped?.message, act.stopped?.details],
      [
        "service/delivery.yaml can't be used",
        [
          'service/delivery.yaml: instal: this key is unknown: did you mean "install"? allowed are runtime, install, test, bundle, verify, beforeDeploy, afterDeploy, reports, variables, secrets, parameters, branches',
          "service/delivery.yaml: roles: this can't be said here: roles are made by the pipeline's stack",
        ],
      ],
    );
  });

  whole(
    "takes commands of before and after Deploy where runners have them, and says that it does not run them",
    async () => {
      const own = `${DELIVERY}beforeDeploy: [touch pwned]\nafterDeploy: [touch pwned]\n`;
      const refused = await lamps(own);
      assert.deepEqual(
        refused.act.stopped?.details,
        ["beforeDeploy", "afterDeploy"].map(
          (step) =>
            `service/delivery.yaml: ${step}: nothing runs it inside stage, live: add it to runner.steps of each of these in the settings, or remove it`,
        ),
      );
      const { act } = await lamps(
        own,
        {},
        { steps: ["beforeDeploy", "afterDeploy", "verify"] },
        { branches: { include: ["feature/*"], environment: "stage" } },
      );
      assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
      const unshown = act.notShown.map(({ what }) => what);
      assert.equal(unshown.filter((what) => what.startsWith("environments of branches: ")).length, 1);
      assert.ok(
        unshown.includes(
          "what runs inside environments before Deploy and after it (beforeDeploy: touch pwned; afterDeploy: touch pwned)",
        ),
        unshown.join("\n"),
      );
    },
  );

  it("stops where a command fails, a report is not written or parameters are in two places", async () => {
    const cases: readonly [delivery: string, message: RegExp, more?: Files][] = [
      [DELIVERY.replace("mkdir -p reports", "exit 4"), /^'test' of delivery\.yaml failed in the build \(exit code 4\)/],
      [DELIVERY.replace("reports/*.xml", "other/*.xml"), /^'test' of delivery\.yaml wrote no other\/\*\.xml: it must report/],
      [DELIVERY, /^service\/delivery\.yaml: parameters\.live: parameters\/live\.json has them too$/, { "parameters/live.json": "[]" }],
      ["test: [", /^service\/delivery\.yaml: line 1: it is not YAML: /],
    ]; // prettier-ignore
    for (const [delivery, message, more] of sampled(cases, (_, index) => index === 1))
      assert.match((await lamps(delivery, more)).act.stopped?.message ?? "", message);
  });

  it("refuses runtimes that CodeBuild's image lacks, all at once, and judges none of another image", () => {
    const runtime = { python: "3.8", golang: "1.26", ruby: "4.0", nodejs: "22" };
    assert.throws(() => requireRuntimes({ runtime }, "service", ARM_IMAGE), {
      message: "service/delivery.yaml can't be used",
      details: [
        `runtime.python: ${ARM_IMAGE} has no python 3.8 (it has 3.9, 3.10, 3.11, 3.12, 3.13, 3.14)`,
        `runtime.golang: ${ARM_IMAGE} has no golang 1.26 (it has 1.20, 1.21, 1.22, 1.23)`,
        `runtime.ruby: ${ARM_IMAGE} has no ruby 4.0 (it has 3.1, 3.2, 3.3, 3.4)`,
      ],
    });
    const own = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/ci:1";
    assert.deepEqual(requireRuntimes({ runtime: { nodejs: "99" } }, "service", own), [
      {
        what: "the versions of nodejs 99: commands ran on this machine's own",
        shownBy: requireRuntimes({ runtime: { nodejs: "22" } }, "service", ARM_IMAGE)[0]?.shownBy,
      },
    ]);
  });
});

describe("YAML as the job reads it", () => {
  it("is text alone, with no alias, no tag and no key twice", () => {
    for (const [text, expected] of DELIVERIES) {
      const read = readText(text);
      if (!("refused" in read)) assert.deepEqual(read.value, expected, text);
      else assert.ok(read.refused.startsWith(String(expected)), `${text}: ${read.refused}`);
    }
  });
});
