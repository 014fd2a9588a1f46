import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ACCOUNT,
  BUCKET,
  type Case,
  CODES,
  FILES,
  LATER,
  made,
  refusals,
  shownOnly,
  templateOnly,
} from "./judging";

/**
 * Nothing that opens anything passes. What opens is said here again, by the grammar of AWS's policies
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) read as widely as anybody might:
 * keys in any case, the last of two that are alike, text as what it says, what is not known as the worst.
 */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const said = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);
const LAMBDA = "lambda.amazonaws.com";
const API = "apigateway.amazonaws.com";

const spelled = (word: string) => fc.constantFrom(word, word, word, word.toLowerCase(), word.toUpperCase());
const who = fc.constantFrom<Json>(
  ...[LAMBDA, LAMBDA, API, "ec2.amazonaws.com", "*", ACCOUNT, "999999999999", LATER, "{{resolve:ssm:x}}"],
  ...[`arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${ACCOUNT}:role/*`, `arn:aws:iam::999999999999:role/${ACCOUNT}`],
  ...[`arn:aws:sts::${ACCOUNT}:assumed-role/a/b`, "AROAEXAMPLE", "accounts.google.com", ` ${LAMBDA}`, `${LAMBDA}.evil`],
  ...[7, true, null],
); // prettier-ignore
const some = <T extends Json>(of: fc.Arbitrary<T>): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 3, arbitrary: of },
    fc.array(of, { maxLength: 2 }),
    fc.array(fc.array(of, { maxLength: 2 }), { maxLength: 2 }),
  );
const object = (...entries: fc.Arbitrary<[string, Json]>[]): fc.Arbitrary<Json> =>
  fc
    .tuple(...entries.map((entry) => fc.option(entry, { freq: 9, nil: undefined })))
    .map((pairs) => Object.fromEntries(pairs.flatMap((pair) => (pair ? [pair] : []))));
const entry = (word: string, value: fc.Arbitrary<Json>): fc.Arbitrary<[string, Json]> =>
  fc.tuple(spelled(word), value);
const principal: fc.Arbitrary<Json> = fc.oneof(
  who,
  object(
    fc.tuple(
      fc.constantFrom("Service", "Service", "AWS", "Federated", "CanonicalUser", "service"),
      some(who),
    ),
  ),
  object(entry("Service", some(who)), entry("AWS", some(who))),
);
const effect = fc.constantFrom<Json>("Allow", "Allow", "Allow", "allow", "Deny", "deny", LATER, null);
const action = some(
  fc.constantFrom<Json>(
    "sts:AssumeRole",
    "sts:AssumeRole",
    "STS:AssumeRole",
    "sts:TagSession",
    "sts:AssumeRoleWithWebIdentity",
    "*",
    LATER,
  ),
);
const sources = some(
  fc.constantFrom<Json>(
    ACCOUNT,
    ACCOUNT,
    "999999999999",
    "*",
    LATER,
    `arn:aws:execute-api:eu-west-1:${ACCOUNT}:x`,
    `arn:aws:execute-api:eu-west-1:999999999999:${ACCOUNT}:`,
  ),
);
const condition = object(
  fc.tuple(
    fc.constantFrom(
      "StringEquals",
      "StringEquals",
      "ArnLike",
      "StringLike",
      "StringEqualsIfExists",
      "StringNotEquals",
      "ForAllValues:StringEquals",
    ),
    object(
      fc.tuple(
        fc.constantFrom("aws:SourceAccount", "AWS:SourceAccount", "aws:SourceArn", "aws:PrincipalAccount"),
        sources,
      ),
    ),
  ),
);
const statement: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: object(entry("Effect", effect), entry("Principal", principal), entry("Action", action), fc.tuple(fc.constantFrom("Condition", "principal", "NotPrincipal", "Sid"), condition)) },
  { weight: 8, arbitrary: object(fc.tuple(fc.constant("Effect"), fc.constant("Allow")), fc.tuple(fc.constant("Principal"), principal), fc.tuple(fc.constant("Action"), action), fc.tuple(fc.constant("Condition"), condition)) },
  // One that is well, so that not all is refused.
  { weight: 6, arbitrary: fc.constant<Json>({ Effect: "Allow", Principal: { Service: LAMBDA }, Action: "sts:AssumeRole" }) },
  fc.constantFrom<Json>(LATER, "x", null),
); // prettier-ignore
/** A document as it is, as text, as text in text, cut off, or completed by what is known later. */
const written = (document: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 6, arbitrary: document },
    document.map((each) => JSON.stringify(each)),
    document.map((each) => JSON.stringify(JSON.stringify([each]))),
    document.map((each) => ` ${JSON.stringify(each, null, 1)}`),
    fc.tuple(document, fc.nat(200)).map(([each, at]) => JSON.stringify(each).slice(0, at) + LATER),
  );
const document: fc.Arbitrary<Json> = written(
  object(
    entry("Statement", fc.oneof(statement, fc.array(statement, { maxLength: 3 }))),
    fc.tuple(fc.constant("Version"), fc.constantFrom<Json>("2012-10-17", LATER)),
  ),
);

