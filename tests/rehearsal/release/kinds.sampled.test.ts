import assert from "node:assert/strict";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Files, emptyFolder } from "../../folders";
import { NODEJS } from "../../../components/jobs/buildspec";
import { WORKLOADS } from "../../../components/workloads/list";
import { codeAlone } from "../../../components/workloads/workload";
import { neverShown } from "../../../rehearsal/release/pipeline/notShown";
import type { ReleaseOptions } from "../../../rehearsal/release/pipeline/releaseOptions";
import type { Act3 } from "../../../rehearsal/release/report";
import { CONTAINER, ECS, type Kind, SERVERLESS, serviceOf, ZIP } from "./kinds";
import { answered, changed, type Ended, releaseOf, runFolder } from "./service";
import { whole } from "../../whole/sample";

const KINDS: readonly Kind[] = [CONTAINER, ZIP, ECS, SERVERLESS];
/** Nothing here stands for the stack that owns a function: such pipelines are passed over, pipeline/build.sampled.test.ts. */
const RELEASED = Object.values(WORKLOADS).flatMap((each) => (codeAlone(each) ? [] : [each.kind]));
const states = ({ environments }: Act3) => environments.map(({ state }) => state);

describe("a release of each kind", () => {
  it("is tried of every kind that there is", () => {
    assert.deepEqual(KINDS.map(({ kind }) => kind).sort(), [...RELEASED].sort());
  });

  it("does not show what belongs to each kind, and says so", () => {
    const topics = (kind: keyof typeof WORKLOADS) =>
      neverShown(WORKLOADS[kind], false).map(({ what }) => /^[^:;]*/.exec(what)?.[0]);
    const common = ["CloudFormation itself", "IAM", "CodePipeline"];
    const lambda = "Lambda and the API as services";
    const expected = {
      "lambda-container": ["the image", "the scan gate", "CodeDeploy", lambda],
      "lambda-zip": ["the bucket", "CodeDeploy", lambda],
      "ecs-service": ["the image", "the scan gate", "ECS and Fargate", "the network"],
      serverless: ["the bucket", "what osls deploys beside its template", lambda],
    };
    for (const [kind, own] of Object.entries(expected))
      assert.deepEqual(topics(kind as keyof typeof WORKLOADS).sort(), [...own, ...common].sort(), kind);
    assert.deepEqual(Object.keys(expected).sort(), [...RELEASED].sort());
    const [more] = neverShown(WORKLOADS["ecs-service"], true).slice(
      neverShown(WORKLOADS["ecs-service"], false).length,
    );
    assert.match(more?.what ?? "", /^environments of branches: a push to a branch, /);
  });

  for (const kind of KINDS) {
    const released = (folder: string, options: Partial<ReleaseOptions> = {}): Promise<Ended> =>
      releaseOf(folder, options, kind.tooling);
    /** The service in git, and then changed. */
    const over = (after: Files): string => changed(kind.answering("first"), after, kind.files);

    const inSample = kind === CONTAINER ? it : whole;
    describe(kind.kind, () => {
      whole("carries one code through every environment, over a table of its own", async () => {
        const answers: unknown[] = [];
        const { act } = await released(serviceOf(kind), {
          hold: async (url, examples) => {
            const response = await fetch(`${url}/lamp/7`);
            answers.push(await response.json(), (await fetch(`${url}/other`)).status, examples);
          },
        });
        assert.equal(act.stopped, undefined);
        const [stage, live] = act.environments;
        assert.deepEqual(answers, [
          { text: "first", table: "lamps--live-lamps", id: "7" },
          404,
          [`curl -i ${live?.endpoint}/lamp/example`],
        ]);
        assert.match(act.bundle ?? "", /^[0-9a-f]{64}$/);
        assert.deepEqual(
          [states(act), stage?.bundle, live?.bundle, stage?.verify?.passed, live?.tables],
          [["live", "live"], act.bundle, act.bundle, true, ["lamps--live-lamps"]],
        );
        assert.equal(
          live?.outputs?.["Lamps"],
          "arn:aws:dynamodb:eu-central-1:333333333333:table/lamps--live-lamps",
        );
        assert.ok(act.notShown.length > 3);
        assert.doesNotMatch((await answered(`${live?.endpoint}/lamp/7`)) ?? "", /lamps--live-lamps/);
      });

      inSample(
        "ends in the build, as Build does, where 'engines' ask for another Node.js than the jobs'",
        async () => {
          const own = JSON.parse(kind.files["package.json"] ?? "{}") as object;
          const asking = (node: unknown): Files => ({
            "package.json": JSON.stringify({ ...own, engines: { node } }),
          });
          const { act } = await released(serviceOf(kind, asking("^20.1 || 99.x")));
          assert.deepEqual(
            [act.stopped?.at, act.stopped?.message, act.stopped?.next, states(act)],
            [
              "build",
              `service/package.json asks for Node.js \\^20.1\\ \\|\\|\\ 99.x in 'engines', and Build and Verify run v${NODEJS}`,
              "change 'engines', or give the jobs an image with that Node.js",
              ["untouched", "untouched"],
            ],
          );
        },
      );

      whole("keeps what ran before when the new one does not start", async () => {
        const { act } = await released(over(kind.dead), { from: "HEAD" });
        assert.deepEqual([act.stopped?.at, states(act)], ["stage: deploy", ["failed", "untouched"]]);
        assert.match(act.stopped?.message ?? "", kind.doesNotStart);
        assert.deepEqual(act.environments[0]?.marks, { "live-stage": act.from?.bundle });
      });

      whole("goes back to the release before when verify fails, and that answers again", async () => {
        const { act } = await released(over(kind.answering("broken")), { from: "HEAD" });
        const [stage] = act.environments;
        assert.deepEqual([act.stopped?.at, states(act)], ["stage: verify", ["rolled back", "untouched"]]);
        assert.notEqual(act.bundle, act.from?.bundle);
        assert.deepEqual(stage?.rollback, {
          bundle: act.from?.bundle,
          exchange: {
            request: "GET /lamp/example",
            status: 200,
            body: '{"text":"first","table":"lamps--stage-lamps","id":"example"}',
          },
        });
      });

      whole("stops when one byte of the code changes between two environments", async () => {
        const work = emptyFolder();
        let file = "";
        const { act } = await released(serviceOf(kind), {
          work,
          say: (line) => {
            if (!line.startsWith("promote: live-stage")) return;
            const release = join(runFolder(work), "build/release");
            const files = readdirSync(release, { recursive: true, encoding: "utf8" });
            file = files.find((name) => kind.code.test(name)) ?? "";
            appendFileSync(join(release, file), " ");
          },
        });
        assert.deepEqual(
          [act.stopped?.at, act.stopped?.message, states(act)],
          ["live: plan", `the release was changed after Build: ${file}`, ["live", "failed"]],
        );
      });
    });
  }
});
