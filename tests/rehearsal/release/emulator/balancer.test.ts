import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Address } from "../../../../rehearsal/release/emulator/address";
import {
  balancer,
  fits,
  matchRule,
  type Rule,
  ruleOf,
} from "../../../../rehearsal/release/emulator/balancer";

const rule = (logicalId: string, properties: Readonly<Record<string, unknown>>): Rule =>
  ruleOf({ logicalId, type: "", id: "", generation: 1, policies: {}, properties });
const forward = (group: string) => ({ Actions: [{ Type: "forward", TargetGroupArn: group }] });

describe("rules of a load balancer", () => {
  it("take paths by * and ?, and nothing else for a pattern", () => {
    const cases = [
      ["/a/*", "/a/b/c", true],
      ["/a/*", "/a", false],
      ["/a?", "/ab", true],
      ["/a.b", "/aXb", false],
      ["*", "/", true],
    ] as const;
    assert.deepEqual(
      cases.map(([pattern, path]) => fits(pattern, path)),
      cases.map(([, , expected]) => expected),
    );
  });

  it("are asked in the order of their priority, each with all of its conditions", () => {
    const path = (value: string) => ({ Field: "path-pattern", PathPatternConfig: { Values: [value] } });
    const rules = [
      rule("Last", { Priority: 30, ...forward("c") }),
      rule("First", {
        Priority: "5",
        Conditions: [
          path("/a/*"),
          { Field: "http-request-method", HttpRequestMethodConfig: { Values: ["PUT"] } },
        ],
        ...forward("a"),
      }),
      rule("Second", {
        Priority: 20,
        Conditions: [{ Field: "path-pattern", Values: ["/a/*"] }],
        ...forward("b"),
      }),
    ];
    const found = (method: string, at: string) => matchRule(rules, method, at)?.logicalId;
    assert.deepEqual(
      [found("PUT", "/a/1"), found("GET", "/a/1"), found("PUT", "/b")],
      ["First", "Second", "Last"],
    );
    assert.equal(matchRule(rules.slice(1), "GET", "/b"), undefined);
  });

  it("say what of them is not heeded", () => {
    const { ignored, action } = rule("R", {
      Priority: 1,
      Conditions: [{ Field: "host-header", HostHeaderConfig: { Values: ["a.example.com"] } }],
      Actions: [
        { Type: "authenticate-oidc" },
        {
          Type: "forward",
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: "a" }, { TargetGroupArn: "b" }] },
        },
      ],
    });
    assert.equal(action, "a");
    assert.deepEqual(ignored, [
      "condition host-header of R: it always holds here",
      "action authenticate-oidc of R: it is left out here",
      "the weights of R: all goes to its first target group here",
    ]);
    assert.deepEqual(rule("R", { Actions: [{ Type: "redirect" }] }).ignored, [
      "action redirect of R: it answers 404 here",
    ]);
  });
});

describe("balancer", () => {
  let address: Address;
  let task: Server;
  let port: number;
  let seen: {
    method?: string | undefined;
    url?: string | undefined;
    headers: IncomingHttpHeaders;
    body: string;
  };
  before(async () => {
    task = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => void chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers } = request;
        seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
        response.writeHead(201, { "set-cookie": ["a=1", "b=2"], "x-a": "1" }).end("made");
      });
    }).listen(0, "127.0.0.1");
    await once(task, "listening");
    ({ port } = task.address() as AddressInfo);
    address = await Address.listen();
    const rules = [
      ["/up", forward("up")],
      ["/down", forward("down")],
      ["/gone", forward("gone")],
      [
        "/fixed",
        {
          Actions: [
            { Type: "fixed-response", FixedResponseConfig: { StatusCode: "418", MessageBody: "tea" } },
          ],
        },
      ],
    ] as const;
    const ports: Readonly<Record<string, number>> = { up: port, gone: 1 };
    address.use(
      balancer(
        rules.map(([path, action], index) =>
          rule(path, {
            Priority: index + 1,
            Conditions: [{ Field: "path-pattern", Values: [path] }],
            ...action,
          }),
        ),
        (group) => ports[group],
      ),
    );
  });
  after(async () => {
    await address.close();
    task.close();
  });

  it("hands a request over as it is, and what is answered back", async () => {
    const response = await fetch(`${address.url}/up?q=%20`, {
      method: "POST",
      body: "é",
      headers: { "x-b": "2", "x-forwarded-for": "10.0.0.1" },
    });
    assert.deepEqual(
      [response.status, response.headers.getSetCookie(), response.headers.get("x-a"), await response.text()],
      [201, ["a=1", "b=2"], "1", "made"],
    );
    assert.deepEqual(
      [seen.method, seen.url, seen.body, seen.headers["x-b"]],
      ["POST", "/up?q=%20", "é", "2"],
    );
    assert.deepEqual(
      [seen.headers["x-forwarded-for"], seen.headers["x-forwarded-proto"]],
      ["10.0.0.1, 127.0.0.1", "http"],
    );
    assert.match(String(seen.headers["x-amzn-trace-id"]), /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it("answers by itself where no rule fits, no task is well or one does not answer, and what a rule says", async () => {
    const answers = await Promise.all(
      ["/other", "/down", "/gone", "/fixed"].map(async (path) => {
        const response = await fetch(`${address.url}${path}`);
        return [response.status, await response.text()] as const;
      }),
    );
    assert.deepEqual(
      answers.map(([status]) => status),
      [404, 503, 502, 418],
    );
    assert.deepEqual([answers[0]?.[1], answers[3]?.[1]], ["There is no service here.", "tea"]);
  });
});
