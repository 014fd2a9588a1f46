import { namedIn } from "../policy/principals";
import { list, map, type Values } from "../json";
import type { Change, Mutate } from "./mutant";

/** Principals by kind (`AWS`, `Service`). */
const kindsOf = (statement: Values): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(map(statement["Principal"])).map(([kind, value]) => [kind, list(value).map(String)]),
  );

/** False as well for a statement without the element, whose policy says whom it is about. */
const namesSome = ({ Principal: named }: Values): boolean =>
  named !== undefined && !namedIn(named).some(({ kind }) => kind === "everyone");

const added = (statement: Values, kind: string, who: string): Change[] => {
  const kinds = kindsOf(statement);
  const there = kinds[kind] ?? [];
  if (!namesSome(statement) || there.includes(who)) return [];
  const Principal = { ...kinds, [kind]: [...there, who] };
  return [{ what: `principal ${who} as well`, fits: "more", statement: { ...statement, Principal } }];
};

export const principalToEveryone: Mutate = (statement) =>
  namesSome(statement)
    ? [{ what: "principal *", fits: "more", statement: { ...statement, Principal: "*" } }]
    : [];

export const addStranger: Mutate = (statement, { stranger }) => added(statement, "AWS", stranger);

/** Services that anybody can let act on something of their own. */
const OTHERS = ["ec2.amazonaws.com", "lambda.amazonaws.com"];

export const addService: Mutate = (statement) => {
  const there = kindsOf(statement)["Service"];
  const other = there && OTHERS.find((each) => !there.includes(each));
  return other === undefined ? [] : added(statement, "Service", other);
};

export const deletePrincipal: Mutate = (statement) => {
  const kinds = kindsOf(statement);
  const all = Object.entries(kinds).flatMap(([kind, names]) => names.map((name) => [kind, name] as const));
  if (all.length < 2) return [];
  return all.map(([kind, name]) => {
    const { [kind]: names = [], ...others } = kinds;
    const left = names.filter((each) => each !== name);
    const Principal = left.length > 0 ? { ...others, [kind]: left } : others;
    return { what: `without principal ${name}`, fits: "fewer", statement: { ...statement, Principal } };
  });
};
