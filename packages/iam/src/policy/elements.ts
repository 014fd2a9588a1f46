import { notKnown } from "./notKnown";
import { type Lookup, type Test, textTest } from "./patterns";
import { list, type Values } from "../json";

const texts = (value: unknown, element: string): string[] => {
  const found = list(value).map((each) =>
    typeof each === "string" ? each : notKnown(`${element} is not text`),
  );
  return found.length > 0 ? found : notKnown(`${element} is empty`);
};

/** Whether a value fits one of an element's patterns; for the Not… form, whether it fits none. */
export function anyOf(
  statement: Values,
  element: string,
  make: (written: string) => Test,
): ((value: string, lookup: Lookup) => boolean) | undefined {
  const negated = statement[`Not${element}`];
  const value = statement[element] ?? negated;
  if (value === undefined) return undefined;
  if (statement[element] !== undefined && negated !== undefined)
    notKnown(`it has ${element} and Not${element}`);
  const tests = texts(value, element).map(make);
  return (actual, lookup) => tests.some((test) => test(actual, lookup)) === (negated === undefined);
}

const known = new Map<string, Test>();

/** An Action: `*`, or a service and a pattern, whatever the case. Most stand in many policies. */
export function actionTest(written: string): Test {
  const found = known.get(written) ?? madeOf(written);
  known.set(written, found);
  return found;
}

function madeOf(written: string): Test {
  if (written !== "*" && !/^[a-z0-9-]+:[a-z0-9*?]+$/i.test(written))
    return notKnown(`${written} is not an action`);
  return textTest(written, { wildcards: true, variables: "literal" }, true);
}
