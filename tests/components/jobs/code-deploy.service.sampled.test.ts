import assert from "node:assert/strict";
import { CODE, OLD, rollingBack } from "./codeAlone";
import { pool } from "./inputs";
import {
  definition,
  imageUri,
  ON_INSTANCES,
  onInstances,
  PLANNED,
  releaseService,
  service,
  serviceWorld,
  withDefinitions,
} from "./serviceAlone";
import { described } from "./services";
import { BUCKET, EXECUTION_ID, type OwnersService, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

const writes = /update-|register-|s3 cp/;
const written = (calls: readonly string[]): string[] => calls.filter((call) => writes.test(call));
const FILES = `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/`;
/** What the service runs, and the revisions that there are. */
const end = ({ ownersService }: World) => [
  ownersService?.deployments.find(({ status }) => status === "PRIMARY")?.definition,
  [...(ownersService?.definitions.keys() ?? [])],
];
const RELEASED = ["quotes:8", ["quotes:7", "quotes:8"]];
/** Revision 8 was registered by this release before. */
const registered = (changes: Partial<OwnersService> = {}): OwnersService =>
  withDefinitions({ 7: definition(imageUri(OLD)), 8: definition(imageUri(CODE)) }, changes);
/** And the service went to it. */
const updated = (states: OwnersService["rollout"]): OwnersService =>
  registered({
    deployments: [
      { id: "1000000000000000002", status: "PRIMARY", definition: "quotes:8", states },
      { id: "1000000000000000001", status: "ACTIVE", definition: "quotes:7", states: [["COMPLETED"]] },
    ],
  });

describe("job code-deploy, to a service", () => {
  it("registers what was planned with another image, and nothing else changed, and waits until its tasks run", async () => {
    const world = serviceWorld(service());
    const result = await releaseService("code-deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(end(world), RELEASED);
    const { containerDefinitions, ...others } = world.ownersService?.definitions.get("quotes:8") ?? {};
    const { containerDefinitions: wanted, ...rest } = definition(imageUri(CODE));
    assert.deepEqual(containerDefinitions, wanted);
    assert.deepEqual(Object.fromEntries(Object.keys(rest).map((key) => [key, others[key]])), rest);
    assert.deepEqual(written(result.calls), [
      "aws - s3 cp",
      "aws deploy ecs register-task-definition",
      "aws deploy ecs update-service",
      "aws - s3 cp",
    ]);
    assert.equal(world.slept, 30);
    const deployed = JSON.parse(world.objects.get(`${FILES}deployed.json`)?.toString() ?? "{}") as object;
    assert.equal((deployed as Record<string, unknown>)["endpoint"], "https://quotes.example.com");
    assert.doesNotMatch(result.output, /never-in-a-log/);
  });

  it("registers all that the owner's definition has on instances, and names nothing but the revision where it updates", async () => {
    const world = serviceWorld(withDefinitions({ 7: onInstances(imageUri(OLD)) }));
    const result = await releaseService("code-deploy", world, ON_INSTANCES);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(end(world), RELEASED);
    assert.deepEqual(
      world.ownersService?.definitions.get("quotes:8"),
      described("quotes", 8, onInstances(imageUri(CODE))),
    );
  });

  whole(
    "ends with what ECS says of a task that it can't place, once it gives up and where it never does",
    async () => {
      const message =
        "(service quotes-test) was unable to place a task because no container instance met all of its requirements. " +
        "The closest matching (container-instance 8d5d) has insufficient memory available.";
      // Newest first, as ECS has them; the last one is of a deployment before.
      const events = [
        ["2026-01-01T10:00:09+00:00", "(service quotes-test) has stopped 1 running tasks."],
        ["2026-01-01T10:00:05.123000+00:00", message],
        ["2026-01-01T09:59:59+00:00", "(service quotes-test) failed to launch a task."],
      ].map(([createdAt, text]) => ({ createdAt, message: text }));
      const reason = "ECS deployment circuit breaker: tasks failed to start.";
      const worlds = [
        service({ says: { events }, rollout: [["IN_PROGRESS"], ["FAILED", reason]], goesBack: true }),
        service({ says: { events }, rollout: [["IN_PROGRESS"]] }),
        service({ says: { events: events.slice(2) } }),
      ].map((each) => serviceWorld(each));
      const all = await pool(worlds, (world) => releaseService("code-deploy", world));
      const [failed = "", endless = "", well = ""] = all.map(({ output }) => output);
      const what = "service quotes-test of cluster main in account 222222222222";
      const said = (text: string, error: string) => assert.ok(text.includes(`error: ${error}\n`), text);
      said(
        failed,
        `ECS has given up on quotes:8: ${reason} ECS says: ${message}; the events of ${what} say why, and it runs quotes:7 now`,
      );
      said(
        endless,
        `the tasks of quotes:8 are not all running after an hour, and ECS tries on, since ${what} has no circuit breaker that ` +
          `ends it: ${message}; release what works, or roll back`,
      );
      assert.equal(endless.split(`ECS says: ${message}`).length, 2); // once, however often it looks
      assert.equal(all[2]?.code, 0);
      assert.doesNotMatch(well, /ECS says/);
    },
  );

  whole(
    "rolls back where nothing could be placed: what ECS has gone back from already, and what it tries on",
    async () => {
      const reason = "ECS deployment circuit breaker: tasks failed to start.";
      const worlds = [
        serviceWorld(updated([["FAILED", reason]]), rollingBack),
        serviceWorld(updated([["IN_PROGRESS"]]), rollingBack),
      ];
      Object.assign(worlds[0]?.ownersService ?? {}, { goesBack: true });
      const all = await pool(worlds, (world) =>
        releaseService("code-deploy", world, { APPROVAL: "false", PLANNED: "" }, OLD),
      );
      for (const each of all) assert.equal(each.code, 0, each.output);
      assert.deepEqual(worlds.map(end), [
        ["quotes:7", ["quotes:7", "quotes:8"]],
        ["quotes:9", ["quotes:7", "quotes:8", "quotes:9"]],
      ]);
    },
  );

  whole("does nothing twice: a retry finds the revision, or the deployment, and waits for that", async () => {
    const worlds = [registered(), updated([["IN_PROGRESS"], ["COMPLETED"]])].map((each) =>
      serviceWorld(each),
    );
    const [some, all] = await pool(worlds, (world) => releaseService("code-deploy", world));
    assert.deepEqual(written(some?.calls ?? []), [
      "aws - s3 cp",
      "aws deploy ecs update-service",
      "aws - s3 cp",
    ]);
    assert.deepEqual(written(all?.calls ?? []), ["aws - s3 cp", "aws - s3 cp"], all?.output);
    assert.deepEqual(worlds.map(end), [RELEASED, RELEASED]);
  });

  const ends = sampled(
    Array.from({ length: 16 }, (_, i) => i + 1).flatMap((call) =>
      [false, true].map((after) => ({ call, after })),
    ),
    ({ call, after }) => after && [9, 10].includes(call),
  );
  whole(
    "ends the same where it was killed at a call, before or after that took effect, and is retried",
    async () => {
      await pool(ends, async (failAt) => {
        const world = serviceWorld(service(), { failAt });
        const first = await releaseService("code-deploy", world);
        world.failAt = null;
        const second = await releaseService("code-deploy", world);
        assert.equal(second.code, 0, `${JSON.stringify(failAt)}: ${first.output}${second.output}`);
        assert.deepEqual(end(world), RELEASED, JSON.stringify(failAt));
      });
    },
  );

  const refused: readonly (readonly [string, OwnersService, RegExp, Record<string, string>?])[] = [
    [
      "a task definition of which its owner has registered a revision since the plan",
      withDefinitions({ 7: definition(imageUri(OLD)), 8: definition(imageUri(CODE), { memory: "1024" }) }),
      /error: task definition quotes has got revision 8 since this was planned: nothing was changed by this run, start a new release\n/,
    ],
    [
      "a service that somebody has deployed to since the plan",
      service({
        deployments: [
          { id: "1000000000000000005", status: "PRIMARY", definition: "quotes:7", states: [["COMPLETED"]] },
        ],
      }),
      /error: service quotes-test of cluster main in account 222222222222 was deployed to since this was planned: nothing was changed/,
    ],
    [
      "other code in the service than the plan has found there",
      service(),
      /error: service quotes-test .* has gone to other code since this was planned/,
      { PLANNED: "none" },
    ],
    [
      "a plan that is none",
      service(),
      /error: variable PLANNED must match none\|.* but is ''/,
      { PLANNED: "" },
    ],
  ];
  for (const [what, found, error, changes = {}] of sampled(refused, ([name]) => name.startsWith("a task")))
    it(`refuses ${what}, and changes nothing`, async () => {
      const world = serviceWorld(found);
      const before = JSON.stringify(end(world));
      const result = await releaseService("code-deploy", world, changes);
      assert.equal(result.code, 1);
      assert.match(result.output, error);
      assert.equal(JSON.stringify(end(world)), before);
      assert.ok(!world.objects.has(`${FILES}deployed.json`));
    });

  it("says what ECS says of a deployment that its circuit breaker ends, and where the service is back", async () => {
    const rollout: OwnersService["rollout"] = [
      ["IN_PROGRESS"],
      ["FAILED", "ECS deployment circuit breaker: tasks failed to start."],
    ];
    const world = serviceWorld(service({ rollout, goesBack: true }));
    const result = await releaseService("code-deploy", world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: ECS has given up on quotes:8: ECS deployment circuit breaker: tasks failed to start\.; the events of service quotes-test .* say why, and it runs quotes:7 now\n/,
    );
    assert.ok(!world.objects.has(`${FILES}deployed.json`));
  });

  whole("ends where somebody else deploys while it waits, and where ECS never comes to an end", async () => {
    const other = { id: "7", status: "PRIMARY", definition: "quotes:7", states: [["COMPLETED"]] } as const;
    const replaced: World = serviceWorld(service({ rollout: [["IN_PROGRESS"]] }), {
      meanwhile: (asked) => {
        const { deployments = [] } = replaced.ownersService ?? {};
        if (asked !== "ecs describe-services" || deployments.length !== 2) return;
        for (const each of deployments) each.status = "ACTIVE";
        deployments.unshift({ ...other, states: [["COMPLETED"]] });
      },
    });
    const worlds = [replaced, serviceWorld(service({ rollout: [["IN_PROGRESS"]] }))];
    const [lost, endless] = await pool(worlds, (world) => releaseService("code-deploy", world));
    assert.match(
      lost?.output ?? "",
      /error: deployment 1000000000000000002 of service quotes-test .*, which was to run quotes:8, was replaced: it runs quotes:7 now/,
    );
    assert.match(
      endless?.output ?? "",
      /error: the tasks of quotes:8 are not all running after an hour, and ECS tries on, since service quotes-test .* has no circuit breaker/,
    );
  });

  it("rolls back by a revision that has the image of before, whatever the scan has found since", async () => {
    const world = serviceWorld(updated([["COMPLETED"]]), { ...rollingBack, scans: ["gone"] });
    const result = await releaseService("code-deploy", world, { APPROVAL: "false", PLANNED: "" }, OLD);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(end(world), ["quotes:9", ["quotes:7", "quotes:8", "quotes:9"]]);
    assert.deepEqual(
      world.ownersService?.definitions.get("quotes:9")?.["containerDefinitions"],
      described("quotes", 9, definition(imageUri(OLD)))["containerDefinitions"],
    );
  });

  whole(
    "plans by itself where nobody is asked, and does not wait for a deployment that never ends",
    async () => {
      const stuck = service({
        deployments: [
          { id: "1000000000000000001", status: "PRIMARY", definition: "quotes:7", states: [["IN_PROGRESS"]] },
        ],
      });
      const world = serviceWorld(stuck);
      const result = await releaseService("code-deploy", world, { APPROVAL: "false", PLANNED: "" });
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(end(world), RELEASED);
      assert.match(
        result.output,
        /service quotes-test: runs quotes:7 with .*; goes to a revision made of quotes:7/,
      );
      assert.ok(!result.calls.some((call) => /^aws plan ecs (register|update)/.test(call)));
    },
  );

  whole("takes nothing for its own that differs in more than the order of variables", async () => {
    const [first, second] = definition(imageUri(CODE)).containerDefinitions;
    const swapped = [{ ...first, command: ["--port", "serve", "8080"] }, second];
    const other = withDefinitions({
      7: definition(imageUri(OLD)),
      8: definition(imageUri(CODE), { containerDefinitions: swapped }),
    });
    const result = await releaseService("code-deploy", serviceWorld(other), { PLANNED });
    assert.match(result.output, /error: task definition quotes has got revision 8 since this was planned/);
  });
});
