import assert from "node:assert/strict";
import { accessChecks } from "../../../commands/doctor/access/accessChecks";
import { realPolicyClients } from "../../../commands/doctor/access/clients";
import { asJson, asText, type Check } from "../../../commands/doctor/checks";
import { readDelivery } from "../../../commands/delivery";
import type { State } from "../../../commands/engine/engine";
import type { Documents, RoleDocuments } from "../../../rehearsal/access/live/documents";
import { NOT_SEEN } from "../../../rehearsal/access/live/live";
import { ROOT, unbroken } from "../../rehearsal/sample";
import { sampled, whole } from "../../whole/sample";
import { type Answers, fake } from "../fake";
import { accountsWith, policiesIn } from "./accounts";
import { estate, found, PLACE } from "./estate";
import { exported } from "./states";

const DELIVERY = readDelivery(ROOT);
const BUILD = "arn:aws:iam::111111111111:role/delivery-catalog-build";
const EXECUTION = "arn:aws:iam::222222222222:role/delivery-catalog--test-execution";

/** The documents with a role that is like this. */
async function withRole(
  arn: string,
  change: (role: RoleDocuments) => RoleDocuments | undefined,
): Promise<Documents> {
  const { written } = await estate();
  const role = written.roles.get(arn) ?? assert.fail(`there is no role ${arn}`);
  const roles = new Map(written.roles);
  const changed = change(role);
  if (changed) roles.set(arn, changed);
  else roles.delete(arn);
  return { ...written, roles };
}
const document = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const DENY = document({ Sid: "Frozen", Effect: "Deny", Action: "s3:PutObject", Resource: "*" });

async function faultsIn(documents: Documents) {
  const { missing, dead, notJudged } = await found(documents);
  assert.deepEqual(notJudged, []);
  return {
    dead,
    missing: missing.map(({ subject, faults, denied, removedBy }) => ({
      ...{ subject, faults, denied: denied.length > 0 },
      ...(removedBy !== undefined && { removedBy }),
    })),
  };
}
const only = (subject: string, fault: string, denied = true) => ({
  dead: [],
  missing: [{ subject, faults: [fault], denied }],
});

