import type { ConditionKeys } from "./conditionKeys";
import { checkVariables, type Condition, conditions, refuseWithoutValue } from "./conditions";
import { actionTest, anyOf } from "./elements";
import { NotKnown, notKnown, Unresolved } from "./notKnown";
import { type Lookup, resourceTest, type Writing } from "./patterns";
import { exempt, type Named, namedIn, type Principal, reach, type Reach } from "./principals";
import { list, map, type Values } from "../json";

/** What a policy is attached to, which decides its elements. Boundaries and session policies are written as identity ones. */
export type Attached =
  | ("identity" | "trust" | "key" | "repository" | "bucket" | "topic")
  | ("function" | "table" | "logGroup" | "queue" | "secret" | "connection");

/** Those whose statements may leave out the resource: the thing itself is meant. */
const WITHOUT_RESOURCE: readonly Attached[] = ["trust", "repository"];

/** What is asked of one statement. */
export interface Asking {
  readonly principal: Principal;
  /** Whether the principal has a permissions boundary. */
  readonly bounded: boolean;
  readonly action: string;
  readonly resource: string;
  readonly lookup: Lookup;
}

/** One statement, ready to be asked. */
export interface Statement {
  /** The policy that it is part of, as people call it. */
  readonly policy: string;
  /** Its Sid, or its position where it has none. */
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  /** As written. */
  readonly content: Values;
  /** How it reaches the principal when all its elements fit; undefined when one does not. */
  readonly applies: (asking: Asking) => Reach | Unsure | undefined;
}

/** All that is known fits, and of the rest AWS's pages say two things. */
export interface Unsure {
  readonly how: Reach;
  readonly why: Unresolved;
}

export interface Policy {
  /** `inline policy of role painter`. */
  readonly name: string;
  readonly attached: Attached;
  readonly statements: readonly Statement[];
}

const TOP = ["Version", "Id", "Statement"];
const ELEMENTS = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
const NEGATED = ["NotPrincipal", "NotAction", "NotResource"];

/** How the principal elements reach; statements of an identity's policy are about that identity. */
function reaching(statement: Values, attached: Attached): (asking: Asking) => Reach | undefined {
  const { Principal: named, NotPrincipal: others, Effect: effect } = statement;
  if (attached === "identity") {
    return named === undefined && others === undefined
      ? () => "direct"
      : notKnown("an identity's policy has no Principal");
  }
  if ((named === undefined) === (others === undefined))
    return notKnown("it has not one of Principal and NotPrincipal");
  if (named !== undefined) {
    const all: readonly Named[] = namedIn(named);
    return ({ principal }) => reach(all, principal);
  }
  if (effect !== "Deny" || attached === "trust")
    return notKnown("NotPrincipal is for Deny, and not for a trust policy");
  const all = namedIn(others);
  return ({ principal, bounded }) => (exempt(all, principal, bounded) ? undefined : "direct");
}

const label = (sid: unknown, index: number): string =>
  typeof sid === "string" && sid !== "" ? sid : `statement ${index + 1}`;

interface Document {
  readonly name: string;
  readonly attached: Attached;
  readonly variables: Writing["variables"];
  readonly keys: ConditionKeys;
}

function statement(content: Values, index: number, { name, attached, variables, keys }: Document): Statement {
  const { Sid, Effect: effect } = content;
  if (Sid !== undefined && typeof Sid !== "string") notKnown("Sid is not text");
  for (const element of Object.keys(content)) {
    if (!ELEMENTS.includes(element) && !NEGATED.includes(element))
      notKnown(`element ${element} does not exist`);
  }
  if (effect !== "Allow" && effect !== "Deny")
    return notKnown(`Effect is ${String(effect)}, neither Allow nor Deny`);
  const action = anyOf(content, "Action", actionTest) ?? notKnown("it has no Action");
  const resource = anyOf(content, "Resource", (written) => {
    if (variables === "used") checkVariables(written, keys);
    return resourceTest(written, variables);
  });
  const others = variables === "used" ? list(content["NotResource"]).map(String) : [];
  if (!resource && !WITHOUT_RESOURCE.includes(attached)) notKnown("it has no Resource");
  if (resource && attached === "trust") notKnown("a trust policy has no Resource");
  const principal = reaching(content, attached);
  const all: readonly Condition[] = conditions(content["Condition"], keys, variables);
  const noOthers: Condition = (lookup) => {
    refuseWithoutValue(others, lookup, "NotResource");
    return true;
  };
  const everything = others.length > 0 ? [noOthers, ...all] : all;
  // An action has no variables, so the answer is the same for every request: there are thousands, and few actions.
  const known = new Map<string, boolean>();
  const isAbout = ({ action: asked, lookup }: Asking): boolean => {
    const found = known.get(asked) ?? action(asked, lookup);
    known.set(asked, found);
    return found;
  };
  return {
    policy: name,
    sid: label(Sid, index),
    effect,
    content,
    applies: (asking) => {
      const { lookup } = asking;
      if (!isAbout(asking) || !(resource?.(asking.resource, lookup) ?? true)) return undefined;
      const how = principal(asking);
      if (how === undefined) return undefined;
      // Whatever is known not to hold decides, whichever way the rest would go.
      const unsure: Unresolved[] = [];
      for (const holds of everything) {
        try {
          if (!holds(lookup)) return undefined;
        } catch (error) {
          if (!(error instanceof Unresolved)) throw error;
          unsure.push(error);
        }
      }
      const [why] = unsure;
      return why ? { how, why } : how;
    },
  };
}

/** Says in a refusal where it is. */
function within<Made>(where: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw error instanceof NotKnown ? new NotKnown(`${where}: ${error.message}`) : error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return notKnown("it is not JSON");
  }
}

/**
 * Makes a policy of a document. Throws NotKnown, with policy and Sid, for an element, operator, condition key,
 * variable or principal that AWS does not document.
 */
export function policy(name: string, attached: Attached, document: unknown, keys: ConditionKeys): Policy {
  return within(name, () => {
    const content = map(typeof document === "string" ? parsed(document) : document);
    const unknown = Object.keys(content).find((element) => !TOP.includes(element));
    if (unknown !== undefined) notKnown(`element ${unknown} does not exist`);
    const version = content["Version"] ?? "2008-10-17";
    if (version !== "2012-10-17" && version !== "2008-10-17") {
      notKnown(`Version ${JSON.stringify(version)} does not exist`);
    }
    const variables = version === "2012-10-17" ? "used" : "literal";
    const statements = list(content["Statement"]).map(map);
    if (statements.length === 0) notKnown("it has no Statement");
    return {
      name,
      attached,
      statements: statements.map((each, index) =>
        within(label(each["Sid"], index), () => statement(each, index, { name, attached, variables, keys })),
      ),
    };
  });
}
