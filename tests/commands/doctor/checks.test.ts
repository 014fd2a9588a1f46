import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { asText, checkNode, checkSettings } from "../../../commands/doctor/checks";
import { checkStacks } from "../../../commands/doctor/deliveryChecks";
import { newStackCheck, operationChecks } from "../../../commands/doctor/stackChecks";
import { folderWith } from "../../folders";
import { fakeAws } from "../fake";
import {
  delivery,
  FakeEngine,
  projectFolder,
  resource,
  STACKS,
  state,
  TOOLING,
  type Values,
} from "../sample";

const text = (...of: Parameters<typeof asText>): string => stripVTControlCharacters(asText(...of));
const PASSPHRASE = "export PULUMI_CONFIG_PASSPHRASE=… (or PULUMI_CONFIG_PASSPHRASE_FILE)";
const [part] = delivery().tooling;
assert.ok(part);

describe("doctor", () => {
  it("wants the Node.js that the project needs, or a newer one", () => {
    const problem = { problem: "is too old for this project, which needs >=20.19" };
    const fix = { fix: ["install a newer one (https://nodejs.org)"] };
    for (const [version, wrong] of [
      ["20.19.0", {}],
      ["22.0.0", {}],
      ["20.18.3", { ...problem, ...fix }],
      ["18.20.0", { ...problem, ...fix }],
    ] as const)
      assert.deepEqual(checkNode(version, ">=20.19"), { what: `Node.js ${version}`, ...wrong });
  });

  it("wants a passphrase for a new stack, unless Pulumi Cloud or a key keeps its secrets", () => {
    const there = { what: "build: is not there yet; npm run up makes it" };
    const wanted = {
      what: "build: secrets",
      problem: "a new stack needs a passphrase or a secrets provider",
      fix: [PASSPHRASE],
    };
    const [bucket, cloud] = ["s3://state", "https://api.pulumi.com"];
    assert.deepEqual(newStackCheck(part, bucket, false), wanted);
    assert.deepEqual(newStackCheck(part, bucket, true), there);
    assert.deepEqual(newStackCheck(part, cloud, false), there);
    assert.deepEqual(newStackCheck({ ...part, secretsProvider: "awskms://alias/x" }, bucket, false), there);
  });

  describe("of operations and locks", () => {
    const FREE = [
      "wait for its end or, if that is not running any more:",
      "pulumi cancel --stack build --yes",
    ];
    const killed = {
      pending: [{ type: "updating", resource: resource("build", "aws:iam/role:Role", "plan") }],
    };
    const refresh = "pulumi refresh --stack build --clear-pending-creates --yes --skip-preview";
    const checks = (
      more: { pending?: typeof killed.pending },
      holders: readonly string[] | undefined,
      updateInProgress = false,
    ) =>
      operationChecks(part, {
        ...{ state: state([], more), holders },
        listed: { name: "build", updateInProgress },
      });

    it("says that there are none, and of locks only where it could look", () => {
      const what = "build: no operation is pending";
      assert.deepEqual(checks({}, []), [{ what: `${what}, and nobody holds it` }]);
      assert.deepEqual(checks({}, undefined), [{ what }]);
    });

    it("names who holds the stack, where Pulumi Cloud tells it too", () => {
      const lock = (who: string) => [{ what: "build: lock", problem: `is locked ${who}`, fix: FREE }];
      assert.deepEqual(checks({}, ["ann@host", "bob@host"]), lock("by ann@host, bob@host"));
      assert.deepEqual(
        checks({}, undefined, true),
        lock("by an update (Pulumi Cloud's page of the stack says whose)"),
      );
    });

    it("has a lock freed before what an update has left is cleared", () => {
      const problem = "an update was killed, and 1 operation is pending:\n  updating aws:iam:Role plan";
      const left = (fix: string[]) => ({ what: "build: operations", problem, fix });
      assert.deepEqual(checks(killed, []), [left([refresh, "npm run up"])]);
      assert.deepEqual(
        checks(killed, ["ann@host"]).at(1),
        left(["pulumi cancel --stack build --yes", refresh, "npm run up"]),
      );
    });
  });

  it("goes on where locks cannot be looked up, and says nothing of them", async () => {
    const locks = ".pulumi/locks/organization/acme/build";
    const root = folderWith({ [`${locks}/1.json`]: "no lock that this version knows" });
    const whole = delivery({ build: TOOLING });
    const [built] = whole.tooling;
    const checks = await checkStacks(new FakeEngine({ build: state() }), fakeAws({}, []), whole, {
      ...{ root: "/", url: `file://${root}`, usable: new Set<string>(), passphrase: true },
    });
    assert.deepEqual(
      [
        whole.project,
        built?.stack,
        checks.map(({ what }) => what).filter((what) => /operation|lock/.test(what)),
      ],
      ["acme", "build", ["build: no operation is pending"]],
    );
  });

  it("says in which account a connection is authorised that another one shares", async () => {
    const connection = "arn:aws:codeconnections:eu-central-1:999999999999:connection/shared";
    const source = { connection, repository: "a/b" };
    const whole = delivery({ build: { ...TOOLING, pipelines: [{ name: "shop", source }] } });
    const aws = fakeAws({ GetConnection: () => ({ Connection: { ConnectionStatus: "PENDING" } }) }, []);
    const checks = await checkStacks(new FakeEngine(), aws, whole, {
      ...{ root: "/", url: "https://api.pulumi.com", usable: new Set(["build"]), passphrase: false },
    });
    assert.deepEqual(
      checks.find(({ what }) => what === `build: connection ${connection}`),
      {
        what: `build: connection ${connection}`,
        problem: "is PENDING: a person has to authorise it, once, in the console",
        fix: [
          "in account 999999999999, which shares it, open https://eu-central-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-central-1 and choose Update pending connection",
        ],
        state: "waits",
      },
    );
  });

  it("asks AWS of a stack whose credentials are as they should be, and of no other", async () => {
    const connection = "arn:aws:codeconnections:eu-central-1:444444444444:connection/given";
    const whole = delivery({
      ...STACKS,
      build: {
        ...TOOLING,
        pipelines: [{ name: "shop", prefix: "sh", source: { connection, repository: "a/b" } }],
      },
    });
    for (const [usable, asked] of [
      [[], []],
      [["build"], ["GetConnection"]],
    ] as const) {
      const calls: string[] = [];
      const aws = fakeAws(
        { GetConnection: () => ({ Connection: { ConnectionStatus: "AVAILABLE" } }) },
        calls,
      );
      const checks = await checkStacks(new FakeEngine(), aws, whole, {
        ...{ root: "/", url: "https://api.pulumi.com", usable: new Set(usable), passphrase: false },
      });
      assert.deepEqual(calls, asked);
      assert.deepEqual(
        checks.map(({ what }) => what),
        [
          ...["build", "qa", "eu-live"].map((stack) => `${stack}: is not there yet; npm run up makes it`),
          ...usable.map((stack) => `${stack}: connection ${connection}`),
        ],
      );
    }
  });

  describe("of settings", () => {
    const wrong = (stacks: Readonly<Record<string, Values>>) =>
      checkSettings(projectFolder(stacks)).checks.flatMap(({ what, problem }) =>
        problem === undefined ? [] : [`${what}: ${problem}`],
      );

    it("says that all is well", () =>
      assert.deepEqual(checkSettings(projectFolder(STACKS)).checks, [
        { what: "settings of build, qa, eu-live" },
      ]));

    it("tells an account, a Region and an environment of which tooling's file says otherwise", () => {
      const qa = STACKS["qa"];
      assert.deepEqual(wrong({ ...STACKS, qa: { ...qa, account: "777777777777" } }), [
        "Pulumi.qa.yaml: has account 777777777777, and Pulumi.build.yaml lists 555555555555 for qa",
      ]);
      assert.deepEqual(wrong({ ...STACKS, qa: { ...qa, "aws:region": "eu-west-2" } }), [
        "Pulumi.qa.yaml: has Region eu-west-2, and Pulumi.build.yaml has eu-central-1 for qa",
      ]);
      assert.deepEqual(wrong({ ...STACKS, qa: { ...qa, environment: "qe" } }), [
        "environment qa: has no stack file",
        "Pulumi.qa.yaml: describes environment qe, which Pulumi.build.yaml does not list",
      ]);
    });

    it("misses a stack of tooling, and the project's file", () => {
      const { "eu-live": live } = STACKS;
      assert.deepEqual(wrong({ "eu-live": live ?? {} }), ["settings: no stack is of kind tooling"]);
      const folder = projectFolder(STACKS);
      rmSync(join(folder, "Pulumi.yaml"));
      assert.deepEqual(checkSettings(folder), {
        checks: [
          {
            what: "settings",
            problem: `${folder} has no Pulumi.yaml`,
            fix: ["run this in the project's folder"],
          },
        ],
      });
    });
  });

  it("puts what fixes a problem at the beginning of lines, and counts", () => {
    const checks = [
      { what: "a" },
      { what: "b", problem: "is wrong:\nin two places", fix: ["do this", "then that"] },
    ];
    assert.deepEqual(text(checks, ["c"]).split("\n"), [
      ...[
        "ok     a",
        "failed b: is wrong:",
        "       in two places",
        "       fix:",
        "do this",
        "then that",
        "",
      ],
      ...["not seen: c", "1 of 2 checks failed"],
    ]);
    assert.equal(text([{ what: "a" }], []), "ok     a\nAll 1 checks are ok");
  });
});
