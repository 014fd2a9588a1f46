/** What has changed, in words. */
import { texts, type Values } from "../json";
import { shortName } from "../matrix/permission";
import { type Tested, tested } from "../mutation/included";
import type { Change, Part, StatementChange } from "./compare";

const listed = (all: readonly string[], last = "and"): string =>
  all.length < 2 ? (all[0] ?? "") : `${all.slice(0, -1).join(", ")} ${last} ${all.at(-1)}`;

const COMPARED: Readonly<Record<string, string>> = {
  NumericLessThan: "less than",
  NumericLessThanEquals: "at most",
  NumericGreaterThan: "more than",
  NumericGreaterThanEquals: "at least",
  DateLessThan: "before",
  DateLessThanEquals: "not after",
  DateGreaterThan: "after",
  DateGreaterThanEquals: "not before",
};

/** `aws:SecureTransport is true`. */
export function conditionWords({ base, set, written: key, values, negated, holdsWithout }: Tested): string {
  if (base === "Null") return `${key} is ${values[0] === "true" ? "absent" : "there"}`;
  const subject = set === "ForAnyValue" ? `any of ${key}` : set === "ForAllValues" ? `each of ${key}` : key;
  const word = COMPARED[base] === undefined ? "" : ` ${COMPARED[base]}`;
  const ifThere = holdsWithout && !negated && set === "" ? ", if it is there" : "";
  const like = base.endsWith("Like") && values.some((each) => /[*?]/.test(each)) ? " like" : "";
  return `${subject} is${negated ? " not" : ""}${like}${word} ${listed(values, "or")}${ifThere}`;
}

const conditionsOf = (all: readonly Tested[]): string => all.map(conditionWords).join(" and ");

/** What a statement of a role's allows: `sqs:SendMessage on arn:…, only when aws:… is …`. */
export function allowedWords(statement: Values): string {
  const only = tested(statement);
  const what = `${listed(texts(statement["Action"]))} on ${listed(texts(statement["Resource"]))}`;
  return only.length > 0 ? `${what}, only when ${conditionsOf(only)}` : what;
}

/** Somebody that a policy of a resource names. */
function principal(who: string): string {
  const [kind = "", name = ""] = who.split(" ");
  if (who.startsWith("all but ")) return `everybody but ${who.slice("all but ".length)}`;
  if (name === "*") return "anybody";
  if (kind === "Service") return `service ${name}`;
  const [, account, rest = ""] = /^(?:arn:[a-z-]+:(?:iam|sts)::)?(\d{12}):?(.*)$/.exec(name) ?? [];
  if (account === undefined) return name;
  return rest === "" || rest === "root" ? `account ${account}` : `${rest.replace("/", " ")} of ${account}`;
}

const subjectOf = ({ layer: { kind, owner } }: StatementChange): string =>
  kind === "managed policy" ? `whoever has managed policy ${shortName(owner)}` : `role ${shortName(owner)}`;

/** Where it is written, for policies that name others. */
const at = ({ layer: { kind, owner } }: StatementChange): string =>
  kind === "role" || kind === "managed policy" || kind === "trust"
    ? ""
    : `by the ${kind} policy of ${owner}, `;

function placed({ actions, on }: Part, { layer: { kind, owner } }: StatementChange): string {
  const own = kind === "trust" ? `role ${shortName(owner)}` : owner;
  return `${listed(actions)} on ${listed([...new Set(on.map((each) => each ?? own))])}`;
}

function verbOf({ grows, effect }: StatementChange): string {
  if (effect === "Allow") return grows ? "may now" : "may no longer";
  return grows ? "is no longer denied" : "is now denied";
}

const perhaps = (words: string, unsure: string | undefined): string =>
  unsure === undefined ? words : `perhaps ${words} (${unsure})`;

function partWords(part: Part, change: StatementChange): string {
  const { who, when, only, unsure } = part;
  const named = who.flatMap((each) => (each === undefined ? [] : [principal(each)]));
  const subject = named.length > 0 ? listed(named) : subjectOf(change);
  const came = change.grows === (change.effect === "Allow");
  const words = [
    `${subject} ${verbOf(change)} ${placed(part, change)}`,
    ...(when.length > 0 ? [`when ${conditionsOf(when)}`] : []),
    ...(only.length > 0 ? [`${came ? "before" : "from now on"} only when ${conditionsOf(only)}`] : []),
  ];
  return perhaps(words.join(", "), unsure);
}

/** One line for a change. It begins with `perhaps` where the texts do not tell. */
export function sentenceOf(change: Change): string {
  if (change.of === "statement")
    return `${at(change)}${change.parts.map((each) => partWords(each, change)).join("; ")}`;
  const { role, before, after, unsure } = change;
  const name = `role ${shortName(role)}`;
  if (after === undefined)
    return perhaps(`${name} is no longer limited by boundary ${shortName(before ?? "")}`, unsure);
  const instead = before === undefined ? "" : ` instead of ${shortName(before)}`;
  return perhaps(`${name} is now limited by boundary ${shortName(after)}${instead}`, unsure);
}
