/** A made-up estate: a studio paints pictures, a museum in another account shows those that are public. */
import type { Values } from "../src/json";
import { modelOf, type Written } from "../src/documents";
import { type AccessMatrix, accessMatrix } from "../src/matrix/matrix";
import { type Permission, shortName, subject } from "../src/matrix/permission";
import { everything, roleWith } from "../src/matrix/subjects";
import { session } from "../src/policy/principals";
import { document } from "./asked";

export const STUDIO = "111111111111";
export const MUSEUM = "222222222222";
export const BUCKET = "arn:aws:s3:::pictures";
export const PAINTER = `arn:aws:iam::${STUDIO}:role/painter`;
export const GUIDE = `arn:aws:iam::${MUSEUM}:role/guide`;
export const LIMITS = `arn:aws:iam::${STUDIO}:policy/limits`;

const allow = (Sid: string, Action: string, more: Values): Values => ({
  Sid,
  Effect: "Allow",
  Action,
  ...more,
});
const trusts = (Service: string) =>
  document(allow("AssumedByService", "sts:AssumeRole", { Principal: { Service } }));

/** Every policy there is, as somebody would write it. */
export const GALLERY = {
  roles: {
    [PAINTER]: {
      trust: trusts("ecs-tasks.amazonaws.com"),
      inline: document(
        allow("Paint", "s3:PutObject", { Resource: `${BUCKET}/drafts/*` }),
        allow("Look", "s3:ListBucket", {
          Resource: BUCKET,
          Condition: { StringLike: { "s3:prefix": "drafts/*" } },
        }),
      ),
      boundary: LIMITS,
    },
    [GUIDE]: {
      trust: trusts("lambda.amazonaws.com"),
      inline: document(allow("Show", "s3:GetObject", { Resource: `${BUCKET}/public/*` })),
    },
  },
  managed: { [LIMITS]: document(allow("Pictures", "s3:*", { Resource: [BUCKET, `${BUCKET}/*`] })) },
  resources: {
    [BUCKET]: {
      account: STUDIO,
      attached: "bucket",
      policy: document(
        {
          ...allow("RequireTls", "s3:*", { Principal: "*", Resource: [BUCKET, `${BUCKET}/*`] }),
          ...{ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
        },
        allow("ShowPublic", "s3:GetObject", {
          Principal: { AWS: `arn:aws:iam::${MUSEUM}:root` },
          Resource: `${BUCKET}/public/*`,
          Condition: { ArnEquals: { "aws:PrincipalArn": GUIDE } },
        }),
      ),
    },
  },
} as const satisfies Written;

/** One line of the matrix: on resources of the account, or else of the caller's own. */
const may = (
  who: string,
  actions: string,
  on: readonly string[],
  account?: string,
  more = {},
): Permission => ({
  ...{ who, actions: actions.split(" "), on: on.map((arn) => ({ arn, account })) },
  ...{ reason: `${who} works`, at: "gallery.yaml:1" },
  ...more,
});
const drafts = { key: "s3:prefix", values: ["drafts/*"] };
const plain = { key: "aws:SecureTransport", values: ["false"] };
const TAKING = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];

/** Who may do what there, and nothing else. */
export const PERMISSIONS: readonly Permission[] = [
  may(`role ${PAINTER}`, "s3:PutObject", [`${BUCKET}/drafts/*`], STUDIO),
  may(`role ${PAINTER}`, "s3:ListBucket", [BUCKET], STUDIO, { when: [drafts] }),
  may("painter at most", "s3:*", [BUCKET, `${BUCKET}/*`], STUDIO),
  may(`role ${GUIDE}`, "s3:GetObject", [`${BUCKET}/public/*`], STUDIO),
  may("service ecs-tasks.amazonaws.com", "sts:AssumeRole", [PAINTER], STUDIO),
  may("service lambda.amazonaws.com", "sts:AssumeRole", [GUIDE], MUSEUM),
  may(`administrator ${STUDIO}`, "*", ["*"], undefined, { except: TAKING }),
  may(`administrator ${MUSEUM}`, "*", ["*"], undefined, { except: TAKING }),
  may("nobody", "s3:*", [BUCKET, `${BUCKET}/*`], STUDIO, { when: [plain] }),
];

/** The estate with a painter who has every permission, and so whatever the boundary lets through. */
export async function gallery(
  written: Written = GALLERY,
  permissions: readonly Permission[] = PERMISSIONS,
): Promise<AccessMatrix> {
  const model = await modelOf(written);
  const anything = roleWith(`${PAINTER}-of-anything`, [everything(model.keys)], LIMITS);
  const asked = (arn: string, name: string, who: string) => subject(name, session(arn, "asked"), [who]);
  const estate = {
    ...{ partition: "aws", region: "eu-west-1", accounts: [STUDIO, MUSEUM], model },
    hypothetical: [anything],
    subjects: [
      ...[...model.roles.keys()].map((arn) => asked(arn, `role ${shortName(arn)}`, `role ${arn}`)),
      asked(anything.arn, "a painter with every permission", "painter at most"),
    ],
  };
  return accessMatrix(estate, permissions);
}
