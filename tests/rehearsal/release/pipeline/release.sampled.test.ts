import assert from "node:assert/strict";
import { emptyFolder } from "../../../folders";
import type { Act3 } from "../../../../rehearsal/release/report";
import { answered, changed, handler, releaseOf, SERVICE, service } from "../service";
import { TEMPLATE } from "../sampleTemplate";
import { whole } from "../../../whole/sample";

const states = ({ environments }: Act3) => environments.map(({ environment, state }) => [environment, state]);

describe("release", () => {
  it("carries one bundle through every environment, with the template's table, route and outputs", async () => {
    const asked: string[] = [];
    const answers: unknown[] = [];
    const { act, lines } = await releaseOf(service(), {
      approve: (question) => {
        asked.push(`${question.environment}: ${question.summary}`);
        return Promise.resolve({ yes: true, how: "test" });
      },
      hold: async (url, examples) => {
        const response = await fetch(`${url}/lamp/7`);
        answers.push(await response.json(), (await fetch(`${url}/other`)).status, examples);
      },
    });
    assert.equal(act.stopped, undefined);
    assert.deepEqual(states(act), [
      ["stage", "live"],
      ["live", "live"],
    ]);
    assert.deepEqual(asked, ["live: 1 permission (Role), 6 added"]);
    const [stage, live] = act.environments;
    assert.deepEqual(
      [stage?.bundle, live?.bundle, stage?.tables, live?.routes, live?.verify?.tests, act.tests],
      [...[act.bundle, act.bundle, ["lamps--stage-lamps"], ["GET /lamp/{id}"], 2, 2]],
    );
    assert.deepEqual(answers, [
      { text: "first", table: "lamps--live-lamps", id: "7" },
      404,
      [`curl -i ${live?.endpoint}/lamp/example`],
    ]);
    assert.deepEqual(live?.outputs, {
      Endpoint: live?.endpoint,
      Lamps: "arn:aws:dynamodb:eu-central-1:333333333333:table/lamps--live-lamps",
    });
    assert.deepEqual(live?.marks, { "live-live": act.bundle });
    for (const line of [
      "ADD Lamps (AWS::DynamoDB::Table) lamps--stage-lamps",
      "ADD Route (AWS::ApiGatewayV2::Route) GET /lamp/{id}",
      "output Lamps: arn:aws:dynamodb:eu-central-1:222222222222:table/lamps--stage-lamps",
      `promote: live-live moves to ${act.bundle}`,
    ]) {
      assert.ok(lines.includes(line), line);
    }
    assert.doesNotMatch((await answered(`${live?.endpoint}/lamp/7`)) ?? "", /lamps--live-lamps/);
  });

  whole("lists a type that it does not know as not rehearsed, in the plan and at the end", async () => {
    const template = TEMPLATE.replace("Resources:", "Resources:\n  Mail: { Type: AWS::Kinesis::Stream }");
    const { act, lines } = await releaseOf(service({ "template.yaml": template }));
    assert.equal(act.stopped, undefined);
    assert.ok(
      lines.includes(
        "ADD Mail (AWS::Kinesis::Stream) (not rehearsed: nothing here knows this type; add rehearsal/aws/kinesis.ts, and a line for it in rehearsal/aws/registry.ts)",
      ),
    );
    assert.equal(act.notShown[0]?.what, "types that nothing here knows, not rehearsed: AWS::Kinesis::Stream");
  });

  whole("runs beside another release of the same machine, each on ports of its own", async () => {
    const work = emptyFolder();
    const both = await Promise.all(
      ["one", "two"].map((text) => releaseOf(service({ "index.js": handler(text) }), { work })),
    );
    const endpoints = both.flatMap(({ act }) => act.environments.map(({ endpoint }) => endpoint));
    assert.deepEqual(
      both.map(({ act }) => act.stopped),
      [undefined, undefined],
    );
    assert.equal(new Set(endpoints).size, 4);
  });

  whole("releases over what git had, changes that are not committed included", async () => {
    const folder = changed({}, { "index.js": handler("second") });
    const texts: unknown[] = [];
    const { act, lines } = await releaseOf(folder, {
      from: "HEAD",
      hold: async (url) => void texts.push(await (await fetch(`${url}/lamp/1`)).json()),
    });
    assert.equal(act.stopped, undefined);
    assert.match(act.revision ?? "", / and changes that are not committed$/);
    assert.deepEqual(texts, [{ text: "second", table: "lamps--live-lamps", id: "1" }]);
    assert.deepEqual(act.environments[1]?.marks, {
      "live-live": act.bundle,
      "live-live-previous": act.from?.bundle,
    });
    assert.deepEqual(
      act.environments[1]?.plan?.changes.map(({ action, logicalId }) => [action, logicalId]),
      [["modify", "Function"]],
    );
    assert.ok(lines.some((line) => line.startsWith("release before: ")));
  });

  for (const [what, from] of [
    ["the release", undefined],
    ["the release before", "HEAD"],
  ] as const)
    whole(`reaches no environment before it may: ${what}`, async () => {
      const said: string[] = [];
      let before: string[] | undefined;
      /** Looks at what was said when somebody begins to wait for it. */
      const until: PromiseLike<void> = {
        then: (go) => {
          before ??= [...said];
          return Promise.resolve().then(go);
        },
      };
      const folder = changed({}, { "index.js": handler("second") });
      const { act } = await releaseOf(folder, {
        until,
        ...(from !== undefined && { from }),
        say: (line) => said.push(line),
      });
      assert.equal(act.stopped, undefined);
      const reached = (line: string) => line === "stage" || line.startsWith("release before: ");
      assert.deepEqual((before ?? assert.fail("nobody waited")).filter(reached), []);
      assert.ok(said.some(reached));
    });

  whole("answers 500 for a function that throws or crashes, and the next request again", async () => {
    const index = `exports.handler = async ({ pathParameters: { id } }) => {
      if (id === "throw") throw new Error("inside");
      if (id === "crash") process.exit(1);
      return { statusCode: 200, body: id };
    };`;
    const answers: unknown[] = [];
    const verify = SERVICE["verify.cjs"]?.replace(/^fetch[^]*?^\}\);/m, "") ?? "";
    await releaseOf(service({ "index.js": index, "verify.cjs": verify }), {
      hold: async (url) => {
        for (const id of ["throw", "a", "crash", "b"]) {
          const response = await fetch(`${url}/lamp/${id}`);
          answers.push([response.status, await response.text()]);
        }
      },
    });
    const failed = [500, '{"message":"Internal Server Error"}'];
    assert.deepEqual(answers, [failed, [200, "a"], failed, [200, "b"]]);
  });
});
