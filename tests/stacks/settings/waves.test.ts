import assert from "node:assert/strict";
import type { ReleasedEnvironment } from "../../../stacks/settings/model";
import { asRead, environments, pipeline, problemsOf, refuses, settingsOf, tooling } from "../settingsSample";

const approval = { emails: ["prod@example.com"], timeoutDays: 3 };
const listed = environments("dev", "qa-a", "qa-b", "prod").map((each) =>
  each.name === "prod" ? { ...each, approval } : each,
);
const settings = (of: unknown) =>
  tooling({ environments: listed, pipelines: [pipeline({ environments: of })] });
const [dev, a, b, prod] = listed;

function released(of: unknown): readonly ReleasedEnvironment[] {
  const read = settingsOf(settings(of));
  assert.ok(read.kind === "tooling");
  return read.pipelines.flatMap((each) => each.environments);
}

describe("a pipeline's own list of environments", () => {
  it("releases those of an inner list side by side, under the number of the wave", () => {
    const wave = "wave.1";
    assert.deepEqual(
      released(["dev", ["qa-b", "qa-a"], "prod"]),
      asRead<object | undefined>(dev, { ...b, wave }, { ...a, wave }, prod),
    );
  });

  it("counts waves by themselves: what is released alone keeps its own name, and moves no number", () => {
    const names = (of: unknown) => released(of).map(({ name, wave = name }) => wave);
    assert.deepEqual(names([["qa-a", "qa-b"], ["dev"], "prod"]), ["wave.1", "wave.1", "dev", "prod"]);
    assert.deepEqual(names(["dev", ["prod"], ["qa-a", "qa-b"]]), ["dev", "prod", "wave.1", "wave.1"]);
    assert.deepEqual(
      names([
        ["qa-a", "dev"],
        ["qa-b", "prod"],
      ]),
      ["wave.1", "wave.1", "wave.2", "wave.2"],
    );
  });

  it("may be without approval or verification where the environment itself asks for them, or ask for its own", () => {
    const own = { emails: [], timeoutDays: 60 };
    assert.deepEqual(
      released([
        { name: "dev", approval: true },
        [{ name: "qa-a", verify: false }, "qa-b"],
        { name: "prod", approval: false, verify: true },
      ]),
      asRead<object>(
        { ...dev, approval: { emails: [], timeoutDays: 7 } },
        { ...a, verify: false, wave: "wave.1" },
        { ...b, wave: "wave.1" },
        { name: "prod", account: prod?.account, verify: true },
      ),
    );
    assert.deepEqual(released([{ name: "prod", approval: true }]), asRead(prod));
    assert.deepEqual(
      released([{ name: "prod", approval: { timeoutDays: 60 } }]),
      asRead({ ...prod, approval: own }),
    );
  });

  it("of one that stands alone in an inner list is a list of one", () => {
    assert.deepEqual(released([["dev"]]), asRead(dev));
  });

  it("is where verification is switched off for one pipeline, the stack's list for all", () => {
    const all = settingsOf(tooling({ environments: [{ ...dev, verify: false }] }));
    assert.deepEqual(
      all.kind === "tooling" && all.pipelines[0]?.environments,
      asRead({ ...dev, verify: false }),
    );
  });

  const inList = (of: unknown) => () => problemsOf(settings(of));
  const known = 'allowed are "dev","qa-a","qa-b","prod"';
  const many = Array.from({ length: 17 }, (_, i) => `e${i}`);
  refuses({
    "a wave that names an unknown environment, with the nearest": [
      inList(["dev", ["qa-a", "qa-c"], { name: "prd" }]),
      [
        `pipelines[0].environments[1][1]: received "qa-c"; did you mean "qa-a"? ${known}`,
        `pipelines[0].environments[2].name: received "prd"; did you mean "prod"? ${known}`,
      ],
    ],
    "an environment in two waves": [
      inList(["dev", ["qa-a", "qa-b"], [{ name: "dev", verify: false }, "prod"]]),
      [
        'pipelines[0].environments[2][0].name: received "dev"; pipelines[0].environments[0] is this environment: name it once',
      ],
    ],
    "an empty wave, and an entry that is no name": [
      inList([[], 1, { name: "dev", approvals: true }, { verify: "no" }]),
      [
        "pipelines[0].environments[0]: received []; allowed is a list of environments that are released side by side, 1 to 16",
        "pipelines[0].environments[1]: received 1; allowed is the name of an environment",
        'pipelines[0].environments[2].approvals: received true; this key is unknown: did you mean "approval"? allowed are name, approval, verify, function, service',
        "pipelines[0].environments[3].name: is missing; allowed is the name of an environment",
        'pipelines[0].environments[3].verify: received "no"; allowed are true and false',
      ],
    ],
    "a wave whose runners have more actions than a stage": [
      () =>
        problemsOf(
          tooling({
            environments: environments(...many.slice(0, 11)).map((each) => ({
              ...each,
              runner: {
                vpc: { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
                steps: ["beforeDeploy", "afterDeploy", "verify"],
              },
            })),
            // The tenth is the last that fits: ten have five actions each.
            pipelines: [
              pipeline({ environments: [many.slice(0, 11)] }),
              pipeline({ name: "mail", source: { codecommit: "mail" }, environments: [many.slice(0, 10)] }),
            ],
          }),
        ),
      [
        `pipelines[0].environments[0]: received ${JSON.stringify(many.slice(0, 11))}; the stage that releases these side by side would have 55 actions, with what runs inside them, and CodePipeline allows 50: release fewer of them together, or take steps out of their runners`,
      ],
    ],
    "a wave of more environments than a stage has actions for": [
      () =>
        problemsOf(
          tooling({ environments: environments(...many), pipelines: [pipeline({ environments: [many] })] }),
        ),
      [
        `pipelines[0].environments[0]: received ${JSON.stringify(many)}; allowed is a list of environments that are released side by side, 1 to 16`,
      ],
    ],
  });
});

describe("what becomes of a stale approval", () => {
  const of = (changes: object) =>
    tooling({ environments: listed, pipelines: [pipeline({ environments: ["dev", "prod"], ...changes })] });

  it("is that it stays, unless its run is to be stopped", () => {
    const read = (changes: object) => {
      const found = settingsOf(of(changes));
      return found.kind === "tooling" && found.pipelines[0]?.staleApprovals;
    };
    assert.equal(read({}), "keep");
    assert.equal(read({ staleApprovals: "stop" }), "stop");
    assert.equal(read({ staleApprovals: "keep", executionMode: "QUEUED", environments: ["dev"] }), "keep");
    // A pipeline's own approval counts, in a wave too.
    assert.equal(
      read({ staleApprovals: "stop", environments: [["dev", { name: "qa-a", approval: true }]] }),
      "stop",
    );
  });

  const none =
    'pipelines[0].staleApprovals: received "stop"; the pipeline asks for no approval: remove this key, or set an environment\'s approval';
  refuses({
    "another word for it": [
      () => problemsOf(of({ staleApprovals: "stopp" })),
      ['pipelines[0].staleApprovals: received "stopp"; did you mean "stop"? allowed are keep, stop'],
    ],
    "that it ends where none is asked for": [
      () => problemsOf(of({ staleApprovals: "stop", environments: ["dev", "qa-a"] })),
      [none],
    ],
    "that it ends where the pipeline itself asks for none": [
      () => problemsOf(of({ staleApprovals: "stop", environments: [{ name: "prod", approval: false }] })),
      [none],
    ],
    "that it ends where each run has its turn": [
      () => problemsOf(of({ staleApprovals: "stop", executionMode: "QUEUED" })),
      [
        'pipelines[0].staleApprovals: received "stop"; with executionMode "QUEUED" each run has its turn: remove this key, or that one',
      ],
    ],
  });
});
