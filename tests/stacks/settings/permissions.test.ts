import assert from "node:assert/strict";
import fc from "fast-check";
import { USE_NAMES, USES } from "../../../components/uses/list";
import { MANAGED_POLICY_LENGTH } from "../../../components/policies";
import { CLOSED } from "../../../components/uses/ownTypes";
import type { ToolingSettings } from "../../../stacks/settings/model";
import { readSettings } from "../../../stacks/settings/read";
import { deliver, pipeline, settingsOf, tooling, type Values } from "../settingsSample";
import { OWN_PERMISSIONS } from "../together.kinds";

const ownArn = (service: string, rest: string, account = "${AWS::AccountId}") =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:${account}:${rest}`;
const STREAMS = ownArn("kinesis", "stream/${AWS::StackName}-*");
const BUCKETS = "arn:${AWS::Partition}:s3:::${AWS::StackName}-*";
const TAGGED = { StringEquals: { "aws:ResourceTag/delivery:workload": "${AWS::StackName}" } };
const RIGHT = { Sid: "Streams", Effect: "Allow", Action: "kinesis:CreateStream", Resource: STREAMS };
const NAME = "begin its name with ${AWS::StackName}-";
const APART = (actions: string) =>
  `it is not the workload's alone, and AWS can keep ${actions} apart: ${NAME}, or give the statement the condition ` +
  'StringEquals {"aws:ResourceTag/delivery:workload": "${AWS::StackName}"}';
const PSEUDO = "allowed are ${AWS::AccountId}, ${AWS::Partition}, ${AWS::Region}, ${AWS::StackName}";
const ACTION = "allowed is the name of an action, such as kinesis:PutRecord, without * and ?";

const problemsOf = (permissions: unknown, changes: Values = {}): readonly string[] =>
  readSettings(deliver(tooling({ pipelines: [pipeline({ permissions, ...changes })] }), "tooling"))
    .problems ?? [];
const inPart = (part: "execution" | "workload", ...Statement: unknown[]) =>
  problemsOf({ [part]: { Statement } }).map((each) => each.replace("pipelines[0].permissions.", ""));

/** One problem of one statement, without what was received. */
function why(part: "execution" | "workload", changes: Values): string {
  const [problem = "none", ...more] = inPart(part, { ...RIGHT, ...changes });
  assert.deepEqual(more, [], problem);
  return problem.replace(/^.*?\.Statement\[0\]/, "").replace(/: received .*?; /, ": ");
}

