import assert from "node:assert/strict";
import { NotKnown } from "../../src/policy/notKnown";
import { judgeMatrix } from "../../src/matrix/matrix";
import type { Permission } from "../../src/matrix/permission";
import type { Written } from "../../src/documents";
import { list, map, type Values } from "../../src/json";
import { document } from "../asked";
import { BUCKET, GALLERY, gallery, GUIDE, LIMITS, MUSEUM, PAINTER, PERMISSIONS, STUDIO } from "../gallery";

const NARROW = "; narrow the statement, or add a row that says why";
const ADD = "; add the statement, or take the row out";

/** A document with one statement changed, or without it. */
const withStatement = (document: Values, sid: string, change: Values | undefined): Values => ({
  ...document,
  Statement: list(document["Statement"])
    .map(map)
    .flatMap((each) => (each["Sid"] === sid ? (change ? { ...each, ...change } : []) : each)),
});
const role = (arn: typeof PAINTER | typeof GUIDE, change: object): Written => ({
  ...GALLERY,
  roles: { ...GALLERY.roles, [arn]: { ...GALLERY.roles[arn], ...change } },
});
const bucket = (sid: string, change?: Values): Written => {
  const own = GALLERY.resources[BUCKET];
  return { ...GALLERY, resources: { [BUCKET]: { ...own, policy: withStatement(own.policy, sid, change) } } };
};
const may = (who: string, arn: string): Permission => ({
  ...{
    who,
    actions: ["s3:PutObject"],
    on: [{ arn, account: STUDIO }],
    reason: "it may",
    at: "gallery.yaml:2",
  },
});
const found = async (written: Written, permissions?: readonly Permission[]): Promise<readonly string[]> =>
  judgeMatrix(await gallery(written, permissions)).findings;

