/** What an excuse may rest on: facts of a statement, and of the record that its document is in. */
import { policyDocuments } from "../../aws/policyDocuments";
import { conditionValues, type PolicyDocument, principals } from "../../record/policyDocuments";
import { allResources, ofType, type Rehearsed } from "../../record/record";
import type { Allowed as AllowedIn } from "../../../packages/iam/src/lint/limits";
import type { LintedDocument } from "../../../packages/iam/src/lint/lint";
import { map, text, texts, type Values } from "../../../packages/iam/src/json";

/** A document among all that the stacks registered. */
export interface PlacedDocument extends PolicyDocument, Pick<LintedDocument, "attached" | "title"> {
  readonly record: Rehearsed;
}

export type Allowed = AllowedIn<PlacedDocument>;

export const resources = ({ statement }: Allowed): string[] => texts(statement["Resource"]);
/** Everything that a statement is on is named so far. */
export const named =
  (form: RegExp) =>
  (allowed: Allowed): boolean =>
    resources(allowed).length > 0 && resources(allowed).every((each) => form.test(each));
export const goesBy =
  (key: string, value?: string) =>
  ({ statement }: Allowed): boolean => {
    const values = conditionValues(statement, key);
    return values.length > 0 && (value === undefined || values.every((each) => each === value));
  };
export const either =
  (...all: readonly ((allowed: Allowed) => boolean)[]) =>
  (allowed: Allowed): boolean =>
    all.some((each) => each(allowed));
export const both =
  (...all: readonly ((allowed: Allowed) => boolean)[]) =>
  (allowed: Allowed): boolean =>
    all.every((each) => each(allowed));

const POLICY = "aws:iam/policy:Policy";
/** The role that a policy is of, in the record: one that a policy of a name of its own is attached to. */
function holderOf(record: Rehearsed, { resource }: PolicyDocument): string | undefined {
  if (resource.type !== POLICY) return text(resource.inputs, "role");
  const attached = ofType(record, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").find(
    ({ inputs, stack }) => stack === resource.stack && inputs["policyArn"] === resource.outputs["arn"],
  );
  return attached && text(attached.inputs, "role");
}

/** Everybody whom the trust of the role that a statement is of lets in is like that. */
const takenOnly =
  (kind: "Service" | "Federated" | "AWS", is: (principal: string, statement: Values) => boolean) =>
  (allowed: Allowed): boolean => {
    const name = holderOf(allowed.document.record, allowed.document);
    const trusts = policyDocuments(allowed.document.record).filter(
      (document) =>
        document.kind === "trust" &&
        document.resource.stack === allowed.document.resource.stack &&
        document.resource.outputs["name"] === name,
    );
    const statements = trusts.flatMap((each) => each.statements);
    return (
      statements.length > 0 &&
      statements.every(
        (each) =>
          Object.keys(map(each["Principal"])).join() === kind &&
          principals(each, kind).every((principal) => is(principal, each)),
      )
    );
  };

/** The role that a statement is of can be taken by one of AWS's services, and by nobody else. */
export const takenBy = (...services: readonly string[]) =>
  takenOnly("Service", (service) => services.includes(service));

/** Comparisons that let in what they name, and nobody else. */
const NAMES = /^(ForAnyValue:)?(Arn|String)(Equals|Like)$/;
/** Whether a statement goes by such a comparison of a key, with something in each of its values. */
const nameIn = (statement: Values, key: RegExp): boolean =>
  Object.entries(map(statement["Condition"])).some(
    ([operator, tested]) =>
      NAMES.test(operator) &&
      Object.entries(map(tested)).some(
        ([name, value]) =>
          key.test(name) && texts(value).length > 0 && texts(value).every((each) => !/^[*?]*$/.test(each)),
      ),
  );

/** A job's statement about the state that the stacks are kept in. */
const ofJob = (allowed: Allowed): boolean =>
  /^(Read|List|Decrypt|Write|Encrypt)State$/.test(String(allowed.statement["Sid"])) &&
  takenBy("codebuild.amazonaws.com")(allowed);

