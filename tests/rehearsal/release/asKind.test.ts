import assert from "node:assert/strict";
import { asKind } from "../../../rehearsal/release/asKind";
import { findService } from "../../../rehearsal/release/emulator/service";
import type { Folder } from "../../../rehearsal/record/stackFiles";
import { TEMPLATE_KINDS } from "../../../components/workloads/list";
import { ROOT, SAMPLE } from "../sample";
import { configWith, folderOf } from "./service";

const APP = "/service/that/is/tried";
const wanted = { app: APP, pipeline: undefined, from: undefined };

function kindIn(folder: Folder) {
  const found = findService(folder, [], APP);
  assert.ok(typeof found === "object");
  const { pipeline, settings } = found;
  return [pipeline.workload, pipeline.template, pipeline.uses, settings.environments.map(({ platform }) => platform !== undefined)];
} // prettier-ignore

describe("a service that is tried as another kind", () => {
  const written = folderOf(configWith({ template: "other/template.yaml", uses: ["sqs"] }));
  it("changes the pipeline that would release it, and what speaks of another's files", () =>
    assert.deepEqual(kindIn(asKind(written, [], wanted, "lambda-zip")), [
      "lambda-zip",
      "template.yaml",
      [],
      [false, false],
    ]));

  for (const kind of TEMPLATE_KINDS)
    it(`is accepted as ${kind} with the settings of the sample, and of one that permits what another kind refuses`, () => {
      const ON = "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${AWS::StackName}-*";
      const document = (Sid: string, Action: string) => ({
        Version: "2012-10-17",
        Statement: [{ Sid, Effect: "Allow", Action, Resource: ON }],
      });
      const permissions = {
        types: ["AWS::Kinesis::Stream"],
        execution: document("ManageStreams", "kinesis:CreateStream"),
        workload: document("WriteStreams", "kinesis:PutRecords"),
      };
      const own = folderOf(configWith({ shortJobs: ["plan", "deploy"], permissions }));
      assert.equal(kindIn(own)[0], "lambda-container");
      for (const [folder, places] of [
        [SAMPLE, [ROOT]],
        [own, []],
      ] as const) {
        const found = findService(asKind(folder, places, wanted, kind), places, APP);
        assert.ok(typeof found === "object", JSON.stringify(found));
        const { workload, shortJobs, permissions: left } = found.pipeline;
        assert.deepEqual([workload, shortJobs, left], [kind, [], undefined]);
      }
    });

  it("has no branches then, which the other kind may refuse", () => {
    const branches = { include: ["feature/*"], environment: "stage" };
    const folder = folderOf(configWith({ branches }));
    const found = findService(asKind(folder, [], wanted, "ecs-service"), [], APP);
    assert.ok(typeof found === "object");
    assert.equal(found.pipeline.branches, undefined);
  });

  it("changes no other pipeline", () => {
    const config = configWith();
    const [lamps] = JSON.parse(config["shop:pipelines"] ?? "") as object[];
    const others = { name: "lanterns", source: { codecommit: "lanterns" } };
    const folder = folderOf({ ...config, "shop:pipelines": JSON.stringify([lamps, others]) });
    const changed = asKind(folder, [], { ...wanted, pipeline: "lamps" }, "lambda-zip");
    assert.deepEqual(JSON.parse(changed.stacks[0]?.config["shop:pipelines"] ?? ""), [
      { ...lamps, workload: "lambda-zip" },
      others,
    ]);
  });

  it("of containers gets a platform, where an environment has none", () => {
    const own = { platform: true };
    assert.deepEqual(kindIn(asKind(written, [], wanted, "ecs-service"))[3], [true, true]);
    const mixed = folderOf(configWith({}, { stage: own }));
    assert.deepEqual(kindIn(asKind(mixed, [], wanted, "ecs-service"))[3], [true, true]);
  });

  it("leaves the other stacks, and settings without that pipeline, as they are", () => {
    const changed = asKind(written, [], wanted, "serverless");
    assert.deepEqual(changed.stacks.slice(1), written.stacks.slice(1));
    assert.equal(asKind(written, [], { ...wanted, pipeline: "none" }, "serverless"), written);
  });
});
