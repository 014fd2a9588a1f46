import assert from "node:assert/strict";
import { policyDocuments } from "../../rehearsal/aws/policyDocuments";
import { ofType } from "../../rehearsal/record/record";
import { onlyRoles } from "../../stacks/grants";
import type { ToolingSettings } from "../../stacks/settings/model";
import { broughtUp } from "../programs";
import { environments, tooling } from "./settingsSample";
import { all, approval, codecommit } from "./together.case";
import { texts, map } from "../../packages/iam/src/json";

const TOOLING = "111111111111";
const AUDITOR = "arn:aws:iam::999999999999:role/auditor";
const scope = { project: "acme", region: "eu-west-1", toolingAccount: TOOLING, path: "/team/" };
const only = (settings: object) =>
  onlyRoles({ scope, deletable: false, ...settings } as unknown as ToolingSettings);

const { files } = all(
  tooling({
    environments: environments("dev", "prod").map((each) =>
      each.name === "prod" ? { ...each, approval } : each,
    ),
    pipelines: [
      codecommit("catalog", { branches: { include: ["feature/*"], environment: "dev" } }),
      codecommit("zip", { workload: "lambda-zip" }),
    ],
    artifactRoles: [AUDITOR],
  }),
);

describe("the only roles that may touch artifacts", () => {
  it("are those of pipelines and jobs, by their whole names, and those in settings", () => {
    const id = { name: "catalog", prefix: "cat" };
    const targets = [{ name: "test" }, { name: "prod", approval: {} }];
    const pipelines = [{ id, environments: targets, branches: undefined }];
    const named = (name: string) => `arn:aws:iam::${TOOLING}:role/team/acme-cat-${name}`;
    assert.deepEqual(only({ artifactRoles: [AUDITOR], pipelines }), [
      ...[
        "pipeline",
        "build",
        "verify",
        "promote",
        "-test-release-job",
        "-prod-plan-job",
        "-prod-release-job",
      ].map(named),
      AUDITOR,
    ]);
  });

  it("are in tooling exactly those that have rights over objects: none is forgotten, and none is there in vain", async () => {
    const record = await broughtUp(files);
    const documents = policyDocuments(record).filter(({ resource }) => resource.stack === "tooling");
    const [refusal] = documents
      .flatMap(({ statements }) => statements)
      .filter(({ Sid }) => Sid === "RefuseOtherRoles");
    const named = texts(map(map(refusal?.["Condition"])["ArnNotEquals"])["aws:PrincipalArn"]);
    const roles = new Map(
      ofType(record, "aws:iam/role:Role")
        .filter(({ stack }) => stack === "tooling")
        .map(({ outputs }) => [outputs["name"], String(outputs["arn"])]),
    );
    const carrying = documents
      .filter(
        ({ kind, statements }) =>
          kind === "inline" &&
          statements.some(
            ({ Action, Resource }) =>
              texts(Action).some((each) => /^s3:(Get|Put|Delete)Object/.test(each)) &&
              texts(Resource).some((each) => each.includes("/")),
          ),
      )
      .map(({ resource }) => roles.get(resource.inputs["role"]) ?? "");
    assert.deepEqual(named.filter((arn) => arn.split(":")[4] === TOOLING).sort(), carrying.sort());
    assert.ok(named.every((arn) => !/[*?]/.test(arn)));
    assert.ok(named.includes(AUDITOR));
  });

  it("are not limited without the setting, nor for a store that may be deleted, which somebody has to empty", () => {
    assert.equal(only({}), undefined);
    assert.equal(only({ artifactRoles: [AUDITOR], deletable: true }), undefined);
  });
});
