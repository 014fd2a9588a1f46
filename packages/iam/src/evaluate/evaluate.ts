import { notKnown, type Unresolved } from "../policy/notKnown";
import type { Lookup } from "../policy/patterns";
import type { Asking, Policy, Statement } from "../policy/policies";
import { accountOf, type Principal, type Reach } from "../policy/principals";

/** One call of AWS's API, as authorization sees it. */
export interface Request {
  readonly principal: Principal;
  /** `s3:GetObject`. */
  readonly action: string;
  readonly resource: {
    /** `*` for an action that knows no resource. */
    readonly arn: string;
    readonly account: string;
  };
  /** Values of condition keys. It throws for a key that nobody has spoken of, so that nothing defaults silently. */
  readonly context: Lookup;
}

/** Every policy that has a say. */
export interface Documents {
  /** Of the principal; empty for services, strangers and root users. */
  readonly identity: readonly Policy[];
  readonly boundary?: Policy;
  /** What the session was limited to when its role was taken. */
  readonly session?: Policy;
  /** Of the resource. A role that is assumed and a key always have one. */
  readonly resource?: Policy;
}

/** The policy whose permission is missing, or the statement that forbids it. */
export type Leg = "identity" | "resource" | "boundary" | "session" | `explicit deny by ${string}`;

/** A statement by the policy it stands in. */
export type Deciding = Pick<Statement, "policy" | "sid" | "effect">;

export interface Decision {
  readonly verdict: "allowed" | "denied";
  /** Allow statements that together let it through, or the Deny statements that stop it. */
  readonly by: readonly Deciding[];
  /** What would have to allow it as well; empty when it is allowed. */
  readonly missing: readonly Leg[];
}

/** An Allow statement that applies, and how far it reaches. */
interface Allowing {
  readonly statement: Statement;
  readonly how: Reach;
}

/** What policies say: their Allow statements that apply. Those that deny are put with all others that do. */
type Saying = (policies: readonly (Policy | undefined)[], denies: Statement[]) => readonly Allowing[];

const NO_STATEMENTS: readonly Allowing[] = [];

/** How statements are taken of which AWS's pages do not say whether they apply: those of this effect do. */
const saying =
  (asking: Asking, unsure: Statement["effect"], met: (why: Unresolved) => void): Saying =>
  (policies, denies) => {
    let allows: Allowing[] | undefined; // most say nothing of it
    for (const policy of policies) {
      for (const statement of policy?.statements ?? []) {
        const said = statement.applies(asking);
        if (said === undefined) continue;
        if (typeof said === "object") met(said.why);
        if (typeof said === "object" && statement.effect !== unsure) continue;
        if (statement.effect === "Deny") denies.push(statement);
        else (allows ??= []).push({ statement, how: typeof said === "object" ? said.how : said });
      }
    }
    return allows ?? NO_STATEMENTS;
  };

const deciding = (statements: readonly Statement[]): Deciding[] =>
  statements.map(({ policy, sid, effect }) => ({ policy, sid, effect }));

/** One thing that has to be there, and the statements that provide it. */
type Need = readonly [leg: Leg, provided: boolean, by: readonly Allowing[]];

function settle(needs: readonly Need[]): Decision {
  const missing = needs.filter(([, provided]) => !provided).map(([leg]) => leg);
  const by =
    missing.length > 0
      ? []
      : deciding(needs.flatMap(([, , allows]) => allows.map(({ statement }) => statement)));
  return { verdict: missing.length > 0 ? "denied" : "allowed", by, missing };
}

const ASSUMING = /^sts:(AssumeRole|TagSession|SetSourceIdentity)$/i;

