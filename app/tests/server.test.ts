import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { request as send } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { folder, Server } from "./server";

const lamp = { id: "server-lamp", name: "Lamp", price: 1999, currency: "EUR" };

describe("the server", () => {
  let server: Server;
  let endpoint: string;

  before(async () => {
    server = new Server({ PORT: "0", SECRET: "not-to-be-seen" });
    endpoint = `http://127.0.0.1:${await server.port()}`;
  });

  after(async () => {
    server.process.kill("SIGTERM");
    assert.equal(await server.end(), 0);
  });

  const create = (product: object, headers: Record<string, string> = {}) =>
    fetch(`${endpoint}/product/create`, { method: "POST", headers, body: JSON.stringify(product) });

  it("passes the end-to-end tests of every way", async () => {
    const verify = ["verify/**/*.test.ts", "--reporter", "dot"];
    const mocha = join(folder, "node_modules/mocha/bin/mocha.js");
    const { stdout } = await promisify(execFile)(process.execPath, [mocha, ...verify], {
      cwd: folder,
      env: { ...process.env, ENDPOINT: endpoint },
    });
    assert.match(stdout, /\b[1-9]\d* passing\b/);
  });

  it("answers as the function does, headers too, and without the query", async () => {
    const created = await create(lamp);
    const location = created.headers.get("location");
    assert.deepEqual(
      [created.status, await created.json(), location],
      [201, lamp, "/product/find/server-lamp"],
    );
    const found = await fetch(`${endpoint}${location}?a=%`);
    assert.deepEqual(
      [found.status, await found.json(), found.headers.get("content-type"), found.headers.get("connection")],
      [200, lamp, "application/json", "keep-alive"],
    );
  });

  it("is healthy at an address that is no route", async () => {
    const health = await fetch(`${endpoint}/health`);
    assert.deepEqual([health.status, await health.text()], [200, "healthy\n"]);
    assert.equal((await fetch(`${endpoint}/health/`)).status, 404);
  });

  it("answers 404 for what is no path, and 405 for a method of which the routes know nothing", async () => {
    const status = async (method: string, path: string) => {
      const [answer] = await once(send(endpoint, { method, path }).end(), "response");
      answer.resume();
      return answer.statusCode;
    };
    assert.equal(await status("OPTIONS", "*"), 404);
    assert.equal(await status("GET", "http://other.example/product/find/server-lamp"), 404);
    assert.equal(await status("PROPFIND", "/product/find/server-lamp"), 405);
  });

  it("refuses a long body, of which it reads all, so that the connection is of use", async () => {
    const socket = connect(await server.port(), "127.0.0.1");
    const body = "x".repeat(5_000_000);
    socket.write(
      `POST /product/create HTTP/1.1\r\nhost: test\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.write("GET /health HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    assert.match(
      await text(socket),
      /^HTTP\/1\.1 413 [^]*"the body is longer than the 16384 bytes that are read"[^]*HTTP\/1\.1 200 OK\r\n[^]*healthy\n/,
    );
  });

  it("refuses a body that is one byte too long, in whichever pieces that comes", async () => {
    // Byte by byte, so that a piece ends where the limit is.
    const bytes =
      "const { prototype } = require('node:http').IncomingMessage; const whole = prototype[Symbol.asyncIterator]; " +
      "prototype[Symbol.asyncIterator] = async function* () { for await (const piece of whole.call(this)) for (const byte of piece) yield Buffer.of(byte); };";
    const other = new Server({ PORT: "0" }, bytes);
    const url = `http://127.0.0.1:${await other.port()}/product/create`;
    const status = async (length: number) => {
      const body = JSON.stringify({ ...lamp, id: "server-pieces" }).padEnd(length);
      return (await fetch(url, { method: "POST", body })).status;
    };
    assert.deepEqual([await status(16_385), await status(16_384)], [413, 201]);
    other.process.kill("SIGTERM");
    assert.equal(await other.end(), 0);
  });

  it("keeps apart in its log what belongs to requests that overlap", async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `overlap-${n}`);
    const made = await Promise.all(
      ids.map((id) => create({ ...lamp, id }, { "x-amzn-trace-id": `Root=${id}` })),
    );
    const statuses = made.map(({ status }) => status);
    assert.deepEqual(statuses, Array(ids.length).fill(201)); // else there are no lines to wait for
    for (const id of ids) {
      const { level, message, service, release, correlation_id } = await server.line(
        (l) => l.productId === id,
      );
      assert.deepEqual(
        { level, message, service, release, correlation_id },
        {
          level: "INFO",
          message: "product created",
          service: "catalog",
          release: "run-1",
          correlation_id: `Root=${id}`,
        },
      );
    }
  });

  it("logs a line for each request that has an answer", async () => {
    await fetch(`${endpoint}/product/find/nothing`, { headers: { "x-amzn-trace-id": "Root=logged" } });
    const line = await server.line((l) => l.correlation_id === "Root=logged" && l.message === "answered");
    assert.deepEqual(
      [line.level, line.method, line.status, typeof line.milliseconds],
      ["INFO", "GET", 404, "number"],
    );
  });

  it("goes on when a client goes away in the middle of a request", async () => {
    const socket = connect(await server.port(), "127.0.0.1");
    socket.write(
      "POST /product/create HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n{",
    );
    await once(socket, "data");
    socket.destroy();
    const { level } = await server.line(({ message }) => message === "the request was not answered");
    assert.equal(level, "WARN");
    assert.equal((await fetch(`${endpoint}/health`)).status, 200);
  });

  it("ends on SIGTERM, after the answer to what it has, and takes nothing new", async () => {
    const ending = new Server({ PORT: "0" });
    const body = JSON.stringify({ ...lamp, id: "drained" });
    const port = await ending.port();
    const socket = connect(port, "127.0.0.1");
    const head = ["POST /product/create HTTP/1.1", "host: test", "expect: 100-continue"];
    socket.write([...head, `content-length: ${body.length}`, "", body.slice(0, 9)].join("\r\n"));
    await once(socket, "data");
    ending.process.kill("SIGTERM");
    assert.equal((await ending.line(({ message }) => message === "draining")).signal, "SIGTERM");
    await assert.rejects(once(connect(port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });

    let answer = "";
    socket.on("data", (part) => (answer += part.toString()));
    socket.write(body.slice(9));
    await once(socket, "close");
    assert.match(answer, /^HTTP\/1\.1 201 Created\r\n(?:.+\r\n)*connection: close\r\n/i);
    assert.ok(answer.endsWith(body));
    assert.equal(await ending.end(), 0);
  });

  it("says that it has a secret, or none, but not what it is", async () => {
    const { secret } = await server.line(({ message }) => message === "listening");
    assert.equal(secret, "given");
    assert.doesNotMatch(server.output, /not-to-be-seen/);
    const other = new Server({ PORT: "0" });
    assert.equal((await other.line(({ message }) => message === "listening")).secret, "none");
    other.process.kill("SIGINT");
    assert.equal(await other.end(), 0);
  });

  it("asks for port 8080 unless told otherwise", async () => {
    // Any other port will do for the test, since this machine may use that one.
    const asked =
      'const { listen } = net.Server.prototype; net.Server.prototype.listen = function (port, ...more) { console.log("asked for " + port); return listen.call(this, 0, ...more); };';
    const other = new Server({ PORT: undefined }, asked);
    await other.port();
    other.process.kill("SIGTERM");
    assert.equal(await other.end(), 0);
    assert.match(other.output, /^asked for 8080$/m);
  });

  it("answers below its base path what it answers without one", async () => {
    const other = new Server({ PORT: "0", BASE_PATH: "/catalog--br-0a1b2c3d" });
    const base = `http://127.0.0.1:${await other.port()}`;
    const answered = async (path: string, init: RequestInit = {}) =>
      (await fetch(`${base}${path}`, init)).status;
    const created = { method: "POST", body: JSON.stringify({ ...lamp, id: "server-based" }) };
    assert.deepEqual(
      [
        await answered("/catalog--br-0a1b2c3d/product/create", created),
        await answered("/catalog--br-0a1b2c3d/product/find/server-based?a=b"),
        await answered("/product/find/server-based"),
        await answered("/catalog--br-0a1b2c3dx/product/find/server-based"),
        await answered("/health"),
      ],
      [201, 200, 200, 404, 200],
    );
    other.process.kill("SIGTERM");
    assert.equal(await other.end(), 0);
  });

  it("ends if its port is taken", async () => {
    const taken = await server.port();
    const other = new Server({ PORT: String(taken) });
    assert.equal(await other.end(), 1);
    assert.match(other.output, new RegExp(`EADDRINUSE.*:${taken}$`, "m"));
  });
});
