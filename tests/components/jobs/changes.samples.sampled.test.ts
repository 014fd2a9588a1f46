import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { UseName } from "../../../components/uses/list";
import { ofBranches } from "../../../components/workloads/workload";
import { usable, using } from "../../../components/uses/using";
import { type WorkloadKind, WORKLOADS } from "../../../components/workloads/list";
import { readTemplate } from "../../../rehearsal/release/cloudformation/template";
import {
  ACCOUNT,
  BUCKET,
  type Case,
  CODES,
  FILES,
  IMAGE,
  itStartsTogether,
  LATER,
  refusals,
  SHA,
} from "./judging";
import { jq } from "./tools";
import { sampled, whole } from "../../whole/sample";

const it = itStartsTogether();
const ROOT = join(__dirname, "../../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const ROLE = `arn:aws:iam::${ACCOUNT}:role/delivery-catalog--test-`;
const BASE64 = Buffer.from(SHA, "hex").toString("base64");
const GIVEN: Readonly<Record<string, string>> = {
  ImageUri: IMAGE,
  CodeBucket: BUCKET,
  CodeKey: `${FILES}code/${SHA}.zip`,
  CodePrefix: `${FILES}code/`,
  CodeSha256: BASE64,
  Release: "0a1b2c3d-1111-4222-8333-444455556666",
  CodeDeployRoleArn: `${ROLE}codedeploy`,
  TaskRoleArn: `${ROLE}task`,
  TaskExecutionRoleArn: `${ROLE}task-execution`,
  PermissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:policy/delivery-catalog--test-boundary`,
  RolePath: "/",
  FunctionSubnetIds: "subnet-0a,subnet-0b",
  FunctionSecurityGroupIds: "sg-0a",
};
const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::AccountId": ACCOUNT,
  "AWS::Partition": "aws",
  "AWS::Region": "eu-west-1",
  "AWS::StackName": "catalog--test",
  "AWS::URLSuffix": "amazonaws.com",
};
interface Template {
  readonly Parameters?: Record<string, { readonly Type: string; readonly Default?: unknown }>;
  readonly Conditions?: Record<string, unknown>;
  readonly Resources: Record<string, { readonly Type: string; readonly Properties?: unknown }>;
}

/**
 * What CloudFormation shows before it has made anything, written here again and in another way than judge.jq works it
 * out. A text of which a part is not known it shows as unknown as a whole; `whole: false` shows the known parts.
 */
function shown(template: Template, values: Readonly<Record<string, string>>, whole: boolean) {
  const nothing = Symbol("AWS::NoValue");
  const text = (parts: unknown[]): unknown =>
    whole && parts.some((part) => String(part).includes(LATER)) ? LATER : parts.map(String).join("");
  const ref = (name: string): unknown => {
    if (template.Parameters?.[name]?.Type === "CommaDelimitedList") return values[name]?.split(",");
    return name === "AWS::NoValue" ? nothing : (PSEUDO[name] ?? values[name] ?? LATER);
  };
  const holds = (condition: unknown): boolean => {
    const [a, b] = (condition as { "Fn::Equals": unknown[] })["Fn::Equals"].map(resolve);
    return String(a) === String(b);
  };
  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== nothing);
    if (typeof value !== "object" || value === null) return value;
    const [[name, of] = ["", null], ...rest] = Object.entries(value) as [string, unknown][];
    if (rest.length === 0 && name === "Ref") return ref(String(of));
    if (rest.length === 0 && name === "Fn::GetAtt") return LATER;
    if (rest.length === 0 && name === "Fn::Sub")
      return text(
        String(of)
          .split(/(\$\{[^}]*\})/)
          .map((part) =>
            part.startsWith("${") ? (part.includes(".") ? LATER : ref(part.slice(2, -1))) : part,
          ),
      );
    const [first, second, third] = Array.isArray(of) ? (of as unknown[]) : [];
    if (rest.length === 0 && name === "Fn::Join") {
      const parts = resolve(second) as unknown[];
      return text(parts.flatMap((part, index) => (index === 0 ? [part] : [first, part])));
    }
    if (rest.length === 0 && name === "Fn::If")
      return resolve(holds(template.Conditions?.[String(first)]) ? second : third);
    if (rest.length === 0 && name === "Fn::Select") return LATER;
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, each]) => [key, resolve(each)] as const)
        .filter(([, each]) => each !== nothing),
    );
  }
  return Object.entries(template.Resources).map(([LogicalResourceId, { Type, Properties = {} }]) => ({
    Type: "Resource",
    ResourceChange: {
      Action: "Add",
      LogicalResourceId,
      ResourceType: Type,
      Scope: [],
      Details: [],
      AfterContext: JSON.stringify({ Properties: resolve(Properties) }),
    },
  }));
}

function sample(
  kind: WorkloadKind,
  template: Template,
  whole: boolean,
  rules = WORKLOADS[kind].template,
): Case {
  const declared = Object.entries(template.Parameters ?? {});
  const values = Object.fromEntries(
    declared.map(([name, { Type, Default }]) => [
      name,
      GIVEN[name] ?? (Type.startsWith("AWS::SSM::") ? `/delivery/test/platform/${name}` : String(Default)),
    ]),
  );
  const Changes = shown(template, values, whole);
  return { template, set: { Changes }, parameters: values, rules };
}

/** As Build makes it of what osls compiles. */
type Compiled = Record<"Resources" | "Outputs", Record<string, unknown>>;
async function packaged(file: string, zip: string, alter?: (compiled: Compiled) => void): Promise<Template> {
  const { template, problems } = await asPackaged(file, zip, alter);
  assert.deepEqual(problems, []);
  return template;
}
async function asPackaged(file: string, zip: string, alter?: (compiled: Compiled) => void) {
  const text = read(`tests/components/jobs/${file}`).replace(/(?<="CodeSha256": ")[^"]+/g, BASE64);
  const written = JSON.parse(text) as Compiled;
  alter?.(written);
  const compiled = JSON.stringify(written);
  const args = ["--arg", "sums", `${SHA}  ${zip}.zip`, "--arg", "stack", "shop--test"];
  const filter = read("components/jobs/scripts/serverless.jq");
  const { out, err } = await jq({ command: "jq", args: [...args, filter], cwd: "/", env: {} }, () =>
    Promise.resolve(compiled),
  );
  assert.equal(err, "");
  return JSON.parse(out) as { template: Template; problems: string[] };
}

describe("changes.jq: the templates of examples/", () => {
  for (const kind of ["lambda-container", "lambda-zip", "ecs-service"] as const)
    it(`${kind} passes, whichever way CloudFormation shows what it does not know`, async () => {
      const template = readTemplate(read(`examples/${kind}/template.yaml`));
      assert.ok(Object.keys(template.Resources).length > 4);
      assert.deepEqual(await refusals([true, false].map((whole) => sample(kind, template, whole))), [[], []]);
    });

  it("ecs-service passes as a branch's, whose paths begin with its stack's name", async () => {
    const template = readTemplate(read("examples/ecs-service/template.yaml"));
    const { Parameters } = template as Template;
    assert.deepEqual(
      [Parameters?.["BasePath"]?.Default, Parameters?.["ListenerRulePriority"]?.Type],
      ["", "Number"],
    );
    const own = sample("ecs-service", template, true, ofBranches(WORKLOADS["ecs-service"]).template);
    const ofBranch = (BasePath: string): Case => {
      const values = { ...(own.parameters as Record<string, string>), BasePath, ListenerRulePriority: "7" };
      return { ...own, parameters: values, set: { Changes: shown(template, values, true) } };
    };
    const [passes = [], whole = []] = await refusals([ofBranch("/catalog--test"), ofBranch("")]);
    assert.deepEqual(passes, []);
    assert.match(whole.join(), /Conditions.PathPatternConfig.Values/);
  });
});

/** Of the tests' own services, which use all that their kinds may. */
const USING = { orders: "lambda-zip", invoices: "ecs-service" } as const;

describe("changes.jq: templates of services that use what settings add", () => {
  const templateOf = (name: keyof typeof USING): Template =>
    readTemplate(read(`tests/fixtures/services/${name}/template.yaml`));
  const judged = (name: keyof typeof USING, uses: readonly UseName[], ways: readonly boolean[]) => {
    const kind = USING[name];
    const rules = using(WORKLOADS[kind], uses).template;
    return refusals(ways.map((whole) => sample(kind, templateOf(name), whole, rules)));
  };

  for (const name of ["orders", "invoices"] as const) {
    const all = usable(WORKLOADS[USING[name]]);
    it(`${name} passes with its services, whichever way CloudFormation shows what it does not know`, async () =>
      assert.deepEqual(await judged(name, all, [true, false]), [[], []]));

    it(`${name} is refused without any one of them, each resource of it with the line to write`, async () => {
      const without = async (use: UseName) => {
        const others = all.filter((each) => each !== use);
        const types = using(WORKLOADS[USING[name]], others).template.offered ?? {};
        const lines = (await judged(name, others, [true]))[0] ?? [];
        const found = lines.filter((line) => line.includes(" may not have without uses: "));
        const expected = Object.entries(templateOf(name).Resources).filter(([, { Type }]) => Type in types);
        // What another service lets in too is refused for what it names.
        assert.ok(expected.length > 0 || lines.length > 0, use);
        assert.deepEqual(
          found.map((line) => line.split(":")[0]?.split(" ")[0]).sort(),
          expected.map(([id]) => id).sort(),
          use,
        );
        for (const line of found)
          assert.ok(line.includes(`without uses: [${[...others, use].join(", ")}] in`), line);
      };
      assert.ok(all.length > 2);
      await Promise.all(sampled(all, (_, index) => index === (name === "orders" ? 0 : 1)).map(without));
    });
  }
});

describe("changes.jq: what the Serverless Framework makes of http events", () => {
  const judged = async (uses: readonly UseName[]) => {
    const template = await packaged("serverless.rest.template.json", "quotes");
    const rules = using(WORKLOADS.serverless, uses).template;
    return refusals([true, false].map((whole) => sample("serverless", template, whole, rules)));
  };

  it("passes with restapi", async () => assert.deepEqual(await judged(["restapi"]), [[], []]));

  it("is refused without it, each part with the line to write", async () => {
    const [inTemplate = []] = await judged([]);
    const parts = inTemplate.filter((line) => line.includes("without uses: [restapi] in the settings"));
    assert.equal(parts.length, 7);
    assert.deepEqual(
      inTemplate.filter((line) => !parts.includes(line)),
      [],
    );
  });
});

describe("changes.jq: what the Serverless Framework makes of url", () => {
  const judged = async (uses: readonly UseName[]) => {
    const template = await packaged("serverless.url.template.json", "hook", ({ Resources, Outputs }) => {
      // One of the two that everybody may call: with both, the service says which is its Endpoint.
      for (const id of Object.keys(Resources)) if (id.startsWith("Cors")) delete Resources[id];
      for (const id of Object.keys(Outputs)) if (id.startsWith("Cors")) delete Outputs[id];
    });
    assert.deepEqual((template as unknown as Compiled).Outputs["Endpoint"], {
      Value: { "Fn::GetAtt": ["HookLambdaFunctionUrl", "FunctionUrl"] },
    });
    const rules = using(WORKLOADS.serverless, uses).template;
    return refusals([true, false].map((whole) => sample("serverless", template, whole, rules)));
  };

  it("has no Endpoint where everybody may call several, until the service says which", async () => {
    assert.deepEqual((await asPackaged("serverless.url.template.json", "hook")).problems, [
      "there is no output Endpoint, HttpApiUrl or ServiceEndpoint, which the next steps ask for: add resources.Outputs.Endpoint",
    ]);
  });

  it("passes with functionUrl and publicFunctionUrl, for those that are signed and those that are not", async () =>
    assert.deepEqual(await judged(["functionUrl", "publicFunctionUrl"]), [[], []]));

  it("is refused without either, and lets nobody in without publicFunctionUrl", async () => {
    const ids = async (...uses: UseName[]) =>
      [...new Set((await judged(uses))[0]?.map((line) => line.split(" ")[0]))].sort();
    const permissions = ["HookLambdaPermissionFn", "HookLambdaPermissionFnUrl"];
    const urls = ["HookLambdaFunctionUrl", "SignedLambdaFunctionUrl"];
    assert.deepEqual(await Promise.all([ids(), ids("publicFunctionUrl"), ids("functionUrl")]), [
      [...urls, ...permissions].sort(),
      ["SignedLambdaFunctionUrl"],
      ["HookLambdaFunctionUrl", ...permissions],
    ]);
  });
});

describe("changes.jq: the service's own templates", () => {
  whole("pass without a refusal, whichever way CloudFormation shows what it does not know", async () => {
    const standIn = JSON.parse(
      JSON.stringify(readTemplate(read("rehearsal/access/estate/sampleTemplate.yaml")))
        .replace("${CodePrefix}code.zip", `\${CodePrefix}${CODES[1]}.zip`)
        .replace(
          '"CodeSha256":""',
          `"CodeSha256":"${Buffer.from(CODES[1] ?? "", "hex").toString("base64")}"`,
        ),
    ) as Template;
    const templates: [WorkloadKind, Template][] = [
      ["lambda-container", readTemplate(read("app/template.yaml"))],
      ["lambda-zip", readTemplate(read("app/lambda-zip/template.yaml"))],
      ["ecs-service", readTemplate(read("app/ecs-service/template.yaml"))],
      ["serverless", standIn],
      ["serverless", await packaged("serverless.template.json", "shop")],
    ];
    const cases = templates.flatMap(([kind, template]) =>
      [true, false].map((whole) => sample(kind, template, whole)),
    );
    assert.deepEqual(
      await refusals(cases),
      cases.map(() => []),
    );
    // The other kinds' rules are others: nothing passes because nothing is looked at.
    const [container] = cases;
    const [found] = await refusals([{ ...(container as Case), rules: WORKLOADS["ecs-service"].template }]);
    assert.ok((found?.length ?? 0) > 10, String(found));
  });
});
