import assert from "node:assert/strict";
import { readDelivery } from "../../commands/delivery";
import { openEngine } from "../../commands/engine/automation";
import { bringUp, type Options } from "../../commands/up/bringUp";
import { previewAll } from "../../commands/up/previewAll";
import { fromStates, programOf, rightsSince } from "../../commands/up/rights";
import { fake } from "../commands/fake";
import type { World } from "./world";
import { removeWorlds, upWorld } from "./worlds";

/** The commands in a world's folder, with the real engine and the program run by the CLI; nobody is there to ask. */
class Shell {
  private readonly own = { ...process.env };

  constructor(private readonly world: World) {
    Object.assign(process.env, world.environment);
  }

  close(): void {
    for (const key of Object.keys(this.world.environment)) {
      if (this.own[key] === undefined) delete process.env[key];
      else process.env[key] = this.own[key];
    }
  }

  private readonly program = () => programOf(this.world.project);
  private readonly rights: Options["rights"] = (states) =>
    rightsSince(this.world.project, fromStates(states));

  private async session() {
    const { session, said } = fake();
    return { session: { ...session, engine: await openEngine(this.world.project) }, said };
  }

  async digest(): Promise<string> {
    const { session, said } = await this.session();
    const options = { refresh: false, "expect-no-changes": false, program: this.program };
    assert.equal(
      await previewAll(session, readDelivery(this.world.project), [], options),
      0,
      said.join("\n"),
    );
    const [, digest = ""] = /^Steps: ([0-9a-f]{64})$/.exec(said.at(-1) ?? "") ?? [];
    return digest;
  }

  /** Of the steps with this digest, or of additions alone; with the stacks that something was written in. */
  async up(digest?: string): Promise<{ code: number; said: string[]; stacks: string[] }> {
    const { session, said } = await this.session();
    const before = this.world.now;
    const unattended = { wait: 0, ...(digest !== undefined && { steps: { digest, program: this.program } }) };
    const options = { yes: false, refresh: false, unattended, ...(this.rights && { rights: this.rights }) };
    const code = await bringUp(session, readDelivery(this.world.project), options);
    const stacks = this.world.writes(before).map(({ urn }) => urn.split("::")[0]?.split(":").at(-1) ?? "");
    return { code, said, stacks: [...new Set(stacks)].sort() };
  }
}

const OTHERS =
  /^Nothing was changed in AWS: these steps \([0-9a-f]{64}\) are others than those that were agreed to/;

describe("steps that somebody agrees to", () => {
  let world: World;
  let shell: Shell;
  beforeEach(async () => {
    world = await upWorld();
    shell = new Shell(world);
  });
  afterEach(() => {
    shell.close();
    removeWorlds();
  });

  it("are carried out as long as nothing else is in the settings, an environment in the round after tooling", async () => {
    const pipelines = world.settings("tooling")["pipelines"] as object[];
    const search = { name: "search", source: { codecommit: "search" } };
    world.set("tooling", { pipelines: [...pipelines, search] });
    const digest = await shell.digest();

    // Somebody pushes once more: what differs is in a buildspec, of which a preview knows nothing yet.
    world.set("tooling", { pipelines: [...pipelines, { ...search, directory: "services/search" }] });
    const pushed = await shell.up(digest);
    assert.deepEqual([pushed.code, pushed.stacks], [1, []]);
    assert.match(pushed.said.at(-1) ?? "", OTHERS);

    world.set("tooling", { pipelines: [...pipelines, search] });
    const first = await shell.up(digest);
    assert.deepEqual([first.code, first.stacks], [1, ["tooling"]], first.said.join("\n"));
    assert.ok(first.said.includes("Not begun: test, prod"), first.said.join("\n"));
    const second = await shell.up(await shell.digest());
    assert.deepEqual([second.code, second.stacks], [0, ["prod", "test"]], second.said.join("\n"));
    const third = await shell.up(); // nothing is left, and that needs nobody's consent
    assert.deepEqual([third.code, third.stacks], [0, []], third.said.join("\n"));
  });

  it("are asked about where an approval goes or protection is lifted, and told in sentences", async () => {
    const environments = world.settings("tooling")["environments"] as { name: string }[];
    world.set("tooling", {
      environments: environments.map(({ name, ...rest }) => ({ name, ...rest, approval: false })),
    });
    world.set("prod", { deletable: true });
    const { code, said, stacks } = await shell.up();
    assert.deepEqual([code, stacks], [2, []]);
    const reasons = said.slice(
      said.indexOf("Nothing was changed in AWS, since somebody has to agree to this:"),
    );
    for (const sentence of [
      /^ +pipeline catalog may now release to prod without an approval, before only with one$/,
      /^ +stack prod may now delete what was protected: /,
      /^ +prod: ~ aws:iam:Role catalog--prod-deploy: protect$/,
    ])
      assert.ok(
        reasons.some((line) => sentence.test(line)),
        `${String(sentence)} in\n${said.join("\n")}`,
      );
  });
});
