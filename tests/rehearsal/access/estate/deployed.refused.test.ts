import assert from "node:assert/strict";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { Stopped } from "../../../../rehearsal/release/stopped";
import { serviceOf, templateOf } from "../templates";
import { sampleWorld } from "../worlds";

describe("access/world refuses", () => {
  const refused = (
    title: string,
    template: string,
    type: typeof NotKnown | typeof Stopped,
    message: RegExp,
  ) =>
    it(title, () =>
      assert.rejects(
        sampleWorld(undefined, { app: serviceOf(template) }),
        (error) => error instanceof type && message.test(error.message),
      ),
    );
  const resource = (type: string, properties: string) =>
    templateOf({ more: `  Other: { Type: ${type}, Properties: { ${properties} } }` });
  refused("a template that is no YAML, with its line", "Resources: [\n", Stopped, /^template.yaml:\d+: /);
  refused(
    "a type that may carry a policy",
    resource("AWS::Kinesis::ResourcePolicy", ""),
    NotKnown,
    /^the template of catalog--test: Other is of type AWS::Kinesis::ResourcePolicy, which no file of rehearsal\/aws knows and which may carry a policy: do without it, or add rehearsal\/aws\/kinesis\.ts, /,
  );
  refused(
    "a policy of a stream, which is not collected",
    resource("AWS::DynamoDB::Table", "StreamSpecification: { ResourcePolicy: {} }"),
    NotKnown,
    /Other \(AWS::DynamoDB::Table\) has StreamSpecification.ResourcePolicy, which is not collected/,
  );
  refused(
    "a policy with a dynamic reference, whose value is not known here",
    templateOf({
      more: `  Other: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: !Ref Role, PolicyName: x, PolicyDocument: { Statement: { Effect: Allow, Action: "*", Resource: "{{resolve:ssm:/x}}" } } } }`,
    }),
    NotKnown,
    /Other \(AWS::IAM::RolePolicy\) of catalog--test has a policy with \{\{resolve:ssm:\/x\}\}, which is not known here/,
  );
  refused(
    "a managed policy whose document is not here",
    templateOf({ role: "      ManagedPolicyArns: [arn:aws:iam::aws:policy/Reader]" }),
    NotKnown,
    /Role \(AWS::IAM::Role\) of catalog--test has managed policy arn:aws:iam::aws:policy\/Reader, whose document is not here: give it/,
  );
  refused(
    "a permission for a function that the template does not make",
    resource(
      "AWS::Lambda::Permission",
      "Action: lambda:InvokeFunction, FunctionName: other, Principal: x.amazonaws.com",
    ),
    NotKnown,
    /a permission in the template of catalog--test is for arn:aws:lambda:eu-west-1:222222222222:function:other, which the template does not make/,
  );
  refused(
    "a document that AWS would refuse",
    resource(
      "AWS::IAM::RolePolicy",
      'RoleName: !Ref Role, PolicyDocument: { Statement: { Effect: Permit, Action: "*", Resource: "*" } }',
    ),
    NotKnown,
    /^policy Other of role catalog--test-Role-[0-9A-F]{12}: statement 1: Effect is Permit/,
  );
});

describe("access/world takes", () => {
  it("a managed policy of AWS's own that it knows", async () => {
    const arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    const world = await sampleWorld(undefined, {
      app: serviceOf(templateOf({ role: `      ManagedPolicyArns: [${arn}]` })),
    });
    const found = [...world.model.roles.values()].flatMap(({ identity }) =>
      identity.filter(({ name }) => name === `managed policy ${arn}`),
    );
    assert.deepEqual(
      found.map(({ statements }) => statements.map(({ sid }) => sid)),
      [["AWSLambdaBasicExecutionRole"], ["AWSLambdaBasicExecutionRole"]],
    );
  });
});
