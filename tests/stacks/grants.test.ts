import assert from "node:assert/strict";
import { policyDocuments } from "../../rehearsal/aws/policyDocuments";
import { ofType } from "../../rehearsal/record/record";
import { pullPolicy } from "../../components/store/imageRepository";
import { branchPullers, onlyRoles, readers } from "../../stacks/grants";
import type { Pipeline, ToolingSettings } from "../../stacks/settings/model";
import { broughtUp } from "../programs";
import { environments, tooling } from "./settingsSample";
import { all, approval, codecommit } from "./together.case";
import { texts, map } from "../../packages/iam/src/json";

const TOOLING = "111111111111";
const AUDITOR = "arn:aws:iam::999999999999:role/auditor";
const scope = { project: "acme", region: "eu-west-1", toolingAccount: TOOLING, path: "/team/" };
const only = (settings: object) =>
  onlyRoles({ scope, deletable: false, environments: [], ...settings } as unknown as ToolingSettings);

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

describe("who pulls images of branches", () => {
  const settings = {
    scope,
    environments: [{ name: "dev", account: "222222222222" }],
  } as unknown as ToolingSettings;
  const pullersOf = (workload: string) =>
    branchPullers(settings, {
      id: { name: "catalog", prefix: "cat" },
      workload,
      branches: { environment: "dev" },
    } as unknown as Pipeline);
  const ROLES = "arn:aws:iam::222222222222:role/team/";

  it("are the role that deploys them, and their functions", () => {
    assert.deepEqual(pullersOf("lambda-container"), [
      {
        accountRoot: "arn:aws:iam::222222222222:root",
        roleArn: `${ROLES}acme-cat--br-deploy`,
        functionArns: "arn:aws:lambda:eu-west-1:222222222222:function:cat--br-*",
      },
    ]);
  });

  it("are for tasks the roles that start them, of any branch and of nothing else", () => {
    const pullers = pullersOf("ecs-service");
    const roleArn = `${ROLES}cat--br-????????-task-execution`;
    assert.deepEqual(pullers, [{ accountRoot: "arn:aws:iam::222222222222:root", roleArn }]);
    assert.deepEqual(pullPolicy(pullers).Statement, [
      {
        Sid: "PullToStartTasks",
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::222222222222:root"] },
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Condition: { ArnLike: { "aws:PrincipalArn": [roleArn] } },
      },
    ]);
  });
});

describe("who reads release files", () => {
  const readersOf = (workload: string) =>
    readers(
      { scope } as unknown as ToolingSettings,
      {
        id: { name: "catalog", prefix: "cat" },
        workload,
        environments: [
          { name: "dev", account: "222222222222" },
          { name: "prod", account: "333333333333", runner: {} },
        ],
      } as unknown as Pipeline,
    );
  const role = (account: string, name: string) => `arn:aws:iam::${account}:role/team/acme-cat--${name}`;

  it("are of code alone the runners, and no account without one", () =>
    assert.deepEqual(readersOf("lambda-zip-code"), {
      pipeline: "catalog",
      accountRoots: ["arn:aws:iam::333333333333:root"],
      roleArns: [role("333333333333", "prod-runner")],
    }));

  it("are of code that is files who plans and who fetches it, too", () =>
    assert.deepEqual(readersOf("lambda-zip"), {
      pipeline: "catalog",
      accountRoots: ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"],
      roleArns: [
        ...["dev-plan", "dev-execution"].map((name) => role("222222222222", name)),
        ...["prod-plan", "prod-execution", "prod-runner"].map((name) => role("333333333333", name)),
      ],
    }));
});

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

  it("have no role that verifies where there is none", () => {
    const id = { name: "catalog", prefix: "cat" };
    const environments = [{ name: "test", verify: false }];
    const branches = { environment: "test" };
    const found = only({
      artifactRoles: [AUDITOR],
      environments,
      pipelines: [{ id, environments, branches }],
    });
    assert.deepEqual(
      found?.filter((each) => each.endsWith("-verify")),
      [],
    );
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
