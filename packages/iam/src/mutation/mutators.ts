import { notKnown } from "../policy/notKnown";
import {
  deleteCondition,
  deleteConditionValue,
  operatorIfExists,
  operatorOther,
  valueToAnyName,
} from "./conditionMutators";
import { addService, addStranger, deletePrincipal, principalToEveryone } from "./principalMutators";
import { list, map, type Values } from "../json";
import { type Change, type Mutate, type Outside, anyLastPart } from "./mutant";

/** The values of an element that can be one text or a list. */
const texts = (value: unknown): string[] => list(value).map(String);

const withoutEach =
  (element: "Action" | "Resource"): Mutate =>
  (statement) => {
    const all = texts(statement[element]);
    if (all.length < 2) return []; // a list must not be empty: without its only entry the statement is gone
    return all.map((gone, index) => ({
      what: `without ${element.toLowerCase()} ${gone}`,
      fits: "fewer",
      statement: { ...statement, [element]: all.filter((_, at) => at !== index) },
    }));
  };

const actionToService: Mutate = (statement) => {
  const all = texts(statement["Action"]);
  const services = new Set(all.filter((each) => each !== "*").map((each) => each.split(":")[0] ?? ""));
  return [...services].flatMap((service): Change[] => {
    const every = `${service}:*`;
    if (all.includes("*") || all.includes(every)) return [];
    const others = all.filter((each) => !each.startsWith(`${service}:`));
    return [
      { what: `action ${every}`, fits: "more", statement: { ...statement, Action: [...others, every] } },
    ];
  });
};

const resourceToEverything: Mutate = (statement) => {
  const all = texts(statement["Resource"]);
  if (all.length === 0 || all.includes("*")) return [];
  return [{ what: "resource *", fits: "more", statement: { ...statement, Resource: "*" } }];
};

const resourceToAnyLastPart: Mutate = (statement) => {
  const all = texts(statement["Resource"]);
  return all.flatMap((each, index): Change[] => {
    if (each === "*") return [];
    const wider = anyLastPart(each);
    if (wider === each) return [];
    const Resource = all.map((one, at) => (at === index ? wider : one));
    return [{ what: `resource ${each} as ${wider}`, fits: "more", statement: { ...statement, Resource } }];
  });
};

const deleteStatement: Mutate = () => [
  { what: "without the statement", fits: "fewer", statement: undefined },
];

/** `fits` is about what the statement does as an Allow: one that becomes a Deny fits nothing any more. */
const flipEffect: Mutate = (statement) => {
  const Effect = statement["Effect"] === "Allow" ? "Deny" : "Allow";
  return [{ what: `as ${Effect}`, fits: "fewer", statement: { ...statement, Effect } }];
};

/** All mutators by name, in the order in which they are reported. */
export const MUTATORS = {
  "delete statement": deleteStatement,
  "delete action": withoutEach("Action"),
  "delete resource": withoutEach("Resource"),
  "delete principal": deletePrincipal,
  "delete condition": deleteCondition,
  "delete condition value": deleteConditionValue,
  "action to svc:*": actionToService,
  "resource to *": resourceToEverything,
  "resource's last part to *": resourceToAnyLastPart,
  "condition value to any name": valueToAnyName,
  "operator to IfExists": operatorIfExists,
  "operator Equals and Like": operatorOther,
  "principal to *": principalToEveryone,
  "principal and a stranger": addStranger,
  "principal and another service": addService,
  "flip effect": flipEffect,
} as const satisfies Readonly<Record<string, Mutate>>;

/** Beside those, a role without its boundary, and a policy as it is. */
export type MutatorName = keyof typeof MUTATORS | "boundary removed" | "none";

const NEGATED = ["NotAction", "NotResource", "NotPrincipal"];

/** Every mutant of a document. Throws NotKnown for an element whose changes are not worked out. */
export function mutants(document: Values, outside: Outside): Mutant[] {
  const statements = list(document["Statement"]).map(map);
  return statements.flatMap((statement, index) => {
    const { Sid: sid } = statement;
    const called = typeof sid === "string" && sid !== "" ? sid : `statement ${index + 1}`;
    const negated = NEGATED.find((element) => statement[element] !== undefined);
    if (negated !== undefined) notKnown(`${called}: how ${negated} is to be changed is not worked out`);
    return Object.entries(MUTATORS).flatMap(([mutator, mutate]) =>
      mutate(statement, outside).map((change): Mutant => ({
        mutator: mutator as MutatorName,
        direction: (change.fits === "more") === (statement["Effect"] === "Allow") ? "widening" : "narrowing",
        fits: change.fits,
        name: `${called}: ${change.what}`,
        index,
        statement: change.statement,
        document: {
          ...document,
          Statement: statements.flatMap((each, at) => (at === index ? (change.statement ?? []) : each)),
        },
      })),
    );
  });
}

/** A policy that was changed in one place. */
export interface Mutant {
  readonly mutator: MutatorName;
  /** Whether it would let through more than the policy does, or less. */
  readonly direction: "widening" | "narrowing";
  /** Whether the statement fits more requests than before, or fewer. */
  readonly fits: "more" | "fewer";
  /** `PushImages: without action ecr:PutImage`. */
  readonly name: string;
  /** Position of the statement that is changed. */
  readonly index: number;
  /** That statement; undefined where it is gone. */
  readonly statement: Values | undefined;
  /** The whole document. Its Statement is empty where the only one is gone. */
  readonly document: Values;
}
