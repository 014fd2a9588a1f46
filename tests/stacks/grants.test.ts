import assert from "node:assert/strict";
import { onlyRoles } from "../../stacks/grants";
import type { ToolingSettings } from "../../stacks/settings";

const AUDITOR = "arn:aws:iam::999999999999:role/auditor";
const scope = { project: "acme", region: "eu-west-1", toolingAccount: "111111111111", path: "/team/" };
const only = (settings: Partial<ToolingSettings>) =>
  onlyRoles({ scope, deletable: false, ...settings } as ToolingSettings);

describe("the only roles that may touch artifacts", () => {
  it("are those in settings and the project's own", () => {
    assert.deepEqual(only({ artifactRoles: [AUDITOR] }), [
      "arn:aws:iam::111111111111:role/team/acme-*",
      AUDITOR,
    ]);
  });

  it("are not limited without the setting, nor for a store that may be deleted, which somebody has to empty", () => {
    assert.equal(only({}), undefined);
    assert.equal(only({ artifactRoles: [AUDITOR], deletable: true }), undefined);
  });
});
