import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { divided, documentsOf } from "../../../components/environment/accountRoles";
import { allow, document, MANAGED_POLICY_LENGTH, type Statement } from "../../../components/policies";
import { USE_NAMES, USES } from "../../../components/uses/list";
import type { Use } from "../../../components/uses/use";
import { merged } from "../../../components/workloads/merged";
import { CLOSED } from "../../../components/uses/ownTypes";
import { partOf, usable, using } from "../../../components/uses/using";
import { WORKLOADS } from "../../../components/workloads/list";
import { codeAlone, type Workload, workloadRoles } from "../../../components/workloads/workload";
import { actionPatterns, statementFaults } from "../../../packages/iam/src/lint/statementFaults";
import { catalog, serviceOf } from "../../../packages/iam/src/policy/catalog";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { map, texts, type Values } from "../../../packages/iam/src/json";
import { holdsData } from "../../../rehearsal/aws/physicalNames";
import { resolved } from "../../programs";
import { SITE } from "../workloads/site";

/** Kinds that have templates. */
const KINDS: readonly Workload[] = Object.values(WORKLOADS).filter((each) => !codeAlone(each));
const all = (workload: Workload): Workload => using(workload, usable(workload));

/** What services add to the policies of a kind, by policy. */
async function addedTo(workload: Workload): Promise<[string, Statement[]][]> {
  const policies = (one: Workload) => ({
    execution: one.further?.(SITE) ?? [],
    boundary: one.boundary?.(SITE) ?? [],
    ...Object.fromEntries(workloadRoles(one).map(([name, role]) => [name, role.statements(SITE)])),
  });
  const [before, after] = (await resolved([policies(workload), policies(all(workload))])) as Record<
    string,
    Statement[]
  >[];
  return Object.entries(after ?? {}).map(([policy, statements]) => [
    `${workload.kind} ${policy}`,
    statements.slice((before?.[policy] ?? []).length),
  ]);
}
const added = async () =>
  (await Promise.all(KINDS.map(addedTo))).flat().filter(([, each]) => each.length > 0);

/** Actions that know no resource, or whose resources have no names, each with what keeps others' apart. */
const ON_EVERYTHING = [
  "apigateway:UpdateRestApiPolicy",
  "dynamodb:ListStreams",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
  "lambda:CreateEventSourceMapping",
  "secretsmanager:GetRandomPassword",
];

describe("USES", () => {
  it("has each service under the name that settings call it", () => {
    assert.ok(USE_NAMES.length > 0);
    for (const [key, { name }] of Object.entries(USES)) assert.equal(name, key);
  });

  it("says why a kind can't use a service that it has no part for", () => {
    for (const { name, parts, lacks } of Object.values(USES)) {
      const whole = parts.functions !== undefined && parts.tasks !== undefined;
      assert.equal(lacks === undefined, whole, name);
    }
  });

  it("adds statements with a Sid that no other of the policy has, each an allowance of exact actions", async () => {
    const statements = await added();
    assert.ok(statements.length >= 4);
    for (const workload of KINDS) {
      const whole = all(workload);
      const policies = [
        [...workload.execution(SITE), ...(whole.further?.(SITE) ?? [])],
        whole.boundary?.(SITE) ?? [],
        ...workloadRoles(whole).map(([, role]) => role.statements(SITE)),
      ];
      for (const policy of policies) {
        const sids = policy.map(({ Sid }) => Sid);
        assert.deepEqual([...new Set(sids)], sids, workload.kind);
      }
    }
    for (const [policy, each] of statements)
      for (const { Sid, Effect, Action } of each) {
        assert.match(Sid, /^[A-Z][A-Za-z]+$/, policy);
        assert.equal(Effect, "Allow", `${policy} ${Sid}`);
        for (const action of texts(Action)) assert.doesNotMatch(action, /\*/, `${policy} ${Sid}`);
      }
  });

  it("asks for actions that AWS has, on resources and with conditions that they come with", async () => {
    const keys = await conditionKeys();
    for (const [policy, statements] of await added())
      for (const { Sid, ...rest } of statements) {
        const statement = rest as unknown as Values;
        const asked = await catalog(actionPatterns(statement).map(serviceOf));
        assert.deepEqual(statementFaults(statement, asked, keys), [], `${policy} ${Sid}`);
      }
  });

  it("names the stack wherever AWS can keep services of one account apart", async () => {
    const own = /cat--test[-/]/;
    for (const [policy, statements] of await added())
      for (const { Sid, Action, Resource, Condition } of statements) {
        const apart =
          texts(Resource).every((each) => own.test(each)) ||
          /cat--test/.test(JSON.stringify(Condition ?? {}));
        const nothing = texts(Action).every((action) => ON_EVERYTHING.includes(action));
        const reads = Sid === "ReadTagsOfEventSources";
        // Workloads of one environment share its network, and interfaces have no names.
        const network = ["CreateNetworkInterfaces", "ManageNetworkInterfaces"].includes(Sid);
        assert.ok(apart || nothing || reads || network, `${policy} ${Sid}`);
      }
  });

  it("asks for the account wherever a bucket's ARN does not say it", async () => {
    const all = (await added()).flatMap(([policy, statements]) =>
      statements.map((each) => ({ policy, ...each })),
    );
    const ofBuckets = all.filter(({ Resource }) => texts(Resource).some((each) => each.includes(":s3:::")));
    assert.ok(ofBuckets.length >= 4);
    for (const { policy, Sid, Condition } of ofBuckets)
      assert.equal(
        map(map(Condition)["StringEquals"])["aws:ResourceAccount"],
        SITE.account,
        `${policy} ${Sid}`,
      );
  });

  it("has the template name what holds data, so that CloudFormation never makes another beside what was kept", () => {
    const parts = Object.values(USES).flatMap((use: Use) => Object.values(use.parts));
    const unnamed = parts.flatMap(({ template: { types, named = {} } }) =>
      types.filter((type) => holdsData(type) && named[type] === undefined),
    );
    // What a queue keeps is gone after 14 days.
    assert.deepEqual([...new Set(unnamed)], ["AWS::SQS::Queue"]);
  });
});

