import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Files } from "../../../folders";
import type { Act3 } from "../../../../rehearsal/release/report";
import { ECS, ECS_TEMPLATE, server, serviceOf } from "../kinds";
import { changed, releaseOf, runFolder } from "../service";
import { whole } from "../../../whole/sample";

const released = (changes: Files, options = {}) => releaseOf(serviceOf(ECS, changes), options, ECS.tooling);
const stop = ({ stopped }: Act3): string => stopped?.message ?? "it did not stop";
/** The template with something else in it; fails where it has nothing to change. */
const template = (from: string, to: string): Files => {
  assert.ok(ECS_TEMPLATE.includes(from), from);
  return { "template.yaml": ECS_TEMPLATE.replace(from, to) };
};

describe("tasks", () => {
  whole("start before the ones of the release before end, and only then", async () => {
    const telling = (text: string): string =>
      `${server(text).replace("process.exit()", `{ console.log("${text} ends"); process.exit(); }`)}console.log("${text} is up");`;
    const folder = changed({ "server.js": telling("first") }, { "server.js": telling("second") }, ECS.files);
    const { act, work } = await releaseOf(folder, { from: "HEAD" }, ECS.tooling);
    assert.equal(act.stopped, undefined);
    const log = readFileSync(join(runFolder(work), "environments/stage/Service.log"), "utf8");
    assert.deepEqual(log.trim().split("\n"), [
      ...["first is up", "first is up", "second is up", "second is up", "first ends", "first ends"],
    ]);
  });

  whole("answer by turns, and others take the place of those that have ended", async () => {
    const dying = server("first").replace(
      "const id",
      'if (request.url === "/lamp/die-" + process.pid) process.exit(); response.setHeader("pid", process.pid); const id',
    );
    const pids: (string | null)[] = [];
    const replaced = await released(
      { "server.js": dying },
      {
        hold: async (url: string) => {
          const ask = (path: string) => fetch(`${url}/lamp/${path}`);
          const pid = async () => (await ask("1")).headers.get("pid");
          pids.push(await pid(), await pid(), await pid());
          for (const each of pids.slice(0, 2)) while ((await ask(`die-${each}`)).status !== 502); // until it is its turn
          let next = await pid();
          while (next === null || pids.includes(next)) next = await pid(); // until there is another
        },
      },
    );
    assert.equal(replaced.act.stopped, undefined);
    assert.deepEqual([pids[0] === pids[2], pids[0] === pids[1]], [true, false]);
  });

  whole("have the ports of the template to themselves, wherever they run", async () => {
    const { act } = await released({
      "server.js": server("first", { listen: "{ port: 8080, host: '0.0.0.0' }" }),
    });
    assert.equal(act.stopped, undefined);
  });

  whole("do not become healthy with another answer than the target group wants", async () => {
    const sick = { "server.js": server("first", { health: 503 }) };
    const { act } = await released(sick);
    assert.equal(
      stop(act),
      "the tasks of Service do not become healthy: GET /health is answered with 503; the circuit breaker ends the deployment, and what ran before runs on",
    );
    assert.match(act.stopped?.next ?? "", /^correct the service; its own output is in .*\/Service\.log$/);
    const matched = template(
      "HealthCheckPath: /health,",
      'HealthCheckPath: /health, Matcher: { HttpCode: "200,500-599" },',
    );
    assert.equal((await released({ ...sick, ...matched })).act.stopped, undefined);
  });

  whole("may be unwell in their grace period, and only then", async () => {
    const waking = server("first").replace("writeHead(200)", "writeHead(++asked < 5 ? 503 : 200)");
    const files = { "server.js": `let asked = 0;${waking}` };
    const graceful = template("DesiredCount: 2", "DesiredCount: 2\n      HealthCheckGracePeriodSeconds: 60");
    assert.equal((await released({ ...files, ...graceful })).act.stopped, undefined);
    assert.match(stop((await released(files)).act), /GET \/health is answered with 503;/);
  });

  whole("are waited for in vain without a circuit breaker", async () => {
    const { act } = await released({
      "server.js": server("first", { health: 404 }),
      ...template(
        "{ DeploymentCircuitBreaker: { Enable: true, Rollback: true } }",
        "{ MaximumPercent: 200 }",
      ),
    });
    assert.match(
      stop(act),
      /404; it has no DeploymentCircuitBreaker, so that CloudFormation would wait for hours$/,
    );
  });

  whole("are not found on another port, or where only they themselves can ask", async () => {
    const cases = [
      ["3000", "it listens on 3000, and the load balancer asks on port 8080"],
      ["8080, 'localhost'", "it listens on 127.0.0.1:8080, and the load balancer asks on port 8080"],
    ] as const;
    for (const [listen, reason] of cases) {
      const { act } = await released({ "server.js": server("first", { listen }) });
      assert.ok(stop(act).startsWith(`the tasks of Service do not become healthy: ${reason};`), stop(act));
    }
  });

  whole("get no secret but something in its place, which is said, as of all that does not run", async () => {
    const seen: unknown[] = [];
    const telling = server("first").replace(
      "const id",
      'response.setHeader("secret", process.env.KEY); const id',
    );
    const text = ECS_TEMPLATE.replace(
      "          StopTimeout: 1\n",
      `          StopTimeout: 1
          Secrets: [{ Name: KEY, ValueFrom: !Sub "arn:aws:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:\${AWS::StackName}/key" }]
          HealthCheck: { Command: [CMD, "true"] }
`,
    )
      .replace("  Group:\n", "        - { Name: logs, Image: logs }\n  Group:\n")
      .replace(
        "[{ Field: path-pattern, ",
        "[{ Field: host-header, Values: [a.example.com] }, { Field: path-pattern, ",
      )
      .replace("DesiredCount: 2", "DesiredCount: 4");
    const { act } = await released(
      { "server.js": telling, "template.yaml": text },
      { hold: async (url: string) => void seen.push((await fetch(`${url}/lamp/1`)).headers.get("secret")) },
    );
    assert.equal(act.stopped, undefined);
    assert.deepEqual(seen, ["rehearsal"]);
    assert.deepEqual(
      act.notShown.map(({ what }) => what).filter((what) => what.endsWith(" here")),
      [
        "container logs of Service: it does not run here",
        "secret KEY of Service: the process gets another text here",
        "the HealthCheck of container lamps: the load balancer's is asked here",
        "4 tasks of Service: 2 run here",
        "condition host-header of Rule: it always holds here",
      ],
    );
  });

  const refused: readonly (readonly [string, Files, string])[] = [
    [
      "an image that is not the release's",
      template("Image: !Ref ImageUri", "Image: nginx"),
      'service Service runs the image "nginx", which is not the release\'s: make it the parameter ImageUri',
    ],
    [
      "a port that is not mapped",
      template("[{ ContainerPort: 8080 }]", "[{ ContainerPort: 80 }]"),
      "service Service is asked on port 8080, which container lamps does not map",
    ],
    [
      "no target group",
      template(
        "      LoadBalancers: [{ ContainerName: lamps, ContainerPort: 8080, TargetGroupArn: !Ref Group }]\n",
        "",
      ),
      "service Service is behind no target group, so that nothing reaches it",
    ],
    [
      "a container that there is not",
      template("ContainerName: lamps", "ContainerName: lamp"),
      "service Service sends requests to container lamp, which Task does not have",
    ],
    [
      "no rule that leads to it",
      template("TargetGroupArn: !Ref Group }]\n  Service", "TargetGroupArn: arn:other }]\n  Service"),
      "template.yaml has no rule of a listener that leads to a service of its own",
    ],
    [
      "an address that is not the load balancer's",
      template("Endpoint: { Value: !Ref EndpointUrl }", "Endpoint: { Value: https://example.com }"),
      "output Endpoint is https://example.com, which is not the environment's load balancer: nothing is sent there",
    ],
    [
      "what Node does not run",
      { Dockerfile: "FROM node\nCOPY dist/ /service/\nCMD exec nginx\n" },
      'the container lamps starts with "/bin/sh -c exec nginx", and the rehearsal runs what begins with node',
    ],
    [
      "a value that the environment's stack does not publish",
      {
        "template.yaml": ECS_TEMPLATE.replace(
          "Parameters:",
          "Parameters:\n  Zone: { Type: AWS::SSM::Parameter::Value<String>, Default: /shop/zone }",
        ).replace("Family: ", "Cpu: !Ref Zone\n      Family: "),
      },
      "template.yaml: Resources.Task: parameter Zone names the SSM parameter /shop/zone, which the environment's stack does not publish",
    ],
  ];
  for (const [nth, [title, changes, message]] of refused.entries()) {
    (nth === 0 ? it : whole)(`are refused with ${title}`, async () => {
      const { act } = await released(changes);
      assert.deepEqual([act.stopped?.at, stop(act)], ["stage: plan", message]);
    });
  }
});
