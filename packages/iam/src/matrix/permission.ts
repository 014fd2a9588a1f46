/** What a caller of the access matrix hands over: who may do what, and the estate that must be so. */
import type { AccessModel, Role } from "../model";
import { accountOf, type Principal } from "../policy/principals";

/** What a condition key of the request must be: one of the values, or anything but these. */
export interface Wanted {
  readonly values: readonly string[];
  readonly otherThan?: boolean;
  /** Whether it need not be there. */
  readonly ifThere?: boolean;
  /** Whether it must not be there. */
  readonly absent?: boolean;
  /** Whether `*` and `?` in the values are these characters, such as the principal `*` of a policy that is being written. */
  readonly literal?: boolean;
}

export interface Condition extends Wanted {
  readonly key: string;
}

export interface ResourcePattern {
  /** With `*` and `?` for other characters; `*` alone for actions that know no resource, too. */
  readonly arn: string;
  /** Undefined: in the caller's, whichever that is. */
  readonly account: string | undefined;
}

/** What somebody may do. Whatever no permission says must be denied. */
export interface Permission {
  /** Whom it is about: one of the names that subjects answer to; `everybody`; `nobody`: not even those who may all else. */
  readonly who: string;
  /** Patterns; `*` means whatever policies and other permissions name. */
  readonly actions: readonly string[];
  /** What a pattern does not mean. */
  readonly except?: readonly string[];
  readonly on: readonly ResourcePattern[];
  /** All must be so. */
  readonly when?: readonly Condition[];
  /** The same, where the resource's own policy asks for it and the principal's does not. */
  readonly resourceConditions?: readonly Condition[];
  /** ARNs of roles that it is not about. */
  readonly exceptPrincipals?: readonly string[];
  readonly reason: string;
  /** It may be denied; no more is allowed. */
  readonly atMost?: boolean;
  /** Where it is written: file and line. */
  readonly at: string;
}

/** A resource that is asked about. */
export interface Resource {
  /** `*` for actions that know no resource. */
  readonly arn: string;
  readonly account: string;
}

/** Somebody who is asked for. */
export interface Subject {
  /** `role build`. */
  readonly name: string;
  readonly principal: Principal;
  readonly account: string | undefined;
  /** The permissions that are about it, by their `who`. */
  readonly who: readonly string[];
  /** Its permissions are the most that it may; its own policies say less. */
  readonly atMost: boolean;
  /** In its own account it may do everything, so only others are asked about. */
  readonly abroad: boolean;
  /** Nobody has made it, or its policy. */
  readonly madeUp: boolean;
}

/** A subject that is there, with what it differs in. */
export const subject = (
  name: string,
  principal: Principal,
  who: readonly string[],
  more: Partial<Subject> = {},
): Subject => ({
  ...{ name, principal, account: accountOf(principal), who },
  ...{ atMost: false, abroad: false, madeUp: false, ...more },
});

export const shortName = (arn: string): string => arn.split("/").at(-1) ?? arn;
export const accountIn = (arn: string): string => arn.split(":")[4] ?? "";

/** An account that is none of these. */
export const strangersAccount = (accounts: readonly string[]): string =>
  accounts
    .concat("")
    .map((_, index) => String(999999999999 - index))
    .find((each) => !accounts.includes(each)) ?? "";

/** Whose policies are held against the permissions. */
export interface Estate {
  readonly partition: string;
  /** For resources whose ARN has a Region that no policy says. */
  readonly region: string;
  /** All that are one's own; whether others let somebody in is not asked. */
  readonly accounts: readonly string[];
  readonly model: AccessModel;
  /** Roles that stand for somebody: whoever has a managed policy, anybody that a boundary limits. Default: none. */
  readonly hypothetical?: readonly Role[];
  /** Who has permissions. Default: each role of the model, as `role <ARN>`. */
  readonly subjects?: readonly Subject[];
  /** What is asked about beside what permissions and policies name, such as others' resources. Default: nothing. */
  readonly resources?: readonly Resource[];
  /**
   * Further permissions of a role that an administrator of its account rewrites, beside those of `role <ARN>` and
   * `rewritten <ARN>`. Default: none.
   */
  readonly rewritten?: (roleArn: string) => readonly string[];
}
