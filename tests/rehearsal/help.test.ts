import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run as access } from "../../rehearsal/access/command";
import { mutateAccess } from "../../rehearsal/access/mutation/command";
import type { Ended } from "../../rehearsal/bringUp/commandLine";
import { run as cost } from "../../rehearsal/cost/command";
import { run as growth } from "../../rehearsal/growth/command";
import { run as resources } from "../../rehearsal/resources/command";
import { ROOT } from "./sample";

async function mutate(args: readonly string[]): Promise<Ended> {
  let stdout = "";
  const code = await mutateAccess(args, (line) => (stdout += line));
  return { code, stdout, stderr: "" };
}

/** By the name of the script. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<Ended>>> = {
  access,
  cost,
  growth,
  resources,
  "mutate:access": mutate,
};

describe("the rehearsal's commands", () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    it(`${name} shows its options with --help and with -h, and does nothing else`, async () => {
      const help = await command(["--help"]);
      assert.deepEqual([help.code, help.stderr], [0, ""]);
      assert.ok(help.stdout.startsWith(`npm run ${name} -- `), help.stdout);
      assert.deepEqual(await command(["-h"]), help);
    });
  }

  it("are all here, but for npm start, whose own test asks it", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const ours = Object.entries(scripts).filter(([, line]) =>
      /register\.cjs rehearsal\/.*main\.ts/.test(line),
    );
    assert.deepEqual(
      ours
        .map(([name]) => name)
        .filter((name) => name !== "start")
        .sort(),
      Object.keys(COMMANDS).sort(),
    );
  });
});