/** All that somebody might take for a statement in it; undefined: it can't be told. */
function statementsOf(value: Json): Map<string, Json[]>[] | undefined {
  if (typeof value === "string") {
    if (!/["[{]/.test(value) && !value.includes("{{")) return [];
    try {
      return statementsOf(JSON.parse(value) as Json);
    } catch {
      return undefined;
    }
  }
  if (Array.isArray(value)) return all(value.map(statementsOf));
  if (typeof value !== "object" || value === null) return [];
  const keys = new Map<string, Json[]>();
  for (const [key, each] of Object.entries(value))
    keys.set(key.toLowerCase(), [...(keys.get(key.toLowerCase()) ?? []), each]);
  if (keys.has("effect") && (keys.has("principal") || keys.has("notprincipal"))) return [keys];
  return all((keys.get("statement") ?? []).map(statementsOf));
}
const all = <T>(lists: readonly (T[] | undefined)[]): T[] | undefined =>
  lists.some((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);

const leaves = (value: Json): Json[] =>
  Array.isArray(value)
    ? value.flatMap(leaves)
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(leaves)
      : [value];
/** [kind, who] of a principal; who is named without a kind is AWS. */
const named = (value: Json): [string, Json][] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([kind, each]) =>
        leaves(each).map((leaf): [string, Json] => [kind.toLowerCase(), leaf]),
      )
    : leaves(value).map((leaf): [string, Json] => ["aws", leaf]);
const denies = (keys: Map<string, Json[]>): boolean =>
  (keys.get("effect") ?? []).every((each) => each === "Deny");

/** Whether anybody but Lambda may take a role of this trust, in any other way than AssumeRole. */
function trustOpens(value: Json): boolean {
  const statements = statementsOf(value);
  return (
    statements === undefined ||
    statements.some(
      (keys) =>
        !denies(keys) &&
        (keys.has("notprincipal") ||
          (keys.get("principal") ?? [])
            .flatMap(named)
            .some(([kind, one]) => kind !== "service" || one !== LAMBDA) ||
          (keys.get("action") ?? [])
            .flatMap(leaves)
            .some((one) => said(one).toLowerCase() !== "sts:assumerole")),
    )
  );
}

const OWN = [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:sts::${ACCOUNT}:assumed-role/a/b`];
const ours = (source: Json): boolean =>
  source === ACCOUNT ||
  (typeof source === "string" && source.startsWith("arn:") && source.split(":")[4] === ACCOUNT);
/** Whether a condition holds a service to sources of the own account. */
function holds(conditions: Json[]): boolean {
  const [only] = conditions;
  if (conditions.length !== 1 || typeof only !== "object" || only === null || Array.isArray(only))
    return false;
  return Object.entries(only).some(
    ([operator, keys]) =>
      ["StringEquals", "StringLike", "ArnLike", "ArnEquals"].includes(operator) &&
      Object.entries(keys ?? {}).some(([key, value]) => {
        const values = leaves(value as Json);
        return /^aws:Source(Account|Arn)$/i.test(key) && values.length > 0 && values.every(ours);
      }),
  );
}
/** Whether a policy lets in who is not of the own account. */
function policyOpens(value: Json): boolean {
  const statements = statementsOf(value);
  return (
    statements === undefined ||
    statements.some(
      (keys) =>
        !denies(keys) &&
        (keys.has("notprincipal") ||
          (keys.get("principal") ?? [])
            .flatMap(named)
            .some(([kind, one]) =>
              kind === "service"
                ? one !== API || !holds(keys.get("condition") ?? [])
                : kind !== "aws" || !OWN.includes(said(one)),
            )),
    )
  );
}

/** What the template says where CloudFormation shows that it is not known: something of another stack. */
function later(value: Json): Json {
  if (typeof value === "string" && value.includes(LATER)) {
    const text = value.replaceAll("${", "${!").replaceAll(LATER, "${Other}");
    return value === LATER
      ? { "Fn::ImportValue": "theirs" }
      : { "Fn::Sub": [text, { Other: { "Fn::ImportValue": "theirs" } }] };
  }
  if (Array.isArray(value)) return value.map(later);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, later(each)]));
}

/** Many at once: each run of the property judges a list, and shrinks to the one that passes. */
const SIZE = { minLength: 40, maxLength: 40 } as const;
async function holdsFor<T>(
  of: fc.Arbitrary<T>,
  opens: (one: T) => boolean,
  cases: (one: T) => Case[],
): Promise<void> {
  let opened = 0;
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(of, SIZE), async (list) => {
      const asked = list.map((one) => ({ one, looks: cases(one) }));
      const found = await refusals(asked.flatMap(({ looks }) => looks));
      let next = 0;
      for (const { one, looks } of asked) {
        const lines = looks.map(() => found[next++] ?? []);
        if (opens(one)) opened++;
        else if (lines.every(({ length }) => length === 0)) passed++;
        if (opens(one))
          assert.ok(
            lines.every(({ length }) => length > 0),
            JSON.stringify({ one, lines }),
          );
      }
    }),
    { seed: 12, numRuns: 1 },
  );
  // Neither is everything made up here dangerous, nor does everything fall to one crude rule.
  assert.ok(opened > 5 && passed > 0, `${opened} opened, ${passed} passed`);
}
const looks =
  (type: string, name: string) =>
  (value: Json): Case[] => {
    const properties = { [name]: value };
    return [shownOnly({ type, properties }), templateOnly({ type, properties: { [name]: later(value) } })];
  };

describe("changes.jq: nothing that opens anything passes", () => {
  it("roles that others may take", async () => {
    await holdsFor(document, trustOpens, looks("AWS::IAM::Role", "AssumeRolePolicyDocument"));
  });

  it("policies of resources, as objects and as text", async () => {
    await holdsFor(document, policyOpens, looks("AWS::SQS::QueuePolicy", "PolicyDocument"));
    await holdsFor(document, policyOpens, looks("AWS::Logs::ResourcePolicy", "PolicyDocument"));
  });

  it("permissions of functions", async () => {
    const arn = fc.constantFrom<Json>(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:x/*`, `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${LATER}/*`, "arn:aws:execute-api:eu-west-1:999999999999:x/*", `arn:aws:execute-api:*:*:${ACCOUNT}:*`, "arn:aws:s3:::theirs", "*"); // prettier-ignore
    const permission = object(
      fc.tuple(fc.constant("Principal"), fc.oneof(fc.constant<Json>(API), who)),
      fc.tuple(fc.constantFrom("SourceArn", "SourceArn", "sourceArn"), arn),
      fc.tuple(fc.constant("SourceAccount"), fc.constantFrom<Json>(ACCOUNT, "999999999999", "*", LATER)),
      fc.tuple(fc.constantFrom("Action", "PrincipalOrgID", "principal"), who),
    ) as fc.Arbitrary<Record<string, Json>>;
    const opens = (one: Record<string, Json>): boolean => {
      const { Principal, SourceArn, SourceAccount, principal: other } = one;
      if (Principal === undefined) return other !== undefined;
      if (OWN.includes(said(Principal))) return false;
      const bucket = typeof SourceArn === "string" && SourceArn.startsWith("arn:aws:s3:::");
      const account = SourceAccount === ACCOUNT;
      const held = SourceArn === undefined ? account : ours(SourceArn) || (bucket && account);
      return Principal !== API || !held || (SourceAccount !== undefined && !account);
    };
    await holdsFor(permission, opens, (properties) => [
      shownOnly({ type: "AWS::Lambda::Permission", properties }),
      templateOnly({ type: "AWS::Lambda::Permission", properties: later(properties) }),
    ]);
  });

  it("code of others", async () => {
    const ours_ = CODES.map((sha) => `${FILES}code/${sha}.zip`);
    const code = object(
      fc.tuple(fc.constant("S3Bucket"), fc.constantFrom<Json>(BUCKET, BUCKET, BUCKET, "theirs", LATER)),
      fc.tuple(fc.constant("S3Key"), fc.constantFrom<Json>(...ours_, ...ours_, `${FILES}code/${"ff".repeat(32)}.zip`, LATER, `${FILES}code/${LATER}.zip`)),
      fc.tuple(fc.constantFrom("S3ObjectVersion", "ZipFile", "ImageUri", "S3Key", "S3Bucket"), fc.constantFrom<Json>(BUCKET, ...ours_, "x")),
    ); // prettier-ignore
    const opens = (one: Json): boolean => {
      const { S3Bucket, S3Key, ...more } = one as Record<string, Json>;
      return S3Bucket !== BUCKET || !ours_.includes(said(S3Key)) || Object.keys(more).length > 0;
    };
    await holdsFor(code, opens, looks("AWS::Lambda::Function", "Code"));
  });

  it("change sets that can't be read in any part", async () => {
    const good = made({ type: "AWS::CloudWatch::Alarm", properties: { Threshold: 1 } });
    const { Changes } = good.set as { Changes: [{ ResourceChange: Record<string, Json> }] };
    const [{ ResourceChange }] = Changes;
    const odd = fc.constantFrom<Json>(null, 1, "", "x", [], {}, "{", '{"Properties":', "(Truncated-Signature):0", LATER, "Import", "Dynamic"); // prettier-ignore
    const broken = fc
      .tuple(fc.constantFrom("Action", "LogicalResourceId", "ResourceType", "AfterContext", "Type"), odd)
      .filter(([name, value]) => !(name === "AfterContext" && JSON.stringify(value) === '"{}"'));
    await fc.assert(
      fc.asyncProperty(fc.array(broken, SIZE), async (list) => {
        const cases = list.map(([name, value]): Case => {
          const change =
            name === "Type"
              ? { Type: value, ResourceChange }
              : { Type: "Resource", ResourceChange: { ...ResourceChange, [name]: value } };
          return { ...good, set: { Changes: [change] } };
        });
        const found = await refusals([good, ...cases]);
        assert.deepEqual(found[0], []);
        list.forEach((one, index) => assert.ok((found[index + 1] ?? []).length > 0, JSON.stringify(one)));
      }),
      { seed: 12, numRuns: 1 },
    );
  });
});
