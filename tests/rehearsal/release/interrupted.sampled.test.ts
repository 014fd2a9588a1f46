import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { emptyFolder, write } from "../../folders";
import { Interrupted } from "../../../rehearsal/release/stopped";
import { ECS, server, serviceOf } from "./kinds";
import { answered, folderOf, handler, releaseOf, service } from "./service";
import { ALLOWED_TEMPLATE } from "./sampleTemplate";
import { whole } from "../../whole/sample";

const ROOT = resolve(__dirname, "../../..");

/** Code that calls home and never ends: while its process lives, the connection does. */
const staying = (port: number): string =>
  `require("net").connect(${port}, "127.0.0.1").unref(); setInterval(() => {}, 1000);`;

/** The rehearsal's command, and what it says; a line that it waits for must come. */
function start(...args: string[]) {
  const env = { ...process.env, INIT_CWD: ROOT, FORCE_COLOR: undefined };
  const child = spawn(process.execPath, ["-r", "./scripts/register.cjs", "rehearsal/main.ts", ...args], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const ended = once(child, "close");
  const waiting = new Set<() => void>();
  // eslint-disable-next-line no-restricted-syntax -- each line that is looked for is on one of them
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      waiting.forEach((look) => look());
    });
  }
  const said = (line: RegExp): Promise<RegExpExecArray> =>
    new Promise((found, lost) => {
      const look = () => {
        const match = line.exec(text);
        if (match) found(match);
      };
      waiting.add(look);
      look();
      void ended.then(() => lost(new Error(`it ended without ${line}:\n${text}`)));
    });
  return { child, said, ended, text: () => text };
}

describe("an interrupted release", () => {
  let home: Server;
  let port: number;
  /** Ends of the connections, in the order of their coming; a process may connect before anybody looks. */
  let ends: Promise<unknown>[];
  let came: () => void;
  /** Waits until so many have connected; gives when each of them is gone. */
  const connected = async (count: number): Promise<Promise<unknown>[]> => {
    while (ends.length < count) await new Promise<void>((resolve) => (came = resolve));
    return ends;
  };

  beforeEach(async () => {
    [ends, came] = [[], () => undefined];
    home = createServer((socket: Socket) => {
      ends.push(once(socket.on("error", () => undefined).resume(), "close"));
      came();
    }).listen(0, "127.0.0.1");
    await once(home, "listening");
    ({ port } = home.address() as AddressInfo);
  });
  afterEach(() => void home.close());

  whole("ends a script and all that it started, and the next run is as good as any", async () => {
    const grandchild = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(staying(port))}]); setInterval(() => {}, 1000);`;
    const folder = service({ "test.cjs": grandchild });
    const work = emptyFolder();
    const controller = new AbortController();
    const interrupted = releaseOf(folder, { work, signal: controller.signal });
    const closed = await connected(1);
    controller.abort();
    await assert.rejects(interrupted, Interrupted);
    await Promise.all(closed);
    write(folder, { "test.cjs": readFileSync(join(service(), "test.cjs"), "utf8") });
    assert.equal((await releaseOf(folder, { work })).act.stopped, undefined);
  });

  whole("ends a function that is only starting", async () => {
    const child = JSON.stringify(staying(port));
    const hanging = service({
      "index.js": `require("child_process").spawnSync(process.execPath, ["-e", ${child}]);`,
    });
    const controller = new AbortController();
    const interrupted = releaseOf(hanging, { signal: controller.signal });
    const closed = await connected(1);
    controller.abort();
    await assert.rejects(interrupted, Interrupted);
    await Promise.all(closed);
  });

  whole("ends a task that is only starting", async () => {
    const controller = new AbortController();
    const folder = serviceOf(ECS, { "server.js": staying(port) });
    const interrupted = releaseOf(folder, { signal: controller.signal }, ECS.tooling);
    const closed = await connected(1);
    controller.abort();
    await assert.rejects(interrupted, Interrupted);
    await Promise.all(closed);
  });

  whole("leaves no task even when the rehearsal itself is killed", async () => {
    const { stacks } = folderOf(ECS.tooling);
    const config = emptyFolder();
    write(config, {
      "Pulumi.yaml": "name: shop\n",
      ...Object.fromEntries(stacks.map((each) => [each.path, stringify({ config: each.config })])),
    });
    const app = serviceOf(ECS, { "server.js": `${staying(port)}${server("served")}` });
    const { child, said, ended } = start("--yes", "--serve", "--config", config, "--app", app);
    await said(/answers until Ctrl-C/);
    const tasks = await connected(4);
    child.kill("SIGKILL");
    await Promise.all([ended, ...tasks]);
  });

  whole("ends everything with the signal that ends --serve, and exits with 0", async () => {
    const { child, said, ended, text } = start(
      "--yes",
      "--serve",
      "--app",
      service({
        "index.js": `${staying(port)}${handler("served")}`,
        "template.yaml": ALLOWED_TEMPLATE,
      }),
    );
    const functions = await connected(2);
    const [, url = ""] = await said(
      /^ {2}(http:\/\/127\.0\.0\.1:\d+) answers until Ctrl-C; for example:\n {4}curl -i /m,
    );
    const answer = await answered(`${url}/lamp/1`);
    assert.match(answer ?? "", /"text":"served"/);
    child.kill("SIGTERM");
    const [code] = (await ended) as [number];
    assert.equal(code, 0, text());
    await Promise.all(functions);
    assert.notEqual(await answered(`${url}/lamp/1`), answer);
  });

  whole("exits with the signal's code in the middle, and leaves nothing running", async () => {
    const { child, ended, text } = start("--yes", "--app", service({ "test.cjs": staying(port) }));
    const closed = await connected(1);
    child.kill("SIGINT");
    const [code] = (await ended) as [number];
    assert.equal(code, 130);
    assert.match(text(), /^interrupted: nothing is left running, and the next run starts afresh$/m);
    await Promise.all(closed);
  });

  whole(
    "leaves no function even when the rehearsal itself is killed, and no folder after the next run",
    async () => {
      const { child, said, ended } = start(
        "--yes",
        "--serve",
        "--app",
        service({ "index.js": `${staying(port)}${handler("a")}` }),
      );
      const functions = await connected(2);
      await said(/answers until Ctrl-C/);
      const work = join(ROOT, ".out/release"); // eslint-disable-line no-restricted-syntax -- where the command works
      const left = join(work, `run-${child.pid}-1`);
      assert.ok(existsSync(left)); // while it runs: then the run of another test may be the next
      child.kill("SIGKILL");
      await Promise.all([ended, ...functions]);
      await releaseOf(service(), { work });
      assert.equal(existsSync(left), false);
    },
  );
});
