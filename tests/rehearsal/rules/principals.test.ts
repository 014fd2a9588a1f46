import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { principalsExist, promisesKept } from "../../../rehearsal/rules/principals";
import { breaks, type Broken, first, one, statement } from "../sample";

const BUCKET = "aws:s3/bucketPolicy:BucketPolicy";
const ROLE = "aws:iam/role:Role";
const names = (principal: string | object) => ({
  Sid: "Extra",
  Effect: "Allow",
  Principal: typeof principal === "string" ? { AWS: principal } : principal,
  Action: "s3:GetObject",
  Resource: "*",
});
const arnOf = (role: Resource): string => String(role.outputs["arn"]);
const stranger = (record: Rehearsed): string => `arn:aws:iam::${record[0]?.account}:role/delivery-nobody`;

const inBucketPolicy = (record: Rehearsed, principal: string | object, message: string): Broken =>
  one(first(record, BUCKET), statement(names(principal)), message);

describe("rules/principals", () => {
  breaks(principalsExist, "a role that no stack creates", (record) =>
    inBucketPolicy(
      record,
      stranger(record),
      `its bucket policy names a principal: role ${stranger(record)} does not exist, and no stack creates it`,
    ),
  );
  breaks(principalsExist, "a role that a later stack creates", (record) => {
    const role = first(record, ROLE, ({ stack }) => stack === record[1]?.stack);
    return inBucketPolicy(
      record,
      arnOf(role),
      `its bucket policy names a principal: role ${arnOf(role)} does not exist yet: stack ${role.stack} creates it later`,
    );
  });
  breaks(principalsExist, "a role of the same stack that nothing depends on", (record) => {
    const role = first(record, ROLE);
    return inBucketPolicy(
      record,
      arnOf(role),
      `its bucket policy names a principal: role ${arnOf(role)} may not exist yet: it is in the same stack, and nothing depends on it; take its arn, or add dependsOn`,
    );
  });
  breaks(principalsExist, "nothing is found when the policy depends on that role", (record) => {
    const policy = first(record, BUCKET);
    const role = first(record, ROLE);
    const extra = statement(names(arnOf(role)));
    return {
      changes: [[policy, (each) => ({ ...extra(each), dependsOn: [...each.dependsOn, role.urn] })]],
      found: [],
    };
  });
  breaks(principalsExist, "a trust in a role of an earlier stack is fine", (record) => {
    const role = first(record, ROLE);
    const later = first(record, ROLE, ({ stack }) => stack === record[1]?.stack);
    const trust = { ...names(arnOf(role)), Effect: "Deny", Action: "sts:AssumeRole", Resource: undefined };
    return { changes: [[later, statement(trust, "assumeRolePolicy")]], found: [] };
  });
  breaks(principalsExist, "a session in place of a role", (record) => {
    const session = `arn:aws:sts::${record[0]?.account}:assumed-role/build/run`;
    return inBucketPolicy(
      record,
      session,
      `its bucket policy names ${session}, which the rehearsal cannot look up: name a role or an account`,
    );
  });
  breaks(principalsExist, "a service that is none", (record) =>
    inBucketPolicy(record, { Service: "s3" }, "s3 is not a service"),
  );
  const provider = (account: string) =>
    `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
  const trusts = (Federated: string) =>
    statement({ ...names({ Federated }), Resource: undefined }, "assumeRolePolicy");
  breaks(principalsExist, "a trust in a provider of the role's own account is fine", (record) => {
    const role = first(record, ROLE);
    return { changes: [[role, trusts(provider(String(role.account)))]], found: [] };
  });
  breaks(principalsExist, "a trust in a provider of another account", (record) => {
    const foreign = provider(String(record[1]?.account));
    const role = first(record, ROLE);
    return one(
      role,
      trusts(foreign),
      `${foreign} is not an OpenID Connect provider of account ${role.account}`,
    );
  });
  breaks(promisesKept, "a condition on a role that no stack creates", (record) =>
    one(
      first(record, BUCKET),
      statement({
        ...names(`arn:aws:iam::${record[0]?.account}:root`),
        Condition: { ArnEquals: { "aws:PrincipalArn": [stranger(record)] } },
      }),
      `statement Extra of its bucket policy counts on role ${stranger(record)}, which no stack creates`,
    ),
  );
  breaks(promisesKept, "a condition on another project's role is fine", (record) => ({
    changes: [
      [
        first(record, BUCKET),
        statement({
          ...names(`arn:aws:iam::${record[0]?.account}:root`),
          Condition: { ArnEquals: { "aws:PrincipalArn": ["arn:aws:iam::111111111111:role/auditors"] } },
        }),
      ],
    ],
    found: [],
  }));
  breaks(
    promisesKept,
    "a condition on roles of a workload that is called as the project is, is fine",
    (record) => ({
      changes: [
        [
          first(record, BUCKET),
          statement({
            ...names(`arn:aws:iam::${record[0]?.account}:root`),
            Condition: {
              ArnLike: { "aws:PrincipalArn": ["arn:aws:iam::111111111111:role/delivery--br-????????-task"] },
            },
          }),
        ],
      ],
      found: [],
    }),
  );
  breaks(promisesKept, "a grant to assume a role that no stack creates", (record) =>
    one(
      first(record, "aws:iam/rolePolicy:RolePolicy"),
      statement({ Sid: "Extra", Effect: "Allow", Action: ["sts:AssumeRole"], Resource: [stranger(record)] }),
      `statement Extra of its inline policy counts on role ${stranger(record)}, which no stack creates`,
    ),
  );
});
