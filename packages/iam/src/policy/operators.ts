import { BlockList, isIP } from "node:net";
import { notKnown } from "./notKnown";
import { arnTest, type Test, textTest, type Writing } from "./patterns";

/** A condition operator without its `ForAllValues:`, `ForAnyValue:` and `IfExists`. */
export interface Operator {
  /** True for those that hold where none of the policy's values fits. */
  readonly negated: boolean;
  /** Whether AWS documents it for keys with several values. */
  readonly sets: boolean;
  /** Makes a test of one of the policy's values. Throws for a value that it cannot read. */
  readonly test: (written: string, variables: Writing["variables"]) => Test;
}

const text = (negated: boolean, wildcards: boolean, ignoreCase = false): Operator => ({
  negated,
  sets: true,
  test: (written, variables) => textTest(written, { wildcards, variables }, ignoreCase),
});

const arn = (negated: boolean): Operator => ({ negated, sets: true, test: arnTest });

/** Operators that take no variables; `read` makes comparable what the policy and the request give. */
const plain = <Value>(
  read: (written: string) => Value,
  fits: (actual: Value, expected: Value) => boolean,
  negated = false,
  sets = false,
): Operator => ({
  negated,
  sets,
  test: (written, variables) => {
    if (variables !== "literal" && written.includes("${"))
      return notKnown(`${written} has a variable, where AWS takes none`);
    const expected = read(written);
    return (value) => fits(read(value), expected);
  },
});

function number(written: string): number {
  return /^-?\d+(\.\d+)?$/.test(written) ? Number(written) : notKnown(`${written} is not a number`);
}

const DATE = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/** https://www.w3.org/TR/NOTE-datetime, or seconds since 1970. Four digits are a year. */
function date(written: string): number {
  if (/^\d{5,}$/.test(written)) return Number(written) * 1000;
  const time = DATE.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(time)
    ? notKnown(`${written} is neither an ISO 8601 date nor seconds since 1970`)
    : time;
}

function boolean(written: string): boolean {
  return (
    written === "true" || (written === "false" ? false : notKnown(`${written} is neither true nor false`))
  );
}

const base64 = (written: string): string =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(written)
    ? Buffer.from(written, "base64").toString("hex")
    : notKnown(`${written} is not base64`);

const family = (address: string): "ipv4" | "ipv6" => {
  const version = isIP(address);
  return version === 0 ? notKnown(`${address} is not an IP address`) : version === 4 ? "ipv4" : "ipv6";
};

/** One address or a range. Without a prefix AWS takes /32, which says nothing of an IPv6 address. */
function ipTest(written: string): Test {
  const [address = "", prefix, ...rest] = written.split("/");
  const type = family(address);
  if (rest.length > 0 || (prefix !== undefined && !/^\d+$/.test(prefix)))
    notKnown(`${written} is not in CIDR form`);
  if (prefix === undefined && type === "ipv6") notKnown(`${written} needs a prefix, such as /128`);
  const bits = Number(prefix ?? 32);
  if (bits > (type === "ipv4" ? 32 : 128))
    notKnown(`${written} has a longer prefix than the address has bits`);
  const range = new BlockList();
  range.addSubnet(address, bits, type);
  return (value) => range.check(value, family(value)) && family(value) === type;
}

const ip = (negated: boolean): Operator => ({ negated, sets: false, test: ipTest });

type Comparison = (actual: number, expected: number) => boolean;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  Equals: (actual, expected) => actual === expected,
  LessThan: (actual, expected) => actual < expected,
  LessThanEquals: (actual, expected) => actual <= expected,
  GreaterThan: (actual, expected) => actual > expected,
  GreaterThanEquals: (actual, expected) => actual >= expected,
};

const compared = (kind: string, read: (written: string) => number): [string, Operator][] => [
  ...Object.entries(COMPARISONS).map(([name, fits]): [string, Operator] => [
    `${kind}${name}`,
    plain(read, fits),
  ]),
  [`${kind}NotEquals`, plain(read, (actual, expected) => actual === expected, true)],
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["StringEquals", text(false, false)],
  ["StringNotEquals", text(true, false)],
  ["StringEqualsIgnoreCase", text(false, false, true)],
  ["StringNotEqualsIgnoreCase", text(true, false, true)],
  ["StringLike", text(false, true)],
  ["StringNotLike", text(true, true)],
  ...compared("Numeric", number),
  ...compared("Date", date),
  ["Bool", plain(boolean, (actual, expected) => actual === expected, false, true)],
  ["BinaryEquals", plain(base64, (actual, expected) => actual === expected)],
  ["IpAddress", ip(false)],
  ["NotIpAddress", ip(true)],
  ["ArnEquals", arn(false)],
  ["ArnLike", arn(false)],
  ["ArnNotEquals", arn(true)],
  ["ArnNotLike", arn(true)],
]);
