import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import { ofBranches } from "../../../components/workloads/workload";
import { ACCOUNT, type Case, itStartsTogether, refusals, shownOnly, templateOnly } from "./judging";

/** Branches share a listener with the environment's own services: which requests a rule takes, IAM does not know. */

const it = itStartsTogether();
const rules = ofBranches(ecsService).template;
const RULE = "AWS::ElasticLoadBalancingV2::ListenerRule";
const ROLE = "AWS::IAM::Role";
const GIVEN = {
  Parameters: {
    ListenerRulePriority: { Type: "Number" },
    BasePath: { Type: "String" },
    ListenerArn: { Type: "AWS::SSM::Parameter::Value<String>" },
  },
};
const PARAMETERS = {
  ListenerRulePriority: "7",
  BasePath: "/catalog--test",
  ListenerArn: "/delivery/test/platform/listener-arn",
};

const paths = (...Values: unknown[]) => [{ Field: "path-pattern", PathPatternConfig: { Values } }];
const rule = (changes: object = {}) => ({
  ListenerArn: { Ref: "ListenerArn" },
  Priority: { Ref: "ListenerRulePriority" },
  Conditions: paths({ "Fn::Sub": "${BasePath}/product/*" }, "/catalog--test/health"),
  Actions: [{ Type: "fixed-response" }],
  ...changes,
});
/** The template says it, and CloudFormation shows nothing. */
const said = (properties: object, type = RULE): Case => {
  const { template, ...rest } = templateOnly({ type, properties }, rules);
  return { ...rest, template: { ...GIVEN, ...(template as object) }, parameters: PARAMETERS };
};

const BEGIN = "it must be known now and begin with /catalog--test/";
const OTHERS = "could take requests that are for others: give PathPatternConfig.Values";

describe("changes.jq: rules and roles of a branch's tasks", () => {
  it("take a rule with the branch's own place, for paths below its stack's name", async () => {
    const taken = [rule(), rule({ Conditions: paths("/catalog--test/*") })];
    assert.deepEqual(await refusals(taken.map((each) => said(each))), [[], []]);
  });

  it("refuse any other place", async () => {
    const place = (shown: string) => [
      `It (${RULE}) has Priority ${shown}: it must be the parameter ListenerRulePriority, which the pipeline gives`,
    ];
    const placed = [rule({ Priority: 7 }), rule({ Priority: "1" })];
    assert.deepEqual(await refusals(placed.map((each) => said(each))), [place("7"), place("1")]);
  });

  it("refuse a rule that could take what is for others, in each way to write one", async () => {
    const cases: [conditions: unknown, says: string[]][] = [
      [paths("/*"), [`has Conditions.PathPatternConfig.Values /*: ${BEGIN}`]],
      [paths("/catalog--test*"), [`has Conditions.PathPatternConfig.Values /catalog--test*: ${BEGIN}`]],
      [paths("/catalog--test/*", "/orders"), [`has Conditions.PathPatternConfig.Values /orders: ${BEGIN}`]],
      [
        paths(),
        [
          `has no Conditions.PathPatternConfig.Values, and the one that is made up does not say whose it is: ${BEGIN}`,
        ],
      ],
      [
        [{ Field: "path-pattern", Values: ["/catalog--test/*"] }],
        [
          `has Conditions.Values ["/catalog--test/*"], which ${OTHERS}`.replace(` ["/catalog--test/*"]`, ""),
          `has no Conditions.PathPatternConfig.Values, and the one that is made up does not say whose it is: ${BEGIN}`,
        ],
      ],
      [
        [
          {
            Field: "host-header",
            HostHeaderConfig: { Values: ["*"] },
            PathPatternConfig: { Values: ["/catalog--test/*"] },
          },
        ],
        ["has Conditions.Field host-header: only path-pattern is allowed"],
      ],
      [
        [{ Field: "path-pattern", PathPatternConfig: { Values: ["/catalog--test/*"], RegexValues: [".*"] } }],
        [`has Conditions.PathPatternConfig.RegexValues, which ${OTHERS}`],
      ],
      [
        [...paths("/catalog--test/*"), { Field: "path-pattern", RegexValues: [".*"] }],
        [`has Conditions.RegexValues, which ${OTHERS}`],
      ],
    ];
    const found = await refusals(cases.map(([Conditions]) => said(rule({ Conditions }))));
    assert.deepEqual(
      found,
      cases.map(([, says]) => says.map((each) => `It (${RULE}) ${each}`)),
    );
  });

  it("refuse the same where only CloudFormation shows it", async () => {
    const shown = { ListenerArn: "arn", Priority: "7", Conditions: paths("/*"), Actions: [] };
    const { template, ...rest } = shownOnly({ type: RULE, properties: shown }, rules);
    const [found] = await refusals([
      { ...rest, template: { ...GIVEN, ...(template as object) }, parameters: PARAMETERS },
    ]);
    assert.deepEqual(found, [`It (${RULE}) has Conditions.PathPatternConfig.Values /*: ${BEGIN}`]);
  });

  it("take roles by the names of those that Deploy adds, for tasks alone", async () => {
    const role = (RoleName: string, Service = "ecs-tasks.amazonaws.com") => ({
      RoleName,
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
      },
      PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
    });
    const roles = [
      role("catalog--test-task"),
      role("catalog--test-task-execution"),
      role("catalog--test-other"),
      role("catalog--test-task", "lambda.amazonaws.com"),
    ];
    assert.deepEqual(await refusals(roles.map((each) => said(each, ROLE))), [
      [],
      [],
      [
        `It (${ROLE}) has RoleName catalog--test-other: it must be known now and begin with catalog--test-task or catalog--test-task-execution`,
      ],
      [
        `It (${ROLE}) can be taken by lambda.amazonaws.com: roles of this workload are for ecs-tasks.amazonaws.com alone`,
      ],
    ]);
  });

  it("leave the environment's own services as they are: no roles, and any rule", async () => {
    const own = (properties: object, type: string): Case => ({
      ...said(properties, type),
      rules: ecsService.template,
    });
    const [anyRule, aRole = []] = await refusals([
      own(rule({ Priority: 300, Conditions: paths("/*") }), RULE),
      own({ RoleName: "catalog--test-task" }, ROLE),
    ]);
    assert.deepEqual(anyRule, []);
    assert.ok(
      aRole[0]?.startsWith(`It (${ROLE}) has a type that this kind of service may not have`),
      aRole[0],
    );
  });
});