/** Refuses questions that would be answered from the wrong documents. */
function check({ principal, action, resource }: Request, documents: Documents): void {
  const attached = documents.resource?.attached;
  if (!/^[a-z0-9-]+:[a-z0-9]+$/i.test(action)) notKnown(`${action} is not one action`);
  const assuming = ASSUMING.test(action);
  if (assuming && attached !== "trust") notKnown(`${action} needs the trust policy of ${resource.arn}`);
  if (attached === "trust" && !assuming) notKnown(`a trust policy has no say in ${action}`);
  if (/^sts:/i.test(action) && attached !== "trust" && resource.arn !== "*")
    notKnown(`${action} is not modelled`);
  if (/^kms:/i.test(action) && /:key\//.test(resource.arn) && attached !== "key") {
    notKnown(`${action} needs the key policy of ${resource.arn}`);
  }
  const without = principal.kind !== "session" && principal.kind !== "user";
  const given = documents.identity.length > 0 || documents.boundary || documents.session;
  if (without && given) notKnown(`a ${principal.kind} has no policies of its own`);
  if (principal.kind === "user" && documents.session) notKnown("a user has no session policy");
}

/** Whoever has signed a request may ask who he is, and no policy forbids that: AWS would tell it in the refusal. */
const WHO_AM_I = /^sts:GetCallerIdentity$/i;

/**
 * Decides a request, and throws where AWS's pages leave it open.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function evaluate(request: Request, documents: Documents): Decision {
  check(request, documents);
  const { principal, action, resource, context: lookup } = request;
  if (WHO_AM_I.test(action) && accountOf(principal) !== undefined)
    return { verdict: "allowed", by: [], missing: [] };
  const asking: Asking = {
    principal,
    bounded: documents.boundary !== undefined,
    action,
    resource: resource.arn,
    lookup,
  };
  let open: Unresolved | undefined;
  const read = (unsure: Statement["effect"]) =>
    evaluateSaid(
      request,
      documents,
      saying(asking, unsure, (why) => (open ??= why)),
    );
  const strict = read("Deny");
  if (!open) return strict;
  const lenient = read("Allow");
  if (lenient.verdict !== strict.verdict) throw open;
  return strict.verdict === "allowed" ? strict : lenient; // whichever rests on nothing unsure
}

/**
 * Decides a request as AWS documents it: an explicit deny anywhere; else, in one account, the identity's policies
 * or the resource's (a trust or key policy must allow in any case), and across accounts both; boundary and session
 * policy limit all but what the resource's policy grants to the very session, user or everyone in its own account.
 * Organization policies, VPC endpoint policies and KMS grants are not modelled.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function evaluateSaid({ principal, action, resource }: Request, documents: Documents, say: Saying): Decision {
  const denies: Statement[] = [];
  const identity = say(documents.identity, denies);
  const boundary = documents.boundary ? say([documents.boundary], denies) : NO_STATEMENTS;
  const session = documents.session ? say([documents.session], denies) : NO_STATEMENTS;
  const granted = documents.resource ? say([documents.resource], denies) : NO_STATEMENTS;
  if (denies.length > 0) {
    const legs = denies.map(({ policy, sid }): Leg => `explicit deny by ${policy}, ${sid}`);
    return { verdict: "denied", by: deciding(denies), missing: legs };
  }
  if (principal.kind === "service" || principal.kind === "anonymous") {
    return settle([["resource", granted.length > 0, granted]]);
  }
  const root = principal.kind === "root"; // all that its account may, but for taking roles
  const own: Need = ["identity", (root && !ASSUMING.test(action)) || identity.length > 0, identity];
  const limits: Need[] = [
    ["boundary", !documents.boundary || boundary.length > 0, boundary],
    ["session", !documents.session || session.length > 0, session],
  ];
  const theirs: Need = ["resource", granted.length > 0, granted];
  // Across accounts both; for iam:PassRole, which no policy of a resource grants, that is never.
  if (accountOf(principal) !== resource.account) return settle([own, ...limits, theirs]);
  const direct = granted.filter(({ how }) => how === "direct");
  if (direct.length > 0 && !(root && ASSUMING.test(action))) return settle([["resource", true, direct]]);
  const toRole = granted.filter(({ how }) => how === "role");
  if (toRole.length > 0) return settle([...limits, ["resource", true, toRole]]);
  const mustAllow = documents.resource?.attached === "trust" || documents.resource?.attached === "key";
  return settle([own, ...limits, ...(mustAllow ? [theirs] : [])]);
}