describe("the policies of the accounts", () => {
  it("lack nothing when they are as npm run up wrote them, and all calls are decided", async () => {
    const { written, calls } = await estate();
    const { missing, dead, notJudged, unread, decided, notUp } = await found(written);
    assert.deepEqual([missing, dead, notJudged, unread, notUp], [[], [], [], [], 0]);
    assert.equal(decided, calls.length);
    assert.ok(decided > 1000, `only ${decided} calls were decided`);
  });

  whole("are the same to AWS where one thing stands for a list of one", async () => {
    const { written } = await estate();
    const single = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.length === 1 ? single(value[0]) : value.map(single);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, single(each)]));
    };
    const guarded = [...written.guarded].map(([arn, each]) => [arn, single(each)] as const);
    assert.deepEqual(await faultsIn({ ...written, guarded: new Map(guarded) }), { dead: [], missing: [] });
  });

  whole("are told of where a role is not there", async () => {
    assert.deepEqual(
      await faultsIn(await withRole(BUILD, () => undefined)),
      only(`role ${BUILD}`, "is not there"),
    );
  });

  it("are told of where an inline policy is not there", async () => {
    const documents = await withRole(BUILD, (role) => ({ ...role, inline: {} }));
    const [name = ""] = Object.keys((await estate()).written.roles.get(BUILD)?.inline ?? {});
    assert.deepEqual(
      await faultsIn(documents),
      only(`inline policy ${name} of role ${BUILD}`, "is not there"),
    );
  });

  whole("are told of where a resource, or its policy, is not there", async () => {
    const { written } = await estate();
    for (const [arn, content] of written.guarded) {
      if (content === undefined || arn.includes(":logs:")) continue;
      const guarded = new Map(written.guarded);
      guarded.delete(arn);
      const { missing } = await faultsIn({ ...written, guarded });
      const kind = { s3: "bucket", kms: "key", ecr: "repository", sns: "topic" }[arn.split(":")[2] ?? ""];
      assert.deepEqual(
        missing.map(({ subject, faults }) => [subject, faults]),
        [[`${kind} ${arn}`, ["is not there"]]],
      );
    }
  });

  whole("are told of where a managed policy is not there", async () => {
    const { written } = await estate();
    assert.ok(written.managed.size > 2, "the sample has too few managed policies");
    for (const arn of written.managed.keys()) {
      const managed = new Map(written.managed);
      managed.delete(arn);
      assert.deepEqual(
        await faultsIn({ ...written, managed }),
        only(`managed policy ${arn}`, "is not there"),
      );
    }
  });

  whole("are told of where a role has another boundary", async () => {
    const boundary = "arn:aws:iam::222222222222:policy/theirs";
    const { written } = await estate();
    const allows = document({ Sid: "Some", Effect: "Allow", Action: "logs:*", Resource: "*" });
    const bounded = await withRole(EXECUTION, (role) => ({ ...role, boundary }));
    const documents = { ...bounded, managed: new Map([...written.managed, [boundary, allows]]) };
    assert.deepEqual(
      await faultsIn(documents),
      only(`role ${EXECUTION}`, `has ${boundary} for its permissions boundary, not none`),
    );
  });

  it("are told of where somebody has put a policy that denies, with the command that takes it off", async () => {
    const inline = await withRole(BUILD, (role) => ({ ...role, inline: { ...role.inline, freeze: DENY } }));
    const subject = `inline policy freeze of role ${BUILD}`;
    const fault = "denies it by statement Frozen, and npm run up did not write it";
    const removedBy = "aws iam delete-role-policy --role-name delivery-catalog-build --policy-name freeze";
    assert.deepEqual(await faultsIn(inline), {
      dead: [],
      missing: [{ subject, faults: [fault], denied: true, removedBy }],
    });
    const policy = "arn:aws:iam::111111111111:policy/freeze";
    const attached = await withRole(BUILD, (role) => ({ ...role, attached: [policy] }));
    assert.deepEqual(
      await faultsIn({ ...attached, managed: new Map([...attached.managed, [policy, DENY]]) }),
      {
        dead: [],
        missing: [
          {
            ...{ subject: `managed policy ${policy}`, faults: [fault], denied: true },
            removedBy: `aws iam detach-role-policy --role-name delivery-catalog-build --policy-arn ${policy}`,
          },
        ],
      },
    );
  });

  it("are told of where a statement has its Sid and allows less", async () => {
    const { written } = await estate();
    const policy = policiesIn(written).find(
      ({ owner, name }) => owner === BUILD && name.startsWith("inline"),
    );
    assert.ok(policy);
    const narrowed = policy.statements.map((each) =>
      each["Sid"] === "WriteLog"
        ? { ...each, Resource: "arn:aws:logs:eu-west-1:111111111111:log-group:other:*" }
        : each,
    );
    assert.ok(
      narrowed.some((each, at) => each !== policy.statements[at]),
      "the build role has no WriteLog",
    );
    assert.deepEqual(
      await faultsIn(policy.changed(document(...narrowed))),
      only(policy.name, "statement WriteLog is not as npm run up wrote it"),
    );
  });

  whole("are told of where one names the id of a role that was deleted", async () => {
    const { written } = await estate();
    const id = "AROAEXAMPLEID12345678";
    const letting = ({ name }: { name: string }) => !/^(inline|managed)/.test(name);
    const all = policiesIn(written).filter(letting);
    const documents = all.reduce((before, { name }) => {
      const policy = policiesIn(before).find((each) => each.name === name) ?? assert.fail(name);
      const dead = {
        ...{ Sid: "LetTheOtherOne", Effect: "Allow", Principal: { AWS: id } },
        ...(name.startsWith("trust")
          ? { Action: "sts:AssumeRole" }
          : { Action: "s3:GetObject", ...(!name.startsWith("repository") && { Resource: "*" }) }),
      };
      return policy.changed(document(...policy.statements, dead));
    }, written);
    const { dead, missing } = await faultsIn(documents);
    assert.deepEqual(missing, []);
    assert.deepEqual(
      dead.map((each) => JSON.stringify(each)).sort(),
      all.map(({ name }) => JSON.stringify({ policy: name, sid: "LetTheOtherOne", id })).sort(),
    );
  });

  it("that nobody can judge, or that this person may not read, are told of, and the rest goes on", async () => {
    const documents = await withRole(BUILD, (role) => ({
      ...role,
      trust: document({ Sid: "Odd", Effect: "Perhaps" }),
    }));
    const other = [...documents.roles.keys()].find((arn) => arn !== BUILD) ?? "";
    const roles = new Map([...documents.roles].filter(([arn]) => arn !== other));
    const odd = await found({ ...documents, roles });
    assert.deepEqual(
      odd.missing.map(({ subject, faults }) => [subject, faults]),
      [[`role ${other}`, ["is not there"]]],
    );
    assert.deepEqual(odd.notJudged, [
      `trust policy of role ${BUILD}: trust policy of role ${BUILD}: Odd: Effect is Perhaps, neither Allow nor Deny`,
    ]);
  });

  const READS = [
    ...["iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"],
    ...["iam:GetPolicy", "iam:GetPolicyVersion"],
    ...["s3:GetBucketPolicy", "kms:GetKeyPolicy", "ecr:GetRepositoryPolicy", "sns:GetTopicAttributes"],
  ];
  for (const action of sampled(READS, (_, index) => index === 0)) {
    it(`are taken to be as they were written where nobody may ${action}, which is told`, async () => {
      const { written } = await estate();
      const { missing, unread } = await found(written, [action]);
      assert.deepEqual(missing, []);
      assert.ok(unread.length > 0, "nothing was unread");
      assert.deepEqual([...new Set(unread.map(({ needs }) => needs))], [action]);
      assert.match(unread[0]?.why ?? "", /not authorized/);
    });
  }

  whole("are read page by page, and those that a role has by hand, too", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const allows = document({ Sid: "Some", Effect: "Allow", Action: "logs:*", Resource: "*" });
    const arns = names.map((name) => `arn:aws:iam::111111111111:policy/${name}`);
    const more = Object.fromEntries(names.map((name) => [name, allows]));
    const changed = await withRole(BUILD, (role) => ({
      ...role,
      inline: { ...role.inline, ...more },
      attached: arns,
    }));
    const managed = new Map([...changed.managed, ...arns.map((arn) => [arn, allows] as const)]);
    const { there, missing } = await found({ ...changed, managed });
    assert.deepEqual(missing, []);
    const { inline = {}, attached } = there.roles.get(BUILD) ?? {};
    assert.deepEqual(
      Object.keys(inline).filter((name) => names.includes(name)),
      names,
    );
    assert.deepEqual(attached, arns);
    for (const arn of arns) assert.deepEqual(JSON.parse(String(there.managed.get(arn))), allows);
  });

  it("are asked for patiently", async () => {
    const { ecr, iam, kms, s3, sns } = realPolicyClients;
    for (const { config } of [ecr(PLACE), iam(PLACE), kms(PLACE), s3(PLACE), sns(PLACE)]) {
      const strategy = await config.retryStrategy();
      assert.deepEqual([await config.maxAttempts(), "mode" in strategy && strategy.mode], [10, "adaptive"]);
    }
  });
});

