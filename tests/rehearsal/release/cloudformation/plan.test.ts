import assert from "node:assert/strict";
import { parameterValues } from "../../../../rehearsal/release/cloudformation/parameters";
import {
  changeLine,
  changesOf,
  differences,
  summaryOf,
} from "../../../../rehearsal/release/cloudformation/plan";
import { evaluate, type Resources } from "../../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";
import { GIVEN, refusal as message, TEMPLATE } from "../sampleTemplate";

const SITE = { stack: "lamps--stage", environment: "stage", account: "222222222222", region: "eu-central-1" };
const NONE: Resources = new Map();

const evaluated = (text: string, before = NONE, given = {}) => {
  const template = readTemplate(text);
  return evaluate(template, SITE, parameterValues(template, "stage", {}, { ...GIVEN, ...given }), before);
};
/** The lines of an update from one template to another. */
function update(from: string, to: string, given = {}): string[] {
  const { resources } = evaluated(from);
  return changesOf(SITE, resources, evaluated(to, resources, given)).map(changeLine);
}
describe("plan", () => {
  it("gives names, ARNs and conditions as CloudFormation does", () => {
    const { resources, outputs } = evaluated(TEMPLATE);
    assert.equal(resources.get("Role")?.properties["Path"], "/p/");
    const role = resources.get("Role")?.id ?? "";
    assert.match(role, /^lamps--stage-Role-[0-9A-F]{12}$/);
    assert.equal(resources.get("Function")?.properties["Role"], `arn:aws:iam::222222222222:role/p/${role}`);
    assert.equal(outputs["Lamps"], "arn:aws:dynamodb:eu-central-1:222222222222:table/lamps--stage-lamps");
    assert.match(
      String(outputs["Endpoint"]),
      /^https:\/\/[0-9a-f]{10}\.execute-api\.eu-central-1\.amazonaws\.com$/,
    );
  });

  it("changes nothing when nothing has changed, also where a number became text", () => {
    assert.deepEqual(update(TEMPLATE, TEMPLATE.replace("Timeout: 1", 'Timeout: "1"')), []);
    assert.equal(summaryOf([]), "no changes");
  });

  it("puts replacements first, then permissions, removals, additions and changes", () => {
    const to = TEMPLATE.replace("${AWS::StackName}-lamps", "${AWS::StackName}-more")
      .replace("Service: lambda.amazonaws.com", "Service: events.amazonaws.com")
      .replace("Timeout: 1", "Timeout: 2")
      .replace("  Route:", "  Found:");
    const { resources } = evaluated(TEMPLATE);
    const changes = changesOf(SITE, resources, evaluated(to, resources));
    assert.deepEqual(changes.map(changeLine), [
      "REPLACE Lamps (AWS::DynamoDB::Table) lamps--stage-more TableName: lamps--stage-lamps -> lamps--stage-more",
      "MODIFY PERMISSION Role (AWS::IAM::Role) AssumeRolePolicyDocument.Statement.0.Principal.Service: lambda.amazonaws.com -> events.amazonaws.com",
      "REMOVE Route (AWS::ApiGatewayV2::Route) GET /lamp/{id}",
      "ADD Found (AWS::ApiGatewayV2::Route) GET /lamp/{id}",
      "MODIFY Function (AWS::Lambda::Function) Timeout: 1 -> 2; Environment.Variables.TABLE: lamps--stage-lamps -> lamps--stage-more",
    ]);
    assert.equal(
      summaryOf(changes),
      "1 replaced (Lamps), 1 permission (Role), 1 removed (Route), 1 added, 1 changed",
    );
  });

  it("takes statements with a principal for permissions, whatever type they are in", () => {
    const text = `Resources:\n  P:\n    Type: AWS::X::Thing\n    Properties: { D: { Statement: [{ Effect: Allow, Principal: "*" }] } }\n`;
    const line =
      "ADD PERMISSION P (AWS::X::Thing) (not rehearsed: nothing here knows this type; add rehearsal/aws/x.ts, and a line for it in rehearsal/aws/registry.ts)";
    assert.deepEqual(changesOf(SITE, NONE, evaluate(readTemplate(text), SITE, {}, NONE)).map(changeLine), [
      line,
    ]);
  });

  it("shows what differs by its path, long values cut", () => {
    assert.deepEqual(differences({ a: [{ b: 1 }] }, { a: [{ b: 2 }, 3], c: {} }), [
      ...["a.0.b: 1 -> 2", "a.1: (none) -> 3", "c: (none) -> {}"],
    ]);
    const cut = `${"x".repeat(38)}...${"x".repeat(38)}`;
    assert.deepEqual(differences("x".repeat(90), "", ["p"]), [`p: ${cut} -> `]);
  });

  const refused: readonly (readonly [string, string, string, string])[] = [
    [
      "a circle",
      "Properties: { Name: lamps,",
      "Properties: { Name: !Ref Stage,",
      "template.yaml: Resources.Stage: resources depend on each other in a circle: Api -> Stage -> Api",
    ],
    [
      "a name that there is not",
      "!Ref Lamps",
      "!Ref Lampz",
      "template.yaml: Resources.Function: Lampz is neither a parameter nor a resource of the template",
    ],
    [
      "an attribute that there is not",
      "Role.Arn",
      "Role.Name",
      "template.yaml: Resources.Function: Role (AWS::IAM::Role) has no attribute Name that is known here",
    ],
    [
      "a parameter that is missing",
      "  RolePath: { Type: String, Default: / }\n",
      "",
      "template and parameters can't be deployed to stage\ntemplate.yaml: declare parameter RolePath as a String: the pipeline gives it",
    ],
    [
      "a transform",
      "Parameters:",
      "Transform: AWS::Serverless-2016-10-31\nParameters:",
      'template.yaml has the transform "AWS::Serverless-2016-10-31", and a rehearsal can\'t expand it',
    ],
  ];
  for (const [title, from, to, expected] of refused) {
    it(`refuses ${title}`, () =>
      assert.equal(
        message(() => evaluated(TEMPLATE.replace(from, to))),
        expected,
      ));
  }

  it("refuses what CloudFormation can't do in an update", () => {
    const { resources } = evaluated(TEMPLATE);
    const type = TEMPLATE.replace("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable");
    assert.match(
      message(() => evaluated(type, resources)),
      /^template\.yaml: .*: its type was AWS::DynamoDB::Table, and CloudFormation can't change a type; give it another logical id$/,
    );
    const key = TEMPLATE.replaceAll("AttributeName: id", "AttributeName: key");
    assert.match(
      message(() => evaluated(key, resources)),
      /: it must be replaced but keeps its name lamps--stage-lamps, which CloudFormation refuses; give it another name$/,
    );
  });
});