describe("The access matrix of a made-up estate", () => {
  it("is what its policies say", async () => {
    assert.deepEqual(judgeMatrix(await gallery()), { asked: 44406, decided: 277, findings: [] });
  });

  it("finds what a policy allows and no permission says", async () => {
    const { inline } = GALLERY.roles[PAINTER];
    const wider = { inline: withStatement(inline, "Paint", { Resource: `${BUCKET}/*` }) };
    const says = `which the access matrix does not have, by Paint in inline policy of role painter and Pictures in managed policy limits${NARROW}`;
    assert.deepEqual(await found(role(PAINTER, wider)), [
      `role painter may s3:PutObject on ${BUCKET}/draftsx/1 with aws:SecureTransport=true, ${says}`,
    ]);
    const anyPrefix = { inline: withStatement(inline, "Look", { Condition: undefined }) };
    assert.deepEqual(await found(role(PAINTER, anyPrefix)), [
      `role painter may s3:ListBucket on ${BUCKET} with aws:SecureTransport=true, which the access matrix does not have, by Look in inline policy of role painter and Pictures in managed policy limits${NARROW}`,
    ]);
  });

  it("finds what a statement allows whose resource depends on who asks", async () => {
    const { inline } = GALLERY.roles[PAINTER];
    const own = {
      inline: withStatement(inline, "Paint", { Resource: `${BUCKET}/drafts/\${aws:PrincipalAccount}` }),
    };
    const named = may(`role ${GUIDE}`, `${BUCKET}/drafts/${STUDIO}`);
    const [first] = await found(role(PAINTER, own), [...PERMISSIONS.slice(1), named]);
    assert.equal(
      first,
      `role painter may s3:PutObject on ${BUCKET}/drafts/${STUDIO} with aws:SecureTransport=true, which the access matrix does not have, by Paint in inline policy of role painter and Pictures in managed policy limits${NARROW}`,
    );
  });

  it("asks in the account of a permission for what it names in any account, since it may be shared", async () => {
    const subnet = (account: string, id: string) => `arn:aws:ec2:eu-west-1:${account}:subnet/${id}`;
    const inline = document({
      ...{ Sid: "Join", Effect: "Allow", Action: "ec2:CreateNetworkInterface" },
      Resource: [subnet("*", "subnet-1")],
    });
    const builder = `arn:aws:iam::${STUDIO}:role/builder`;
    const { trust } = GALLERY.roles[PAINTER];
    const written = { ...GALLERY, roles: { ...GALLERY.roles, [builder]: { trust, inline } } };
    const builds = (id: string): Permission => ({
      ...{ who: `role ${builder}`, actions: ["ec2:CreateNetworkInterface"] },
      ...{ on: [{ arn: subnet("*", id), account: STUDIO }], reason: "it builds", at: "gallery.yaml:2" },
    });
    const taken = {
      ...{ who: "service ecs-tasks.amazonaws.com", actions: ["sts:AssumeRole"], at: "gallery.yaml:3" },
      ...{ on: [{ arn: builder, account: STUDIO }], reason: "tasks take it" },
    };
    assert.deepEqual(await found(written, [...PERMISSIONS, taken, builds("subnet-1")]), []);
    const other = await found(written, [...PERMISSIONS, taken, builds("subnet-2")]);
    assert.match(
      other.join("\n"),
      /^role builder may not ec2:CreateNetworkInterface on arn:aws:ec2:eu-west-1:111111111111:subnet\/subnet-2, which the access matrix has \(it builds\)/m,
    );
  });

  it("asks a stranger for buckets of a pattern too, since their ARNs say no account; of a whole name there is one", async () => {
    const { trust } = GALLERY.roles[PAINTER];
    const hanger = `arn:aws:iam::${STUDIO}:role/hanger`;
    const hanging = (Resource: string, Condition?: object): Written => ({
      ...GALLERY,
      roles: {
        ...GALLERY.roles,
        [hanger]: {
          trust,
          inline: document({ Sid: "Hang", Effect: "Allow", Action: "s3:PutObject", Resource, ...(Condition && { Condition }) }),
        },
      },
    }); // prettier-ignore
    const hangs = (arn: string): Permission[] => [
      ...PERMISSIONS,
      {
        ...{ who: `role ${hanger}`, actions: ["s3:PutObject"], on: [{ arn, account: STUDIO }] },
        ...{ reason: "it hangs", at: "gallery.yaml:2" },
      },
      {
        ...{ who: "service ecs-tasks.amazonaws.com", actions: ["sts:AssumeRole"], at: "gallery.yaml:3" },
        ...{ on: [{ arn: hanger, account: STUDIO }], reason: "tasks take it" },
      },
    ];
    const walls = "arn:aws:s3:::wall-*";
    assert.deepEqual(await found(hanging(walls), hangs(walls)), [
      `role hanger may s3:PutObject on arn:aws:s3:::wall-1, which the access matrix does not have, by Hang in inline policy of role hanger and LetsIn in the other side${NARROW}`,
    ]);
    const own = { StringEquals: { "aws:ResourceAccount": STUDIO } };
    assert.deepEqual(await found(hanging(walls, own), hangs(walls)), []);
    const one = "arn:aws:s3:::wall/*";
    assert.deepEqual(await found(hanging(one), hangs(one)), []);
  });

  it("finds what a permission says and the policies of one side do not allow", async () => {
    const lacks = (leg: string) =>
      `which the access matrix has (role ${GUIDE} works), for lack of ${leg}${ADD}`;
    const show = `role guide may not s3:GetObject on ${BUCKET}/public/1 with aws:SecureTransport=true`;
    const nothing = withStatement(GALLERY.roles[GUIDE].inline, "Show", { Effect: "Deny" });
    assert.deepEqual(
      (await found(role(GUIDE, { inline: nothing })))[0],
      `${show}, ${lacks("explicit deny by inline policy of role guide, Show")}`,
    );
    const [, rewritten, ...others] = await found(bucket("ShowPublic"));
    assert.deepEqual(await found(bucket("ShowPublic")), [`${show}, ${lacks("resource")}`, rewritten]);
    assert.match(
      rewritten ?? "",
      /^role guide, rewritten by an administrator of 222222222222, may not s3:Get/,
    );
    assert.deepEqual(others, []);
  });

  it("finds whom a policy of a resource lets in: another role, another account, everyone", async () => {
    const who = (all: readonly string[]) => all.map((each) => each.replace(/ may(?: not)? .*/, "")).sort();
    assert.deepEqual(who(await found(bucket("ShowPublic", { Condition: undefined }))), [
      `an administrator of ${MUSEUM}`,
      `root of ${MUSEUM}`,
    ]);
    const open = await found(bucket("ShowPublic", { Principal: "*", Condition: undefined }));
    assert.ok(
      open.includes(
        `anonymous may s3:GetObject on ${BUCKET}/public/1 with aws:SecureTransport=true, which the access matrix does not have, by ShowPublic in bucket policy of ${BUCKET}${NARROW}`,
      ),
      open.join("\n"),
    );
    assert.ok(who(open).includes("an-administrator of a stranger's account"));
  });

  it("finds a refusal that is gone, and a boundary that lets more through", async () => {
    const plain = await found(bucket("RequireTls", { Action: "s3:GetObject" }));
    assert.ok(
      plain.includes(
        `role painter may s3:PutObject on ${BUCKET}/drafts/1 with aws:SecureTransport=false, which the access matrix does not have, by Paint in inline policy of role painter and Pictures in managed policy limits${NARROW}`,
      ),
      plain.join("\n"),
    );
    const limits = withStatement(GALLERY.managed[LIMITS], "Pictures", {
      Action: ["s3:*", "sns:Publish"],
      Resource: "*",
    });
    const wide = await found({ ...GALLERY, managed: { [LIMITS]: limits } });
    assert.ok(wide.length > 0);
    for (const each of wide)
      assert.match(each, /^a painter with every permission may .* and Pictures in managed policy limits/);
  });

  it("finds a permission that nothing was asked of", async () => {
    const [own] = PERMISSIONS;
    assert.ok(own);
    const none = { ...own, who: "role nobody-has", at: "gallery.yaml:9" };
    assert.deepEqual(await found(GALLERY, [...PERMISSIONS, none]), [
      `gallery.yaml:9: nothing was asked of the row "role nobody-has: s3:PutObject on ${BUCKET}/drafts/*": its names fit nothing, or its conditions exclude each other`,
    ]);
  });

  it("takes a permission of the most for no more than that", async () => {
    const more = PERMISSIONS.map((each) => ({
      ...each,
      actions: each.actions.map((one) => (one === "s3:PutObject" ? "s3:Put*" : one)),
    }));
    const [first] = await found(GALLERY, more);
    assert.match(first ?? "", /^role painter may not s3:Put\w+ .*, for lack of identity; add the statement/);
    assert.deepEqual(
      await found(
        GALLERY,
        more.map((each) => ({ ...each, atMost: true })),
      ),
      [],
    );
  });

  it("is refused for what AWS does not document, and for policies that are not there", async () => {
    const [own, ...others] = PERMISSIONS;
    assert.ok(own);
    const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
      [
        () => found(GALLERY, [{ ...own, when: [{ key: "s3:colour", values: ["red"] }] }, ...others]),
        "condition key s3:colour does not exist",
      ],
      [
        () => found(bucket("ShowPublic", { Effect: "Maybe" })),
        `bucket policy of ${BUCKET}: ShowPublic: Effect is Maybe, neither Allow nor Deny`,
      ],
      [
        () => found(role(PAINTER, { managed: [`arn:aws:iam::${STUDIO}:policy/brushes`] })),
        `role painter has managed policy arn:aws:iam::${STUDIO}:policy/brushes, whose document is not here: give it`,
      ],
    ];
    for (const [ask, message] of refusals) await assert.rejects(ask, new NotKnown(message));
  });
});