describe("npm run doctor -- --access", () => {
  /** The checks of the project's own stacks, with these answers. */
  async function checked(
    answers: Answers,
    {
      without = [],
      documents,
      usable,
    }: { without?: readonly string[]; documents?: Documents; usable?: readonly string[] } = {},
  ) {
    const { runs } = await unbroken();
    const states = exported(runs)
      .filter(({ stack }) => !without.includes(stack))
      .map(({ stack, resources, outputs }): readonly [string, State] => [
        stack,
        { resources: [...resources], outputs, pending: [] },
      ]);
    const { session, calls } = fake({
      states: Object.fromEntries(states),
      aws: answers,
    });
    const { written } = await estate();
    const policies = accountsWith(documents ?? written, [], calls);
    const looking = {
      ...{ root: ROOT, aws: session.aws, policies },
      usable: new Set(usable ?? ["tooling", "test", "prod"]),
    };
    return { ...(await accessChecks(session.engine, DELIVERY, looking)), calls };
  }
  const problems = (checks: readonly Check[]) =>
    checks
      .filter(({ problem }) => problem !== undefined)
      .map(({ what, problem, fix, state }) => ({ what, problem, fix, state }));

  it("finds nothing where all is as it was written, says what it cannot see, and changes nothing", async () => {
    const { checks, notSeen, calls } = await checked({});
    assert.deepEqual(problems(checks), []);
    assert.match(asText(checks, notSeen), /^ok {5}access: all 1,?\d+ simulated calls of releases/m);
    for (const each of NOT_SEEN) assert.ok(asText(checks, notSeen).includes(`not seen: ${each}`), each);
    const data = JSON.parse(asJson(checks, notSeen)) as {
      version: number;
      checks: Check[];
      notSeen: string[];
    };
    assert.deepEqual([data.version, data.checks, data.notSeen], [1, checks, notSeen]);
    assert.deepEqual(
      [...new Set(calls)].filter((call) => !/^(\w+:)?(Get|List|Describe)/.test(call)),
      [],
    );
  });

  it("prints what is missing, the first call that is denied, and the command", async () => {
    const documents = await withRole(BUILD, () => undefined);
    const { checks } = await checked({}, { documents });
    const [first, ...others] = problems(checks);
    assert.deepEqual(others, []);
    assert.equal(first?.what, `role ${BUILD}`);
    assert.match(
      first?.problem ?? "",
      /^is not there\ndenied: catalog, Build \(every release\): CodeBuild takes the job's role: .* \(and \d+ more calls\)$/,
    );
    assert.deepEqual(first?.fix, ["npm run up -- tooling --refresh"]);
  });

  whole("names stacks that were never brought up, and goes on with the others", async () => {
    const { checks, notSeen } = await checked({}, { without: ["prod"] });
    assert.deepEqual(problems(checks), [
      {
        ...{ what: "stack prod", problem: "was never brought up", fix: ["npm run up -- prod"] },
        state: undefined,
      },
    ]);
    assert.match(notSeen[0] ?? "", /^\d+ calls that need a stack that is not up$/);
    const none = await checked({}, { without: ["tooling", "test", "prod"] });
    assert.equal(problems(none.checks).length, 3);
    assert.equal(none.notSeen[0], "any policy: no tooling stack is up");
  });

  const statuses = Object.entries({
    REVIEW_IN_PROGRESS: /^is REVIEW_IN_PROGRESS: it was never made/,
    ROLLBACK_COMPLETE: /^is ROLLBACK_COMPLETE: it never came to be/,
    ROLLBACK_FAILED: /^is ROLLBACK_FAILED: it never came to be/,
    CREATE_FAILED: /^is CREATE_FAILED: it never came to be/,
  });
  for (const [status, expected] of sampled(statuses, (_, index) => index === 0))
    it(`names CloudFormation stacks that are ${status}`, async () => {
      const { checks } = await checked({
        DescribeStacks: ({ StackName }) => ({
          Stacks: [{ StackName, StackStatus: StackName === "catalog--test" ? status : "UPDATE_COMPLETE" }],
        }),
      });
      const [first, ...others] = problems(checks);
      assert.deepEqual(others, []);
      assert.equal(first?.what, "test: CloudFormation stack catalog--test");
      assert.match(first?.problem ?? "", expected);
      assert.match(
        first?.fix?.[0] ?? "",
        /aws cloudformation delete-stack --stack-name catalog--test --region eu-west-1/,
      );
      assert.equal(first?.state, status === "REVIEW_IN_PROGRESS" ? "waits" : undefined);
    });

  whole("says what it could not read, and what that needs", async () => {
    const { checks } = await checked({
      DescribeStacks: () => {
        throw Object.assign(new Error("User is not authorized"), { name: "AccessDenied" });
      },
    });
    assert.equal(problems(checks).length, 2);
    for (const { problem } of problems(checks))
      assert.match(problem ?? "", /^could not be read: needs cloudformation:DescribeStacks/);
  });

  whole("takes no answer of an account for whose stack there are no credentials", async () => {
    const { checks } = await checked({}, { usable: ["tooling", "test"] });
    const all = problems(checks);
    assert.ok(all.length > 0, "nothing was told");
    for (const { problem } of all) assert.match(problem ?? "", /needs credentials/);
  });
});