describe("a team's own policy documents", () => {
  it("are read as IAM writes them, with one text or several", () => {
    const { pipelines } = settingsOf(
      tooling({ pipelines: [pipeline({ permissions: OWN_PERMISSIONS })] }),
      "tooling",
    ) as ToolingSettings;
    const [{ permissions } = assert.fail()] = pipelines;
    assert.deepEqual(permissions?.types, ["AWS::EFS::FileSystem", "AWS::Kinesis::Stream"]);
    assert.deepEqual(permissions?.execution[1], {
      ...{ Sid: "LookAtStreams", Effect: "Allow", Action: ["kinesis:ListStreams"], Resource: ["*"] },
    });
    assert.deepEqual(permissions?.workload[0]?.Resource, [STREAMS]);
  });

  const NEVER = [
    "iam",
    "sts",
    "cloudformation",
    "organizations",
    "account",
    "kms",
    "codepipeline",
    "codebuild",
  ];
  for (const [service, action] of [
    ["iam", "iam:CreateRole"],
    ["iam", "iam:PassRole"],
    ["iam", "IAM:passrole"],
    ["sts", "sts:AssumeRole"],
    ["cloudformation", "cloudformation:UpdateStack"],
    ["organizations", "organizations:LeaveOrganization"],
    ["account", "account:CloseAccount"],
    ["kms", "kms:PutKeyPolicy"],
    ["codepipeline", "codepipeline:PutApprovalResult"],
    ["codebuild", "codebuild:StartBuild"],
    ["ecr", "ecr:PutImage"],
    ["tag", "tag:TagResources"],
    ["ram", "ram:CreateResourceShare"],
    ["sso", "sso:CreateAccountAssignment"],
    ["servicecatalog", "servicecatalog:ProvisionProduct"],
  ] as const)
    for (const part of ["execution", "workload"] as const)
      it(`never hold ${action}, in ${part}`, () => {
        const reason = why(part, { Action: action, Resource: "*" });
        if (action.startsWith("IAM")) assert.equal(reason, `.Action: ${ACTION}`);
        else assert.ok(reason.startsWith(`.Action: no document of a team's own has ${service}: `), reason);
      });

  it("hold no action of those services, whichever it is and whatever it is on", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NEVER),
        fc.stringMatching(/^[A-Z][A-Za-z]{0,20}$/),
        fc.constantFrom("*", STREAMS, BUCKETS),
        fc.constantFrom("execution" as const, "workload" as const),
        (service, name, Resource, part) => {
          const problems = inPart(part, { ...RIGHT, Action: [`${service}:${name}`], Resource });
          return problems.some((each) => each.includes(`no document of a team's own has ${service}`));
        },
      ),
      { numRuns: 50, seed: 15 },
    );
  });

  it("hold no resource that doesn't begin with the stack's name, whatever stands before or in its place", () => {
    const text = fc.stringMatching(/^[a-z*?/-]{0,12}$/);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const name = `stream/${before}${after}`;
        const problems = inPart("execution", { ...RIGHT, Resource: ownArn("kinesis", name) });
        const inside = inPart("execution", {
          ...RIGHT,
          Resource: ownArn("kinesis", `stream/x${before}\${AWS::StackName}-${after}`),
        });
        return problems.length === 1 && inside.length === 1;
      }),
      { numRuns: 50, seed: 15 },
    );
  });

  const REFUSED: readonly (readonly [
    what: string,
    part: "execution" | "workload",
    changes: Values,
    text: string,
  ])[] = [
    ["every action", "execution", { Action: "*" }, `.Action: ${ACTION}`],
    ["actions by a wildcard", "execution", { Action: ["kinesis:Create*"] }, `.Action[0]: ${ACTION}`],
    [
      "what nothing is called like",
      "execution",
      { Action: "kinesis:CreateStreem" },
      '.Action: AWS has no such action: did you mean "kinesis:CreateStream"? allowed are actions of its Service Authorization Reference',
    ],
    [
      "a service that AWS hasn't",
      "workload",
      { Action: "kineses:PutRecord" },
      ".Action: AWS has no service kineses: allowed are actions of its Service Authorization Reference",
    ],
    [
      "everything, where AWS knows names",
      "execution",
      { Resource: "*" },
      `.Resource: ${APART("kinesis:CreateStream")}`,
    ],
    [
      "what is another workload's",
      "execution",
      { Resource: ownArn("kinesis", "stream/payroll-*") },
      `.Resource: ${APART("kinesis:CreateStream")}`,
    ],
    [
      "an object in another's bucket",
      "workload",
      { Action: "s3:PutObjectTagging", Resource: "arn:${AWS::Partition}:s3:::others/${AWS::StackName}-*" },
      `.Resource: ${APART("s3:PutObjectTagging")}`,
    ],
    [
      "another account",
      "execution",
      { Resource: ownArn("kinesis", "stream/${AWS::StackName}-*", "999999999999") },
      ".Resource: it is in account 999999999999: allowed is the environment's own, ${AWS::AccountId}",
    ],
    [
      "any account",
      "execution",
      { Resource: ownArn("kinesis", "stream/${AWS::StackName}-*", "*") },
      ".Resource: it is in account *: allowed is the environment's own, ${AWS::AccountId}",
    ],
    [
      "another Region",
      "execution",
      { Resource: STREAMS.replace("${AWS::Region}", "us-east-1") },
      ".Resource: it is in Region us-east-1: allowed is the environment's own, ${AWS::Region}",
    ],
    [
      "a resource of another service",
      "execution",
      { Resource: ownArn("dynamodb", "stream/${AWS::StackName}-*") },
      `.Resource: ${APART("kinesis:CreateStream")}`,
    ],
    [
      "a name that another stack's begins with",
      "execution",
      { Resource: ownArn("kinesis", "stream/${AWS::StackName}*") },
      `.Resource: ${APART("kinesis:CreateStream")}`,
    ],
    [
      "whatever service",
      "execution",
      { Resource: ownArn("kine*", "stream/${AWS::StackName}-*") },
      ".Resource: its partition and service must be named",
    ],
    [
      "actions that know no resource among others",
      "execution",
      { Action: ["kinesis:CreateStream", "kinesis:ListStreams"], Resource: "*" },
      `.Resource: AWS knows resources for kinesis:CreateStream: put these into a statement of their own, and ${NAME}`,
    ],
    [
      "a resource for what knows none",
      "execution",
      { Action: "kinesis:ListStreams", Resource: ownArn("kinesis", "stream/payroll-*") },
      ".Resource: AWS knows no resource for its actions: allowed is *, in a statement of their own",
    ],
    [
      "policy variables",
      "execution",
      { Resource: ownArn("kinesis", "stream/${aws:username}-*") },
      `.Resource: policy variables have no place in it: ${PSEUDO}`,
    ],
    [
      "what changes the whole account",
      "execution",
      { Action: "elasticfilesystem:CreateFileSystem", Resource: "*" },
      ".Resource: AWS knows no resource for elasticfilesystem:CreateFileSystem, which would be for all of the account: " +
        "add a Condition that says what is the workload's, by a value with ${AWS::StackName}",
    ],
    [
      "what changes the whole account, under a condition that anybody meets",
      "execution",
      {
        Action: "elasticfilesystem:CreateFileSystem",
        Resource: "*",
        Condition: { StringLike: { "aws:RequestTag/delivery:workload": ["${AWS::StackName}", "*"] } },
      },
      ".Resource: AWS knows no resource for elasticfilesystem:CreateFileSystem, which would be for all of the account: " +
        "add a Condition that says what is the workload's, by a value with ${AWS::StackName}",
    ],
    [
      "tags for what is others'",
      "execution",
      {
        Action: "ec2:CreateTags",
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestTag/delivery:workload": "${AWS::StackName}" } },
      },
      `.Resource: ec2:CreateTags could put the workload's tag on what is others': ${NAME}, or give the statement a condition for ` +
        "what is just being made, where AWS has one, such as ec2:CreateAction",
    ],
    [
      "the tag of another",
      "execution",
      { Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/delivery:workload": "payroll" } } },
      `.Resource: ${APART("kinesis:CreateStream")}`,
    ],
    [
      "the tag where it is given",
      "execution",
      { Resource: "*", Condition: { StringEqualsIfExists: TAGGED.StringEquals } },
      `.Resource: ${APART("kinesis:CreateStream")}`,
    ],
    [
      "what lets others in, by AWS's own word",
      "workload",
      { Action: "sqs:SetQueueAttributes", Resource: ownArn("sqs", "${AWS::StackName}-*") },
      ".Action: it can let others in, and Plan does not see whom: leave it out, and let others in by policies that Plan judges",
    ],
    [
      "what lets others in, by its name",
      "execution",
      { Action: "kinesis:PutResourcePolicy" },
      ".Action: it can let others in, and Plan does not see whom: leave it out, and let others in by policies that Plan judges",
    ],
    [
      "what uses brings",
      "execution",
      { Action: "sqs:DeleteQueue", Resource: ownArn("sqs", "${AWS::StackName}-*") },
      ".Action: what it takes is in the program, with its limits: write uses: [sqs]",
    ],
    [
      "what CloudFormation does, for the workload",
      "workload",
      { Action: "sqs:DeleteQueue", Resource: ownArn("sqs", "${AWS::StackName}-*") },
      ".Action: CloudFormation does this, by the template that Plan judges: leave it out",
    ],
    [
      "code that is not the release's",
      "workload",
      { Action: "lambda:PublishLayerVersion", Resource: ownArn("lambda", "layer:${AWS::StackName}-*") },
      ".Action: it changes code or how it is reached, past Plan: leave it out; lambda:InvokeFunction is allowed",
    ],
    [
      "an operator without words",
      "execution",
      { Condition: { NumericLessThan: { "aws:x": "1" } } },
      ".Condition.NumericLessThan: the access matrix has no words for this operator: allowed are StringEquals, StringEqualsIfExists, " +
        "StringLike, StringLikeIfExists, ArnEquals, ArnEqualsIfExists, ArnLike, ArnLikeIfExists, Bool, Null",
    ],
    [
      "a key that is there",
      "workload",
      { Action: "kinesis:PutRecord", Condition: { Null: { "lambda:SourceFunctionArn": "false" } } },
      '.Condition.Null["lambda:SourceFunctionArn"]: allowed is "true": the key is absent',
    ],
    [
      "policy variables in a condition",
      "workload",
      { Action: "kinesis:PutRecord", Condition: { StringLike: { "aws:PrincipalTag/x": "${aws:username}" } } },
      `.Condition: it is not known here: ${PSEUDO}`,
    ],
    [
      "one key twice",
      "workload",
      {
        Action: "kinesis:PutRecord",
        Condition: { StringLike: { "aws:PrincipalTag/x": "a" }, ArnLike: { "aws:principaltag/x": "b" } },
      },
      ".Condition: this condition key stands there twice: make two statements of it",
    ],
    [
      "no Sid",
      "execution",
      { Sid: undefined },
      ".Sid: is missing; allowed are up to 64 letters and digits, beginning with a letter",
    ],
    [
      "a Deny",
      "execution",
      { Effect: "Deny" },
      ".Effect: nothing is allowed that nobody asked for, so nothing has to be denied: allowed are Allow",
    ],
    [
      "NotAction",
      "execution",
      { NotAction: "kinesis:PutRecord" },
      ".NotAction: this is an element of IAM's that gives what is not named: name the actions in Action",
    ],
    [
      "NotResource",
      "execution",
      { NotResource: "*" },
      ".NotResource: this is an element of IAM's that gives what is not named: name the resources in Resource",
    ],
    [
      "a principal",
      "execution",
      { Principal: "*" },
      ".Principal: a role's policy has no principal: leave it out",
    ],
    [
      "NotPrincipal",
      "execution",
      { NotPrincipal: "*" },
      ".NotPrincipal: a role's policy has no principal: leave it out",
    ],
  ];
  for (const [what, part, changes, text] of REFUSED)
    it(`refuse ${what}`, () => assert.equal(why(part, changes), text));

  it("say everything that is wrong at once", () => {
    const statement = {
      ...RIGHT,
      Action: ["iam:PassRole", "sts:AssumeRole"],
      NotResource: "*",
      Resource: "*",
    };
    assert.deepEqual(
      inPart("execution", statement, statement).map((each) => each.split(": ")[0]),
      [
        "execution.Statement[0].NotResource",
        "execution.Statement[1].NotResource",
        "execution.Statement",
        "execution.Statement[0].Action",
        "execution.Statement[0].Action",
        "execution.Statement[1].Sid",
        "execution.Statement[1].Action",
        "execution.Statement[1].Action",
      ],
    );
  });

  it("have each Sid once", () =>
    assert.deepEqual(inPart("execution", RIGHT, { ...RIGHT, Action: "kinesis:DeleteStream" }), [
      'execution.Statement[1].Sid: received "Streams"; execution.Statement[0] has it, and a policy has each once, as BySettingsStreams: choose another',
    ]));

  it("go by the workload's tag where names say nothing", () =>
    assert.deepEqual(
      inPart("execution", { ...RIGHT, Action: "ec2:DeleteSecurityGroup", Resource: "*", Condition: TAGGED }),
      [],
    ));

  it("may speak of functions' own data of services of uses", () =>
    assert.deepEqual(inPart("workload", { ...RIGHT, Action: "s3:PutObjectTagging", Resource: BUCKETS }), []));

  for (const [type, text] of [
    ["AWS::CloudFormation::Stack", "no template has it: it makes what Plan does not see"],
    [
      "AWS::IAM::User",
      "Plan judges IAM by the program's own rules, and the program has it with its limits, where workload lambda-container may have it at all: leave it out",
    ],
    [
      "AWS::SQS::Queue",
      "Plan judges SQS by the program's own rules, and what it takes is in the program, with its limits: write uses: [sqs]",
    ],
    [
      "AWS::Sqs::Queue",
      'CloudFormation knows no Sqs: did you mean "AWS::SQS::Queue"? Of that, Plan judges SQS by the program\'s own rules, and what it takes is in the program, with its limits: write uses: [sqs]',
    ],
    [
      "AWS::cloudformation::Stack",
      'CloudFormation knows no cloudformation: did you mean "AWS::CloudFormation::Stack"? Of that, no template has it: it makes what Plan does not see',
    ],
    ["Custom::Thing", "allowed is a resource type of CloudFormation, such as AWS::Kinesis::Stream"],
  ] as const)
    it(`let no ${type} in`, () =>
      assert.deepEqual(problemsOf({ types: [type], execution: { Statement: [RIGHT] } }), [
        `pipelines[0].permissions.types[0]: received ${JSON.stringify(type)}; ${text}`,
      ]));

  it("let in no namespace that the program knows, in whichever capitals", () => {
    for (const namespace of CLOSED) {
      const [first = "", rest = ""] = [namespace.slice(0, 1), namespace.slice(1)];
      for (const other of [namespace.toLowerCase(), namespace.toUpperCase(), first + rest.toLowerCase()]) {
        const [problem = ""] = problemsOf({
          types: [`AWS::${other}::Thing`],
          execution: { Statement: [RIGHT] },
        });
        const right = other === namespace ? "" : `did you mean "AWS::${namespace}::Thing"?`;
        assert.ok(problem.includes(right) && problem !== "", `${other}: ${problem}`);
      }
    }
    // A namespace that is only like one is another's.
    assert.deepEqual(problemsOf({ types: ["AWS::EFS::FileSystem"], execution: { Statement: [RIGHT] } }), []);
  });

  it("let in no type of aws:: in other capitals, of a namespace that the program knows or another", () => {
    for (const namespace of [...CLOSED, "Kinesis", "Foo"])
      for (const aws of ["aws", "Aws", "AWs"])
        assert.match(
          problemsOf({ types: [`${aws}::${namespace}::Thing`], execution: { Statement: [RIGHT] } }).join(
            "\n",
          ),
          /^pipelines\[0\]\.permissions\.types\[0\]: received .*; allowed is a resource type of CloudFormation, such as AWS::Kinesis::Stream$/,
        );
  });

  it("let in no type that any service of uses has", () => {
    for (const name of USE_NAMES)
      for (const { template } of Object.values(USES[name].parts))
        for (const type of template.types)
          assert.equal(problemsOf({ types: [type], execution: { Statement: [RIGHT] } }).length, 1, type);
  });

  it("give CloudFormation what types take", () =>
    assert.deepEqual(problemsOf({ types: ["AWS::Kinesis::Stream"] }), [
      "pipelines[0].permissions.execution: is missing; CloudFormation could make none of AWS::Kinesis::Stream: allowed is a policy document with what it takes",
    ]));

  const many = (count: number, length: number, Action: string) =>
    Array.from({ length: count }, (_, i) => ({
      ...{ Sid: `S${i}`, Effect: "Allow", Action },
      Resource: Array.from({ length }, (_each, j) => ownArn("kinesis", `stream/\${AWS::StackName}-${j}`)),
    }));

  it("are refused with the sizes where a statement is longer than a policy", () =>
    assert.deepEqual(inPart("execution", ...many(1, 120, "kinesis:CreateStream")), [
      'execution.Statement[0].Sid: received "S0"; it has 7935 characters as a policy, and IAM takes 6144: divide it',
    ]));

  for (const part of ["execution", "workload"] as const)
    it(`are refused from the first character of a statement of ${part} over what a policy takes`, () => {
      const Action = part === "execution" ? "kinesis:CreateStream" : "kinesis:PutRecord";
      const tooLong = (length: number): string[] => {
        const stream = ownArn("kinesis", `stream/\${AWS::StackName}-${"x".repeat(length)}`);
        const [{ Resource, ...rest } = assert.fail()] = many(1, 88, Action);
        const problems = inPart(part, { ...rest, Resource: [...Resource, stream] });
        return problems.flatMap((each) => /it has \d+ characters as a policy/.exec(each) ?? []);
      };
      const [, length = ""] = /(\d+)/.exec(tooLong(400).join()) ?? [];
      const fits = 400 - (Number(length) - MANAGED_POLICY_LENGTH);
      assert.deepEqual([tooLong(fits), tooLong(fits + 1)], [[], ["it has 6145 characters as a policy"]]);
    });

  it("are let in where a role has room for just so many policies", () =>
    assert.deepEqual(inPart("execution", ...many(8, 60, "kinesis:CreateStream")), []));

  it("are refused with the sizes where a role has no room for so many policies", () => {
    const [problem = "", ...more] = inPart("execution", ...many(9, 60, "kinesis:CreateStream"));
    assert.deepEqual(more, []);
    assert.equal(
      problem.replace(/received .*?;/, ""),
      "execution.Statement:  with nothing else it takes 9 managed policies of 6144 characters (9 of them by itself), and a role has room for 8: " +
        "take statements out, or divide the service among two pipelines",
    );
  });

  it("are refused with the sizes where the boundary has no room", () => {
    const [problem = "", ...more] = problemsOf(
      { workload: { Statement: many(2, 45, "kinesis:PutRecord") } },
      { uses: ["sqs"] },
    );
    assert.deepEqual(more, []);
    assert.match(
      problem,
      /^pipelines\[0\]\.permissions: received \{"workload":\["S0","S1"\]\}; the permissions boundary of its roles would have \d+ characters, and IAM takes 6144: sqs takes \d+, permissions\.workload takes \d+, the rest \d+; take a service or a statement out, or divide the service among two pipelines$/,
    );
  });
});
