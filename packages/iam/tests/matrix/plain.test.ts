import assert from "node:assert/strict";
import fc from "fast-check";
import type { Written } from "../../src/documents";
import type { Values } from "../../src/json";
import type { Permission } from "../../src/matrix/permission";
import { askRound, type Mismatch, type Round } from "../../src/matrix/questions";
import { classes, marksOf } from "../../src/matrix/statements";
import { statementsOf } from "../../src/model";
import { NotKnown } from "../../src/policy/notKnown";
import { document } from "../asked";
import { BUCKET, GALLERY, gallery, GUIDE, LIMITS, MUSEUM, PAINTER, PERMISSIONS, STUDIO } from "../gallery";
import { askPlainly } from "./plain";

const HELPER = `arn:aws:iam::${STUDIO}:role/helper`;
const STRANGER = "999999999999";

const resources = fc.constantFrom<unknown>(
  ...["*", BUCKET, `${BUCKET}/*`, `${BUCKET}/drafts/*`, [BUCKET, `${BUCKET}/public/*`]],
  ...[`${BUCKET}/\${aws:PrincipalAccount}/*`, `${BUCKET}/\${aws:PrincipalTag/branch}/*`],
);
const condition = fc.option(
  fc.constantFrom<Values>(
    { Bool: { "aws:SecureTransport": "false" } },
    { Bool: { "aws:SecureTransport": "true" } },
    { StringEquals: { "s3:prefix": "drafts/" } },
    { StringNotEquals: { "s3:prefix": ["drafts/", "public/"] } },
    { ArnEquals: { "aws:PrincipalArn": GUIDE } },
    { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::${STUDIO}:role/*` } },
    { StringEquals: { "aws:PrincipalAccount": [MUSEUM, STRANGER] } },
  ),
  { nil: undefined },
);
const principal = fc.constantFrom<unknown>(
  ...["*", { AWS: `arn:aws:iam::${STUDIO}:root` }, { AWS: [`arn:aws:iam::${MUSEUM}:root`, PAINTER] }],
  ...[{ AWS: GUIDE }, { AWS: HELPER }, { Service: "lambda.amazonaws.com" }],
);
const effect = fc.constantFrom("Allow", "Allow", "Allow", "Deny");
const objects = fc.constantFrom("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:*");
const tidy = (values: Values, index: number): Values => ({
  Sid: `S${index}`,
  ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
});
const written = (statement: fc.Arbitrary<Values>) =>
  fc.array(statement, { minLength: 1, maxLength: 4 }).map((all) => document(...all.map(tidy)));

const role = fc.constantFrom<unknown>("*", PAINTER, GUIDE, [HELPER, GUIDE]);
const identity = written(
  fc.oneof(
    fc.record({ Effect: effect, Action: objects, Resource: resources, Condition: condition }),
    fc.record({ Effect: effect, Action: fc.constant("sts:AssumeRole"), Resource: role }),
    fc.constant({ Effect: "Allow", Action: "*", Resource: "*" }),
  ),
);
const onBucket = written(
  fc.record({
    Effect: effect,
    Action: objects,
    Resource: resources,
    Principal: principal,
    Condition: condition,
  }),
);
const trust = written(
  fc.record({
    ...{ Effect: effect, Action: fc.constantFrom("sts:AssumeRole", ["sts:AssumeRole", "sts:TagSession"]) },
    ...{
      Principal: principal,
      Condition: condition.filter((each) => !JSON.stringify(each ?? {}).includes("s3:prefix")),
    },
  }),
);
const boundary = fc.constantFrom(undefined, undefined, LIMITS);
const made = fc.record({ trust, inline: identity, boundary }).map(({ boundary: limits, ...rest }) => ({
  ...rest,
  ...(limits !== undefined && { boundary: limits }),
}));
const estate: fc.Arbitrary<Written> = fc
  .record({
    painter: made,
    guide: made,
    helper: made,
    limits: identity,
    onBucket,
  })
  .map(({ painter, guide, helper, limits, onBucket: policy }) => ({
    roles: { [PAINTER]: painter, [GUIDE]: guide, [HELPER]: helper },
    managed: { [LIMITS]: limits },
    resources: { [BUCKET]: { account: STUDIO, attached: "bucket", policy } },
  }));
const FURTHER: readonly Permission[] = [
  {
    ...{ who: "nobody", actions: ["s3:PutObject"], on: [{ arn: `${BUCKET}/*`, account: STUDIO }] },
    ...{
      when: [{ key: "s3:prefix", values: ["x"] }],
      exceptPrincipals: [PAINTER],
      reason: "others",
      at: "1",
    },
  },
  {
    ...{ who: "nobody", actions: ["iam:PassRole"], on: [{ arn: PAINTER, account: STUDIO }] },
    ...{ reason: "not handed on", at: "3" },
  },
  {
    ...{ who: "everybody", actions: ["s3:ListBucket"], on: [{ arn: "*", account: undefined }] },
    ...{ when: [{ key: "aws:SecureTransport", values: ["true"] }], reason: "all", at: "2", atMost: true },
  },
];

/** What a round finds and decides, in its order. */
function told(ask: (round: Pick<Round, "found" | "decided">) => unknown) {
  const found: unknown[] = [];
  const exercised: unknown[] = [];
  let decisions = 0;
  ask({
    found: ({ subject, of, asked, context, decision, permissions }: Mismatch) => {
      const fitting = permissions.map(({ reason }) => reason);
      found.push([subject.name, of.representative, asked, context, decision, fitting]);
      return false;
    },
    decided: (permissions, count) => {
      decisions += count;
      if (permissions.length > 0) exercised.push(permissions.map(({ reason }) => reason));
    },
  });
  return { decisions, found, exercised };
}

describe("Whoever the access matrix asks", () => {
  it("has the same answers, as many and in the same order, as if everybody was asked for everything", async () => {
    const samples = fc.sample(fc.tuple(estate, fc.subarray([...PERMISSIONS, ...FURTHER])), {
      seed: 27,
      numRuns: 40,
    });
    let [allowed, denied] = [0, 0];
    for (const [policies, permissions] of samples) {
      const { ground, real, rewritten, stripped } = await gallery(policies, permissions);
      const all = classes(statementsOf(real.model), ground.named, marksOf(ground.actions, permissions));
      for (const actors of [real, rewritten, stripped]) {
        const plain = told((round) => askPlainly(ground, { ...round, actors, classes: all }));
        const quick = told((round) => askRound(ground, { ...round, actors, classes: all }));
        assert.deepEqual(quick, plain);
        allowed += plain.found.length;
        denied += plain.decisions;
      }
    }
    assert.ok(allowed > 1000 && denied > 10_000, `${allowed} ${denied}`);
  });

  it("is asked apart where an account, a policy or what an ARN says makes a difference that no statement names", async () => {
    const anywhere = (who: string, actions: string, account: string): Permission => ({
      ...{ who, actions: [actions], on: [{ arn: "*", account }], reason: `${who} in ${account}`, at: "1" },
    });
    const permissions = [
      ...PERMISSIONS,
      ...[`role ${PAINTER}`, `role ${GUIDE}`].flatMap((who) =>
        [STUDIO, MUSEUM].map((account) => anywhere(who, "s3:GetBucketTagging", account)),
      ),
      ...[`role ${PAINTER}`, `role ${GUIDE}`].map((who) => anywhere(who, "s3:DeleteBucket", STUDIO)),
      anywhere("everybody", "kms:CreateGrant", STUDIO),
    ];
    const things = (arns: readonly (readonly [arn: string, account: string])[]) =>
      arns.map(([arn, account]) => ({ arn, account }));
    const [key, other] = ["without-policy", "of-others"].map(
      (name) => `arn:aws:kms:eu-west-1:${STUDIO}:key/${name}`,
    ) as [string, string];
    const decrypts = { Sid: "Use", Effect: "Allow", Action: "kms:Decrypt", Principal: { AWS: GUIDE } };
    const asked = things([
      ...[["*", STUDIO], ["*", MUSEUM], [BUCKET, STUDIO]] as const,
      ...[["arn:aws:s3:::others", STRANGER], [`arn:aws:s3:eu-west-1:${STRANGER}:accesspoint/hall`, STRANGER], ["arn:aws:s3:::bare", STUDIO]] as const,
      ...[["arn:aws:s3:::bare", STRANGER], [`arn:aws:kms:eu-west-1:${STUDIO}:alias/a`, STUDIO], [other, STUDIO]] as const,
    ]); // prettier-ignore
    const bare = {
      "arn:aws:s3:::bare": { account: STUDIO, attached: "bucket" },
      [key]: { account: STUDIO, attached: "key" },
      [other]: { account: STUDIO, attached: "key", policy: document({ ...decrypts, Resource: "*" }) },
    } as const;
    const { ground, real } = await gallery(
      { ...GALLERY, resources: { ...GALLERY.resources, ...bare } },
      permissions,
    );
    const all = classes(statementsOf(real.model), ground.named, marksOf(ground.actions, permissions));
    const answers = (ask: typeof askPlainly | typeof askRound, more: typeof asked) =>
      told((round) =>
        ask({ ...ground, asked: [...asked, ...more] }, { ...round, actors: real, classes: all }),
      );
    const plain = answers(askPlainly, []);
    assert.deepEqual(answers(askRound, []), plain);
    assert.equal(plain.exercised.length, 133);
    for (const ask of [askPlainly, askRound])
      assert.throws(
        () => answers(ask, [{ arn: key, account: STUDIO }]),
        new NotKnown(`kms:CreateGrant needs the key policy of ${key}`),
      );
  });

  it("is refused an answer where a variable may be a wildcard, and nowhere else", async () => {
    const about = (Resource: string): Written => ({
      ...GALLERY,
      roles: {
        ...GALLERY.roles,
        [PAINTER]: {
          ...GALLERY.roles[PAINTER],
          inline: document({ Sid: "All", Effect: "Allow", Action: "s3:GetObject", Resource }),
        },
      },
    });
    const branch = "${aws:PrincipalTag/branch, '*'}";
    const asked = async (ask: typeof askPlainly | typeof askRound, resource: string) => {
      const { ground, real } = await gallery(about(resource));
      const all = classes(statementsOf(real.model), ground.named, marksOf(ground.actions, PERMISSIONS));
      // Of what other policies name: this one's own text would be asked about, too.
      const named = ground.asked.filter(({ arn }) => !arn.includes("nowhere"));
      return told((round) => ask({ ...ground, asked: named }, { ...round, actors: real, classes: all }));
    };
    const nowhere = `${BUCKET}/nowhere/${branch}`;
    assert.deepEqual(await asked(askRound, nowhere), await asked(askPlainly, nowhere));
    for (const ask of [askPlainly, askRound])
      await assert.rejects(
        asked(ask, `${BUCKET}/public/${branch}`),
        new NotKnown("${aws:PrincipalTag/branch} is *, and AWS does not say whether that is a wildcard"),
      );
  });

  describe("is refused an answer, though whoever asks would be denied anyway,", () => {
    const arns = { ArnEquals: { "s3:prefix": "arn:aws:s3:::a" } };
    const noArn = "the request's drafts/1 is no ARN, and is compared with arn:aws:s3:::a";
    const { [PAINTER]: painter, [GUIDE]: guide } = GALLERY.roles;
    const bucket = (...statements: Values[]): NonNullable<Written["resources"]> => ({
      [BUCKET]: { ...GALLERY.resources[BUCKET], policy: document(...statements) },
    });
    const show = (more: Values): Values => ({
      ...{ Sid: "Show", Effect: "Allow", Action: "s3:GetObject", Principal: { AWS: GUIDE } },
      ...{ Resource: `${BUCKET}/public/*`, ...more },
    });
    const cases: readonly (readonly [title: string, policies: Written, why: string])[] = [
      [
        "where its own policy compares what cannot be compared, and a boundary has nothing",
        {
          ...GALLERY,
          roles: {
            ...GALLERY.roles,
            [PAINTER]: {
              ...painter,
              inline: document(
                { Sid: "All", Effect: "Allow", Action: "ssm:*", Resource: "*" },
                { Sid: "None", Effect: "Deny", Action: "ssm:*", Resource: "*", Condition: arns },
              ),
            },
          },
        },
        noArn,
      ],
      [
        "where the policy of a bucket of another account does, and a boundary has nothing",
        {
          roles: { ...GALLERY.roles, [GUIDE]: { ...guide, boundary: LIMITS } },
          managed: { [LIMITS]: document({ Sid: "No", Effect: "Allow", Action: "ssm:*", Resource: "*" }) },
          resources: bucket(show({ Condition: arns })),
        },
        noArn,
      ],
      [
        "where a bucket's policy denies all but somebody whom it names in part",
        {
          ...GALLERY,
          roles: { ...GALLERY.roles, [HELPER]: { trust: painter.trust } },
          resources: bucket(
            show({}),
            show({ Sid: "No", Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: HELPER } }),
          ),
        },
        `NotPrincipal names arn:aws:sts::${STUDIO}:assumed-role/helper/asked in part: AWS does not say whether that exempts it`,
      ],
    ];
    const permissions = PERMISSIONS.filter(({ who }) => who !== `role ${GUIDE}`);
    for (const [title, policies, why] of cases)
      it(title, async () => {
        const { ground, real } = await gallery(policies, permissions);
        // Strangers, who have no boundary, would be refused an answer as well.
        const actors = { ...real, subjects: real.subjects.filter(({ name }) => name.startsWith("role ")) };
        const all = classes(statementsOf(real.model), ground.named, marksOf(ground.actions, permissions));
        for (const ask of [askPlainly, askRound])
          assert.throws(
            () => told((round) => ask(ground, { ...round, actors, classes: all })),
            new NotKnown(why),
          );
      });
  });
});
