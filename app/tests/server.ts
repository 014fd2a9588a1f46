import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import "./service";

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>>;

/** The service's folder. */
export const folder = join(__dirname, "..");
const started: ChildProcess[] = [];
/** The server's own code in one file, which starts at once: six servers need no compiler. The source map is for the coverage. */
const bundle = join(folder, "dist-server/tested.js");
buildSync({
  entryPoints: [join(folder, "src/server.ts")],
  outfile: bundle,
  bundle: true,
  platform: "node",
  target: "node20",
  sourcemap: "inline",
  packages: "external",
});

after(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** The server in a process of its own, with the tests' table. */
export class Server {
  readonly process: ChildProcess;
  readonly lines: Line[] = [];
  output = "";
  private readonly ended: Promise<unknown[]>;
  private seen: () => void = () => undefined;

  /** `before` is code that runs first. */
  constructor(environment: NodeJS.ProcessEnv, before = "") {
    const main = `${before}\nrequire(${JSON.stringify(bundle)});`;
    this.process = spawn(process.execPath, ["--eval", main], {
      cwd: folder,
      env: { ...process.env, POWERTOOLS_LOG_LEVEL: "INFO", RELEASE: "run-1", ...environment },
    });
    started.push(this.process);
    this.ended = once(this.process, "close");
    // Warnings and errors go to standard error. Of a crash, Node writes lines that are no JSON.
    // eslint-disable-next-line no-restricted-syntax -- each line that is looked for is on one of them
    for (const input of [this.process.stdout, this.process.stderr]) {
      if (!input) throw new Error("the server has no output");
      createInterface(input).on("line", (line) => {
        this.output += `${line}\n`;
        if (line.startsWith("{")) this.lines.push(JSON.parse(line) as Line);
        this.seen();
      });
    }
  }

  /** Waits for a line of the log, which may be there already. */
  async line(wanted: (line: Line) => boolean): Promise<Line> {
    for (let ended = false; ;) {
      const found = this.lines.find(wanted);
      if (found) return found;
      if (ended) throw new Error(`the server has ended, and said:\n${this.output}`);
      const more = new Promise<boolean>((resolve) => (this.seen = () => resolve(false)));
      ended = await Promise.race([more, this.ended.then(() => true)]);
    }
  }

  /** The port that it listens on, once it does. */
  async port(): Promise<number> {
    return Number((await this.line(({ message }) => message === "listening")).port);
  }

  /** The exit code, or the signal that ended it, once all that it wrote has been read. */
  async end(): Promise<unknown> {
    const [code, signal] = await this.ended;
    return code ?? signal;
  }
}
