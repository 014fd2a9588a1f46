import assert from "node:assert/strict";
import { engineMessage } from "../../commands/engine/engineMessage";
import { count, duration, plain, resourceLabel } from "../../commands/format";

describe("how things are put", () => {
  it("names a resource as the CLI does", () => {
    assert.equal(
      resourceLabel("urn:pulumi:qa::acme::delivery:index:Roles$aws:iam/role:Role::shop--qa-plan"),
      "aws:iam:Role shop--qa-plan",
    );
    assert.equal(
      resourceLabel("urn:pulumi:qa::acme::delivery:index:Roles::a::b"),
      "delivery:index:Roles a::b",
    );
  });

  it("drops colours, counts, and tells durations", () => {
    assert.equal(plain("\u001b[31mred\u001b[0m <{%fg 1%}>tag<{%reset%}>"), "red tag");
    assert.deepEqual(
      [count(1, "stack"), count(2, "stack"), count(2, "is", "are")],
      ["1 stack", "2 stacks", "2 are"],
    );
    assert.deepEqual([duration(400), duration(59_400), duration(185_000)], ["0 s", "59 s", "3 min 5 s"]);
  });

  it("tells what the CLI said, without what the Automation API puts around it", () => {
    const wrapped =
      "code: -2\n stdout: \n stderr: Command failed with exit code 255: pulumi up\nerror: no stack named 'x' found\n\n err?: Error: Command failed\nerror: no stack named 'x' found\n";
    assert.equal(engineMessage(new Error(wrapped)), "no stack named 'x' found");
    assert.equal(engineMessage("error: one\n  two"), "one\n  two");
    assert.equal(engineMessage(new Error("nothing known")), "nothing known");
    assert.equal(
      engineMessage(
        new Error("code: -2\n stderr: Command was killed with SIGKILL (Forced termination): pulumi up"),
      ),
      "pulumi was killed (SIGKILL)",
    );
  });
});
