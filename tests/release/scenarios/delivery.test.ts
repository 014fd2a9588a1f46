/** A service that says in delivery.yaml how it is built, and uses a queue and a secret of its own. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { NODEJS } from "../../../components/jobs/buildspec";
import { credentialsIn, logsOf, stackOf } from "../system/state";
import type { Tree } from "../system/repository";
import { made, RELEASED } from "./expected";
import { copied, delivered, parcelsInZip, signed, USES } from "./parcels";
import { type Scenario, scenario, scenarios } from "./scenario";
import { PROD, TEST, zipRecord } from "./zip";

const TOOLING = "111111111111";
/** Only where the service's own command prints it, a log holds it. */
const TOKEN = "a-registry-token-that-nobody-prints";
const SECRET = "/delivery/catalog/build/registry-token";

const DELIVERY = `
runtime: { nodejs: ${NODEJS} }
install: ["mkdir -p reports/unit coverage"]
test:
  - test "$GREETING" = "it's \\"well\\""
  - test "$(printf %s "$TOKEN" | sha256sum)" = '${createHash("sha256").update(TOKEN).digest("hex")}  -'
  - |
    cd reports/unit
    echo '<testsuites><testsuite name="one"/></testsuites>' > one.xml
    echo '<testsuite name="two"/>' > two.xml
  - echo '<coverage/>' > coverage/own.xml
bundle: ["mkdir dist", "${copied("dist")}"]
verify:
  - 'test -z "\${TOKEN-}" && test "$GREETING" = "it''s \\"well\\""'
  - |
    echo "<testsuites name='$ENDPOINT'/>" > reports/end.xml
reports: { tests: reports/unit/*.xml, coverage: coverage/own.xml, verify: reports/end.xml }
variables: { GREETING: it's "well" }
secrets: { TOKEN: registry-token }
parameters:
  test: { DeploymentConfig: CodeDeployDefault.LambdaAllAtOnce, LogRetentionDays: 14 }
  prod: { DeploymentConfig: CodeDeployDefault.LambdaAllAtOnce, LogRetentionDays: 365 }
`;

/** No package.json: nothing of npm's is run. */
const service = (delivery = DELIVERY): Tree => ({ ...parcelsInZip(1), "app/delivery.yaml": delivery });

const makeSecret = (it: Scenario, SecretString: string): Promise<unknown> =>
  it.system.aws.request(TOOLING, "secretsmanager", "CreateSecret", { Name: SECRET, SecretString });

/** What Build says of a file that it refuses, and that nothing was released. */
async function refused(it: Scenario, delivery: string, ...lines: readonly RegExp[]): Promise<void> {
  const run = await it.push(service(delivery));
  assert.deepEqual(it.attempts(run), ["Source/Source Succeeded", "Build/Build Failed"]);
  for (const line of lines) assert.match(it.log("catalog-build"), line);
}

scenarios("a service with a delivery.yaml", () => {
  it("is built, released and verified by its own commands; what it may not say, or lacks, is refused", async () =>
    scenario("delivery", await zipRecord(USES), async (it) => {
      await refused(
        it,
        `${DELIVERY}role: arn:aws:iam::1:role/x\ninstal: [x]\n`,
        /^error: app\/delivery\.yaml can't be used:$/m,
        /^app\/delivery\.yaml: role: this can't be said here: roles are made by the pipeline's stack$/m,
        /^app\/delivery\.yaml: instal: this key is unknown: did you mean "install"\? /m,
      );
      await refused(
        it,
        DELIVERY.replace(
          /^runtime: .*$/m,
          "runtime: { nodejs: 18, python: 3.13, golang: 1.25, ruby: 3.4, java: corretto21, dotnet: 8.0 }",
        ),
        /^runtime\.nodejs: this image has no nodejs 18 \(it has \d+\.[\d., ]+\): name one that it has; /m,
        /^runtime\.dotnet: this image has no dotnet 8\.0 \(it has none\): /m,
      );
      await refused(
        it,
        DELIVERY,
        /^error: app\/delivery\.yaml can't be used:$/m,
        new RegExp(
          `^secrets\\.TOKEN: ${SECRET} can't be read in Secrets Manager of tooling's account: make it there \\(`,
          "m",
        ),
      );
      await makeSecret(it, TOKEN);
      await refused(
        it,
        DELIVERY.replace("mkdir dist", "echo $TOKEN; exit 7"),
        /^error: 'bundle' of delivery\.yaml ended with exit code 7: /m,
      );

      const printed = basename(it.build("catalog-build").log);

      const run = await it.push(service());
      const log = it.log("catalog-build");
      await it.decide("Approved");
      assert.deepEqual(it.attempts(run), RELEASED, log);
      assert.deepEqual(await it.environments(), { test: made(run.id), prod: made(run.id) });
      assert.doesNotMatch(log, /npm/);
      assert.deepEqual(
        it.build("catalog-build").reports.map(({ files }) => files),
        [["junit.xml"], ["cobertura-coverage.xml"]],
      );
      for (const [environment, account, days] of [
        ["test", TEST, "14"],
        ["prod", PROD, "365"],
      ] as const) {
        const { Parameters = [] } = (await stackOf(it.system, account, `catalog--${environment}`)) ?? {};
        const kept = Parameters.find(({ ParameterKey }) => ParameterKey === "LogRetentionDays");
        assert.equal(kept?.ParameterValue, days);
      }
      assert.deepEqual(await delivered(it), await signed(it, { test: 1, prod: 1 }));

      const failing = await it.push(service(DELIVERY.replace("verify:\n", "verify:\n  - exit 9\n")));
      assert.equal(failing.status, "Failed");
      assert.match(
        it.log("catalog-verify", "FAILED"),
        /^error: 'verify' of delivery\.yaml ended with exit code 9: the release doesn't do in test what its tests ask for$/m,
      );
      assert.deepEqual(credentialsIn(logsOf(it.system), [TOKEN]), [`${printed} holds a secret`]);
    }));
});
