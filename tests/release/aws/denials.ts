/** How AWS says that somebody may not. */
import type { Answer as Decided } from "../../../packages/iam/src/evaluate/decide";
import type { Leg } from "../../../packages/iam/src/evaluate/evaluate";
import type { Principal } from "../../../packages/iam/src/policy/principals";
import { AwsError } from "../model";
import type { Asking } from "./request";

const KINDS: Readonly<Record<string, string>> = {
  identity: "identity-based policy",
  resource: "resource-based policy",
  boundary: "permissions boundary",
  session: "session policy",
};

const kindOf = (policy: string): string =>
  /^(inline|managed) policy/.test(policy) ? "an identity-based policy" : "a resource-based policy";

/** The end of the sentence. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function because(action: string, [leg]: readonly Leg[]): string {
  const [, policy] = /^explicit deny by (.*), [^,]*$/.exec(leg ?? "") ?? [];
  if (policy !== undefined) return `with an explicit deny in ${kindOf(policy)}`;
  return `because no ${KINDS[leg ?? "identity"] ?? "identity-based policy"} allows the ${action} action`;
}

/** Codes and statuses as the services' pages of common errors have them; a service's own stands by its name. */
function codeOf({
  protocol,
  service,
}: Pick<Asking, "protocol" | "service">): readonly [code: string, status: number] {
  if (service === "sns") return ["AuthorizationError", 403]; // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
  return protocol === "json" ? ["AccessDeniedException", 400] : ["AccessDenied", 403];
}

const called = (principal: Principal): string => ("arn" in principal ? principal.arn : "anonymous");

export function denial(
  asking: Pick<Asking, "protocol" | "service">,
  principal: Principal,
  asked: { readonly action: string; readonly resource: string; readonly abroad: boolean },
  { missing }: Pick<Decided, "missing">,
): AwsError {
  const [code, status] = codeOf(asking);
  // To somebody of another account S3 says no more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
  if (asking.service === "s3" && asked.abroad) return new AwsError(code, "Access Denied", status);
  const on =
    asked.resource === "*"
      ? ""
      : ` on resource: ${asking.service === "s3" ? `"${asked.resource}"` : asked.resource}`;
  const why = asking.service === "sts" ? "" : ` ${because(asked.action, missing)}`;
  return new AwsError(
    code,
    `User: ${called(principal)} is not authorized to perform: ${asked.action}${on}${why}`,
    status,
  );
}