describe("using", () => {
  it("adds nothing without services, but for what settings would have to say", () => {
    for (const workload of KINDS) {
      const none = using(workload, []);
      assert.deepEqual(none.further?.(SITE), []);
      assert.deepEqual(none.boundary?.(SITE), workload.boundary?.(SITE));
      const { offered, closed, never, ...template } = none.template;
      const { never: ofKind, ...others } = workload.template;
      assert.deepEqual(
        { ...template, named: undefined, granted: undefined, needed: undefined, policies: undefined },
        { ...others, named: undefined, granted: undefined, needed: undefined, policies: undefined },
      );
      assert.deepEqual(Object.keys(never).sort(), Object.keys(ofKind).sort());
      assert.ok(Object.keys(offered ?? {}).length > 0);
      assert.equal(closed, CLOSED);
      for (const type of Object.keys(offered ?? {})) assert.ok(!template.types.includes(type), type);
    }
    assert.equal(
      using(WORKLOADS["lambda-zip"], []).template.offered?.["AWS::SQS::Queue"],
      " without uses: [sqs] in the settings of its pipeline",
    );
  });

  it("offers no type that a chosen service lets in", () => {
    for (const workload of KINDS) {
      const { types, offered } = all(workload).template;
      assert.deepEqual(offered, {});
      for (const use of usable(workload))
        assert.notEqual(types.length, using(workload, []).template.types.length, use);
    }
  });

  it("lets a type in by exactly the services that have it", () => {
    for (const workload of KINDS)
      for (const use of usable(workload)) {
        const { types, offered = {} } = using(workload, [use]).template;
        for (const type of Object.keys(offered))
          assert.ok(!types.includes(type), `${type} is there by ${use}`);
        const more = types.filter((type) => !workload.template.types.includes(type));
        const properties = partOf(workload, use)?.properties ?? {};
        assert.ok(more.length + Object.keys(properties).length > 0, use);
        const others = using(
          workload,
          usable(workload).filter((each) => each !== use),
        ).template;
        for (const type of more)
          assert.ok(others.types.includes(type) || others.offered?.[type]?.includes(`${use}]`), type);
      }
  });
});

describe("merged template rules", () => {
  it("have the types of both, and of a property that both have what either allows", () => {
    assert.deepEqual(
      merged(
        { types: ["B"], own: { T: { P: { A: ["Ref"] } } }, only: { T: { Q: ["x"] } }, callers: ["a"] },
        { types: ["A", "B"], own: { T: { P: { B: ["Arn"] }, R: {} } }, only: { T: { Q: ["y"] } } },
      ),
      {
        types: ["A", "B"],
        trusted: [],
        callers: ["a"],
        given: {},
        named: {},
        own: { T: { P: { A: ["Ref"], B: ["Arn"] }, R: {} } },
        only: { T: { Q: ["x", "y"] } },
        never: {},
        needed: {},
        granted: {},
        policies: {},
      },
    );
  });
});

describe("documents of managed policies", () => {
  const sized = (Sid: string, length: number) => {
    const empty = JSON.stringify(allow(Sid, [""], ["*"])).length;
    return allow(Sid, ["a".repeat(length - empty)], ["*"]);
  };
  const frame = JSON.stringify(document()).length;

  it("are none for no statement, and one as long as they fit, to the last character", () => {
    assert.deepEqual(documentsOf([]), []);
    const [one, other] = [sized("One", 3000), sized("Other", MANAGED_POLICY_LENGTH - frame - 3000 - 1)];
    assert.equal(JSON.stringify(document(one, other)).length, MANAGED_POLICY_LENGTH);
    assert.deepEqual(documentsOf([one, other]), [[one, other]]);
  });

  it("are as many as it takes otherwise, with every statement in its order", () => {
    const statements = [
      sized("One", 3000),
      sized("Other", MANAGED_POLICY_LENGTH - frame - 3000),
      sized("Third", 200),
    ];
    assert.deepEqual(
      documentsOf(statements).map((each) => each.map(({ Sid }) => Sid)),
      [["One"], ["Other", "Third"]].map((each) => each),
    );
  });

  const sids = (statements: readonly Statement[]) => statements.map(({ Sid }) => Sid);
  it("hold what has no room in the inline policy, from the first statement that is too much", () => {
    const last = 10_240 - frame - 6000 - 2;
    const fits = [sized("One", 3000), sized("Two", 3000), sized("Three", last)];
    assert.equal(JSON.stringify(document(...fits)).length, 10_240);
    assert.deepEqual(divided(fits), { inline: fits, more: [] });
    const over = [...fits.slice(0, 2), sized("Three", last + 1), sized("Four", 200)];
    const { inline, more } = divided(over);
    assert.deepEqual(
      [sids(inline), sids(more)],
      [
        ["One", "Two"],
        ["Three", "Four"],
      ],
    );
    assert.deepEqual(divided([]), { inline: [], more: [] });
  });

  it("do not depend on values that are known only in the up", () => {
    const later = (text: string) => allow("Later", Array(20).fill(pulumi.output(text)), ["*"]);
    for (const text of ["x", "x".repeat(450)]) {
      const { inline, more } = divided([sized("One", 3000), later(text), sized("Two", 200)]);
      assert.deepEqual([sids(inline), sids(more)], [["One"], ["Later", "Two"]]);
    }
  });
});
