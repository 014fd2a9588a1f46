/** What @pulumi/aws declares of resources: the double refuses what is not declared, as it would go unseen. */

export type Shape =
  | "any"
  | "text"
  | "number"
  | "boolean"
  /** A policy: the provider takes an object too, and sends text. */
  | "document"
  | { readonly list: Shape }
  | { readonly map: Shape }
  /** Name of one of the declared objects. */
  | { readonly object: string };

export interface Property {
  readonly shape: Shape;
  readonly required: boolean;
}

export type Properties = Readonly<Record<string, Property>>;

export interface Declared {
  /** By type token; `outputs` that are not required may stay empty. */
  readonly types: Readonly<Record<string, { readonly inputs: Properties; readonly outputs: Properties }>>;
  readonly objects: Readonly<Record<string, Properties>>;
  /** Settings of the provider itself. */
  readonly provider: Properties;
}

/** How Pulumi writes a value that is not known before something has been made. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Values = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value, or anything in it, is not known yet. */
export const hasUnknown = (value: unknown): boolean =>
  value === UNKNOWN ||
  (typeof value === "string" && value.includes(UNKNOWN)) ||
  (typeof value === "object" && value !== null && Object.values(value).some(hasUnknown));

/** What is wrong with one value; nothing while it is unknown. */
function valueProblems(declared: Declared, shape: Shape, value: unknown, path: string): string[] {
  if (value === UNKNOWN || shape === "any") return [];
  const wrong = (expected: string) => [`${path} is ${JSON.stringify(value)}, not ${expected}`];
  if (shape === "text") return typeof value === "string" ? [] : wrong("text");
  if (shape === "number" || shape === "boolean") return typeof value === shape ? [] : wrong(`a ${shape}`);
  if (shape === "document") return typeof value === "string" || isMap(value) ? [] : wrong("a document");
  if ("list" in shape) {
    return Array.isArray(value)
      ? value.flatMap((each, index) => valueProblems(declared, shape.list, each, `${path}[${index}]`))
      : wrong("a list");
  }
  if (!isMap(value)) return wrong("a map");
  return "map" in shape
    ? Object.entries(value).flatMap(([key, each]) =>
        valueProblems(declared, shape.map, each, `${path}.${key}`),
      )
    : propertyProblems(declared, declared.objects[shape.object] ?? {}, value, `${path}.`);
}

/** What is wrong with the properties of a resource, or of an object in it: a line each. */
export function propertyProblems(
  declared: Declared,
  properties: Properties,
  values: Values,
  path = "",
): string[] {
  const missing = Object.entries(properties).flatMap(([name, { required }]) =>
    required && (values[name] === undefined || values[name] === null) ? [`${path}${name} is missing`] : [],
  );
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return [
    ...missing,
    ...given.flatMap(([name, value]) => {
      const property = properties[name];
      return property
        ? valueProblems(declared, property.shape, value, `${path}${name}`)
        : [`${path}${name} is no property that @pulumi/aws declares`];
    }),
  ];
}