/** The role is for previews, of pull requests or by a job, or for ups, and what it may use is no stack's of ours: state of Pulumi. */
export const usesState = (allowed: Allowed): boolean =>
  (ofJob(allowed) ||
    takenOnly("Federated", () => true)(allowed) ||
    takenOnly(
      "AWS",
      (each, statement) => each.endsWith(":root") && nameIn(statement, /^aws:PrincipalArn$/i),
    )(allowed)) &&
  resources(allowed).length > 0 &&
  resources(allowed).every(
    (arn) =>
      /^[^*]+(\/\*)?$/.test(arn) &&
      !arnsOf(allowed.document.record).has(arn.replace(/^(arn:[^:]*:s3:[^/]*)\/.*/, "$1")),
  );

const arnsOf = (record: Rehearsed): ReadonlySet<unknown> =>
  new Set(allResources(record).map(({ outputs }) => outputs["arn"]));

/** A trust says who: a service, some role by its name, or the subject of a token. */
export const saysWho = ({ document, statement }: Allowed): boolean =>
  document.kind === "trust" &&
  principals(statement, "AWS").every(
    (each) =>
      /^arn:[a-z-]+:(iam|sts)::\d{12}:(role|user|assumed-role)\/[^*]+$/.test(each) ||
      nameIn(statement, /^aws:PrincipalArn$/i),
  ) &&
  (principals(statement, "Federated").length === 0 || nameIn(statement, /:sub$/i));

/** All that a role may do beside: its inline policies, and those that are attached to it. */
const beside = (allowed: Allowed): Values[] => {
  const name = holderOf(allowed.document.record, allowed.document);
  const { stack } = allowed.document.resource;
  return policyDocuments(allowed.document.record)
    .filter(
      (document) =>
        document.resource.stack === stack &&
        (document.kind === "inline" || document.kind === "managed") &&
        holderOf(allowed.document.record, document) === name,
    )
    .flatMap(({ statements }) => statements);
};

/** Its holder hands no role to a service. */
export const passesNone =
  (service: string) =>
  (allowed: Allowed): boolean =>
    beside(allowed)
      .filter(({ Action }) => texts(Action).includes("iam:PassRole"))
      .every((each) => {
        const to = conditionValues(each, "iam:PassedToService");
        return to.length > 0 && !to.includes(service);
      });

const bucketOf = (record: Rehearsed, arn: string) =>
  ofType(record, "aws:s3/bucket:Bucket").find(({ outputs }) => outputs["arn"] === arn.split("/")[0]);
/** Every bucket of the statement is so. */
const buckets =
  (is: (bucket: string, record: Rehearsed) => boolean) =>
  (allowed: Allowed): boolean =>
    resources(allowed).every((arn) => {
      const name = text(bucketOf(allowed.document.record, arn)?.outputs ?? {}, "bucket");
      return name !== undefined && is(name, allowed.document.record);
    });
export const ownBuckets = buckets(() => true);
export const withoutAcls = buckets((bucket, record) =>
  ofType(record, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").some(
    ({ inputs }) =>
      inputs["bucket"] === bucket && map(inputs["rule"])["objectOwnership"] === "BucketOwnerEnforced",
  ),
);
export const withoutLock = buckets((bucket, record) =>
  ofType(record, "aws:s3/bucket:Bucket").some(
    ({ inputs, outputs }) => outputs["bucket"] === bucket && inputs["objectLockEnabled"] !== true,
  ),
);
export const refusesOtherKeys = buckets((bucket, record) =>
  policyDocuments(record).some(
    ({ kind, resource, statements }) =>
      kind === "bucket" &&
      resource.inputs["bucket"] === bucket &&
      ["", "-aws-kms-key-id", "-customer-algorithm"].every((rest) =>
        statements.some(
          (each) =>
            each["Effect"] === "Deny" &&
            Object.values(map(each["Condition"])).some((tested) =>
              Object.keys(map(tested)).includes(`s3:x-amz-server-side-encryption${rest}`),
            ),
        ),
      ),
  ),
);
/** Buckets that templates make. */
export const ofWorkload = both(named(/:s3:::[^*]+-\*$/), goesBy("aws:ResourceAccount"));
export const byService = ({ statement }: Allowed): boolean => principals(statement, "Service").length > 0;
