/** What services' files make answers of the provider, and limits of inputs, of. */
import type { Limit, MockOutputs, MockRequest, PulumiType } from "./types";

type Row = (request: MockRequest) => MockOutputs;

/** Something that is known by the property that it is set on, and answers nothing of its own. */
export const settingOf =
  (key: string): Row =>
  ({ input }) => ({ id: input(key), outputs: {} });

export const named =
  (key: string, service: string, resource: (name: string) => string, idIsArn = false): Row =>
  (asked) => {
    const name = asked.named(key);
    const arn = asked.arn(service, resource(name));
    return { id: idIsArn ? arn : name, outputs: { [key]: name, arn } };
  };

/** Something that EC2 gives an id. */
export const identified =
  (prefix: string, resource?: string): Row =>
  ({ arn, hash }) => {
    const id = `${prefix}-${hash(17)}`;
    return { id, outputs: { id, ...(resource !== undefined && { arn: arn("ec2", `${resource}/${id}`) }) } };
  };

/** A type that carries nothing of access. */
export const plain = (answer: Row, more: Omit<PulumiType, "answer" | "carries"> = {}): PulumiType => ({
  answer,
  carries: "nothing",
  ...more,
});

/** What stands behind a separator in an ARN. */
export const behind =
  (separator: string) =>
  (arn: string): string =>
    arn.slice(arn.indexOf(separator) + separator.length);

export const number = (input: string, least: number, most: number): Limit => ({
  input,
  words: `${least} to ${most}`,
  allowed: (value) => Number(value) >= least && Number(value) <= most && Number.isInteger(Number(value)),
});
export const length = (input: string, most: number, pattern?: RegExp): Limit => ({
  input,
  words: `at most ${most} characters${pattern ? ` that match ${pattern.source}` : ""}`,
  allowed: (value) => value.length <= most && (pattern?.test(value) ?? true),
});
export const oneOf = (input: string, values: readonly (string | number)[]): Limit => ({
  input,
  words: `one of ${values.join(", ")}`,
  allowed: (value) => values.map(String).includes(value),
});
