import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../../../folders";
import type { Act3 } from "../../../../rehearsal/release/report";
import { changed, handler, releaseOf, runFolder, service } from "../service";
import { TEMPLATE } from "../sampleTemplate";
import { whole } from "../../../whole/sample";

const states = ({ environments }: Act3) => environments.map(({ environment, state }) => [environment, state]);
const stopped = ({ stopped }: Act3) => {
  assert.ok(stopped, "the release did not stop");
  return stopped;
};

describe("release that cannot go on", () => {
  whole("stops in the build when a unit test fails, and names the test", async () => {
    const xml =
      '<testsuite tests="1"><testcase classname="a lamp" name="glows"><failure>too &quot;dark&quot;\nat x</failure></testcase></testsuite>';
    const code = `require("fs").mkdirSync("reports"); require("fs").writeFileSync("reports/junit.xml", ${JSON.stringify(xml)}); process.exit(3);`;
    const { act } = await releaseOf(service({ "test.cjs": code }));
    const { at, message, next, details } = stopped(act);
    assert.deepEqual(
      [at, message, details],
      [
        "build",
        "npm test failed in the build (exit code 3): nothing was released",
        ['a lamp glows: too "dark"'],
      ],
    );
    assert.match(
      next,
      /^correct the service, then start again; all of the output is in \/.*\/build\/test\.log$/,
    );
    assert.deepEqual(states(act), [
      ["stage", "untouched"],
      ["live", "untouched"],
    ]);
  });

  whole("stops in the build when a script does not write what the pipeline needs", async () => {
    const tests = await releaseOf(service({ "test.cjs": "" }));
    assert.equal(
      stopped(tests.act).message,
      "npm test wrote no reports/junit.xml: it must report its tests as JUnit XML",
    );
    const bundle = await releaseOf(service({ "bundle.cjs": "" }));
    assert.equal(
      stopped(bundle.act).message,
      "npm run bundle wrote no dist/: it must write there what the image is made of",
    );
  });

  whole(
    "stops at the first environment when the bundle does not start, and leaves what it ran before",
    async () => {
      const { act } = await releaseOf(changed({}, { "index.js": 'throw new Error("no lamp");' }), {
        from: "HEAD",
      });
      const { at, message, next } = stopped(act);
      assert.deepEqual(
        [at, message],
        ["stage: deploy", "the bundle does not start (handler index.handler): no lamp"],
      );
      assert.match(next, /^correct the service; its own output is in \/.*Function\.log$/);
      assert.deepEqual(act.environments[0]?.marks, { "live-stage": act.from?.bundle });
      assert.deepEqual(states(act)[1], ["live", "untouched"]);
    },
  );

  whole(
    "rolls back to the release before when verify fails: the old bundle answers, the next environment is untouched",
    async () => {
      const folder = changed({}, { "index.js": handler("broken") });
      const { act, lines } = await releaseOf(folder, { from: "HEAD" });
      const { at, message, details } = stopped(act);
      assert.deepEqual(
        [at, message, details],
        [
          "stage: verify",
          "npm run verify failed in stage (exit code 1); stage was rolled back to the release before",
          ["expected a lamp, got broken"],
        ],
      );
      const [stage, live] = act.environments;
      assert.notEqual(act.bundle, act.from?.bundle);
      assert.deepEqual(
        [stage?.state, stage?.bundle, stage?.marks],
        [...["rolled back", act.bundle, { "live-stage": act.from?.bundle }]],
      );
      assert.deepEqual(stage?.rollback, {
        bundle: act.from?.bundle,
        exchange: {
          request: "GET /lamp/example",
          status: 200,
          body: '{"text":"first","table":"lamps--stage-lamps","id":"example"}',
        },
      });
      assert.deepEqual(
        [live?.state, live?.plan, live?.marks],
        ["untouched", undefined, { "live-live": act.from?.bundle }],
      );
      assert.ok(
        lines.some((line) => line.startsWith("MODIFY Function (AWS::Lambda::Function) Code.ImageUri: ")),
      );
    },
  );

  whole(
    "says that there is nothing to go back to when the first release fails, and names the command",
    async () => {
      const { act } = await releaseOf(service({ "index.js": handler("broken") }));
      const { message, next } = stopped(act);
      assert.match(message, /it is the first release of stage, so there is nothing to go back to$/);
      assert.match(next, /aws codepipeline start-pipeline-execution --name lamps --source-revisions/);
    },
  );

  whole("does not roll back what would lose data", async () => {
    const more = TEMPLATE.replace(
      "  Role:",
      "  More:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      BillingMode: PAY_PER_REQUEST\n  Role:",
    );
    const folder = changed({}, { "template.yaml": more, "index.js": handler("broken") });
    const { act } = await releaseOf(folder, { from: "HEAD" });
    const { at, message } = stopped(act);
    assert.equal(at, "stage: roll-back");
    assert.match(message, /stage was not rolled back: the roll-back would remove More, which holds data$/);
    assert.equal(act.environments[0]?.state, "failed");
  });

  whole("stops at a rejected approval and leaves that environment as it is", async () => {
    const { act } = await releaseOf(service(), {
      approve: () => Promise.resolve({ yes: false, how: "test" }),
    });
    const { at, message } = stopped(act);
    assert.deepEqual(
      [at, message],
      ["live: approval", "the approval for live was rejected: nothing was changed there"],
    );
    assert.deepEqual(states(act), [
      ["stage", "live"],
      ["live", "rejected"],
    ]);
    assert.deepEqual(act.environments[1]?.marks, {});
  });

  whole("fails when one byte of the bundle changes between two environments", async () => {
    const work = emptyFolder();
    const { act } = await releaseOf(service(), {
      work,
      say: (line) => {
        if (line.startsWith("promote: live-stage"))
          appendFileSync(join(runFolder(work), "build/release/image/index.js"), " ");
      },
    });
    const { at, message } = stopped(act);
    assert.deepEqual([at, message], ["live: plan", "the release was changed after Build: image/index.js"]);
    assert.deepEqual(states(act), [
      ["stage", "live"],
      ["live", "failed"],
    ]);
  });

  whole("fails when a file changes between the approval and the deployment", async () => {
    const work = emptyFolder();
    const { act } = await releaseOf(service(), {
      work,
      approve: () => {
        appendFileSync(join(runFolder(work), "environments/live/release-1/template.yaml"), "#");
        return Promise.resolve({ yes: true, how: "test" });
      },
    });
    const { at, message } = stopped(act);
    assert.deepEqual([at, message], ["live: deploy", "the release was changed after Build: template.yaml"]);
    assert.deepEqual(act.environments[1]?.marks, {});
  });

  whole(
    "stops with one line when the template does not parse, has no Endpoint of its own, or another image",
    async () => {
      const cases = [
        [`${TEMPLATE}  a: [`, /^template\.yaml:\d+: /],
        [
          TEMPLATE.replace("  Endpoint:", "  Address:"),
          /^template\.yaml has no output Endpoint, which Verify needs$/,
        ],
        [
          TEMPLATE.replace("!GetAtt Api.ApiEndpoint", "https://example.com"),
          /^output Endpoint is https:\/\/example\.com, which is not the template's HTTP API: nothing is sent there$/,
        ],
        [
          TEMPLATE.replace("{ ImageUri: !Ref ImageUri }", "{ ImageUri: other }"),
          /^function Function has the image "other", which is not the release's$/,
        ],
      ] as const;
      for (const [template, expected] of cases) {
        const { act } = await releaseOf(service({ "template.yaml": template }));
        const { at, message } = stopped(act);
        assert.match(message, expected);
        assert.deepEqual([at, message.includes("\n")], ["stage: plan", false]);
      }
    },
  );

  it("refuses a --from that git does not know, and a folder outside git", async () => {
    const known = await releaseOf(changed({}, {}), { from: "no-such-branch" });
    assert.deepEqual(
      [stopped(known.act).at, stopped(known.act).message],
      ["release before", "--from no-such-branch: git knows no such commit"],
    );
    const folder = service();
    const outside = await releaseOf(folder, { from: "HEAD" });
    assert.equal(stopped(outside.act).message, `--from HEAD: ${folder} is in no git repository`);
  });
});
