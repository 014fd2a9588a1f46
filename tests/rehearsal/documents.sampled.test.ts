import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import program from "../../index";
import { type Act2, act2 } from "../../rehearsal/access/check";
import { type Act1, rehearse } from "../../rehearsal/bringUp/check";
import { act3 } from "../../rehearsal/release/check";
import type { Folder } from "../../rehearsal/record/stackFiles";
import { type DocumentName, DOCUMENTS, FOLDER_OF_DOCUMENTS, settingsOf } from "../documents";
import { emptyFolder } from "../folders";
import { sampled, whole } from "../whole/sample";
import { ROOT } from "./sample";

/** The accounts that a document names, or has in other words, by stack; and where its pipelines release to: `br`, their branches. */
const EXPECTED: Readonly<
  Record<DocumentName, { readonly stacks: object; readonly pipelines: Readonly<Record<string, string[]>> }>
> = {
  "cicd-lambda-container": {
    stacks: { tooling: "111111111111", test: "222222222222", prod: "333333333333" },
    pipelines: { "lambda-container-app": ["test", "prod"], "app--br": ["br"] },
  },
  "ecs-lambda": {
    stacks: { tooling: "111111111111", dev: "222222222222", qa: "444444444444", prod: "333333333333" },
    pipelines: { web: ["dev", "qa", "prod"], functions: ["dev", "qa", "prod"] },
  },
  "serverless-api": {
    stacks: { tooling: "111111111111", target: "222222222222" },
    pipelines: { "my-serverless-api": ["target"] },
  },
  "github-features": {
    stacks: { tooling: "111111111111", dev: "222222222222", test: "444444444444", prod: "333333333333" },
    pipelines: { "hello-world": ["dev", "test", "prod"], "hello-world--br": ["br"] },
  },
  "mono-multi-account": {
    stacks: {
      ...{ tooling: "111111111111", dev: "222222222222", staging: "222222222222" },
      production: "777777777777",
    },
    pipelines: { catalog: ["dev", "staging", "production"], jobs: ["dev", "staging", "production"] },
  },
};

/** Names of the pipelines that tooling registers. */
const pipelinesOf = ({ runs }: Act1): unknown[] =>
  runs
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === "aws:codepipeline/pipeline:Pipeline")
    .map(({ inputs }) => inputs["name"])
    .sort();

describe("the documents of docs/coming-from.md", () => {
  it("have a folder each, and the page links every one of them", () => {
    assert.deepEqual(readdirSync(FOLDER_OF_DOCUMENTS).sort(), [...DOCUMENTS].sort());
    const page = readFileSync(join(ROOT, "docs/coming-from.md"), "utf8");
    const linked = [...page.matchAll(/\]\(\.\.\/tests\/fixtures\/documents\/([\w-]+)\/\)/g)].map(
      ([, name]) => name,
    );
    assert.deepEqual(linked, DOCUMENTS, "in the order of the page's sections");
  });

  for (const name of sampled(DOCUMENTS, (each) => each === "serverless-api")) {
    describe(name, () => {
      const folder: Folder = settingsOf(name);
      let act1: Act1;
      let access: Act2;
      before(async () => {
        act1 = await rehearse(folder, { program });
        access = await act2(folder, act1.runs, { places: [ROOT], app: undefined });
      });

      it("comes up in its accounts, by every rule", () => {
        assert.deepEqual(act1.findings, []);
        assert.deepEqual(
          Object.fromEntries(act1.runs.map(({ stack, account }) => [stack, account])),
          EXPECTED[name].stacks,
        );
        assert.deepEqual(pipelinesOf(act1), Object.keys(EXPECTED[name].pipelines).sort());
      });

      it("permits what its releases need and nothing else, and keeps everybody out who tries more", () => {
        assert.deepEqual(access.findings, []);
        const released = new Map<string, Set<string>>();
        for (const { pipeline, environment } of access.walk.calls) {
          if (environment === undefined || environment.startsWith("br-")) continue; // the two branches that stand for all
          released.set(pipeline, (released.get(pipeline) ?? new Set()).add(environment));
        }
        assert.deepEqual(
          Object.fromEntries([...released].map(([pipeline, to]) => [pipeline, [...to].sort()])),
          Object.fromEntries(
            Object.entries(EXPECTED[name].pipelines).map(([pipeline, to]) => [pipeline, [...to].sort()]),
          ),
        );
        assert.ok(access.threats.filter(({ applicable }) => applicable).length >= 60);
      });

      // The service of the post has no packages here: the sample service is released by the post's settings.
      const app = name === "serverless-api" ? join(ROOT, "app") : undefined;
      whole("is released by its first pipeline to every environment", async () => {
        const [pipeline = "", to] = Object.entries(EXPECTED[name].pipelines)[0] ?? [];
        const released = await act3(folder, act1.runs, {
          ...{ places: [ROOT], app, pipeline, from: undefined },
          ...{ yes: true, reject: false, serve: false, permitted: Promise.resolve(true) },
          ...{ work: emptyFolder(), shown: () => name },
        });
        assert.ok(typeof released === "object");
        assert.equal(released.stopped, undefined);
        assert.deepEqual(
          released.environments.map(({ environment, state }) => [environment, state]),
          to?.map((environment) => [environment, "live"]),
        );
      });
    });
  }
});
