import { PAGE, prefix, refused, table } from "../conditionTables";
import { withKeys } from "../asked";

withKeys();

describe("access/operators", () => {
  table("compares text exactly, or without case", `${PAGE}#Conditions_String`, "s3:prefix", [
    ["StringEquals", "home", "home", true],
    ["StringEquals", "home", "Home", false],
    ["StringEquals", "h*", "home", false],
    ["StringEquals", "h*", "h*", true],
    ["StringEquals", "home", undefined, false],
    ["StringNotEquals", "home", "home", false],
    ["StringNotEquals", "home", "Home", true],
    ["StringNotEquals", "home", undefined, true],
    ["StringEqualsIgnoreCase", "home", "HOME", true],
    ["StringEqualsIgnoreCase", "home", "house", false],
    ["StringNotEqualsIgnoreCase", "home", "HOME", false],
    ["StringNotEqualsIgnoreCase", "home", undefined, true],
  ]);
  table("knows * and ? in StringLike alone", `${PAGE}#Conditions_String-wildcard`, "s3:prefix", [
    ["StringLike", "home/*", "home/a/b", true],
    ["StringLike", "home/*", "my/home/a", false],
    ["StringLike", "h?me", "home", true],
    ["StringLike", "h?me", "hooome", false],
    ["StringLike", "a.c", "abc", false],
    ["StringLike", "*", "a\nb", true],
    ["StringLike", "H*", "home", false],
    ["StringNotLike", "home/*", "home/a", false],
    ["StringNotLike", "home/*", "away", true],
    ["StringNotLike", "home/*", undefined, true],
    ["StringLike", "${*}x", "*x", true],
    ["StringLike", "${*}x", "yx", false],
  ]);
  table("compares numbers", `${PAGE}#Conditions_Numeric`, "s3:max-keys", [
    ["NumericEquals", "10", "10.0", true],
    ["NumericEquals", 10, "11", false],
    ["NumericNotEquals", "10", "10", false],
    ["NumericNotEquals", "10", undefined, true],
    ["NumericLessThan", "10", "9.5", true],
    ["NumericLessThan", "10", "10", false],
    ["NumericLessThanEquals", "10", "10", true],
    ["NumericLessThanEquals", "10", "9", true],
    ["NumericLessThanEquals", "10", undefined, false],
    ["NumericGreaterThan", "10", "10", false],
    ["NumericGreaterThan", "10", "11", true],
    ["NumericGreaterThanEquals", "10", "10", true],
    ["NumericGreaterThanEquals", "-1", "-2", false],
  ]);
  table("compares dates, also with seconds since 1970", `${PAGE}#Conditions_Date`, "aws:CurrentTime", [
    ["DateEquals", "2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", true],
    ["DateEquals", "1577836800", "2020-01-01T00:00:00Z", true],
    ["DateEquals", "2020", "2020-01-01", true],
    ["DateNotEquals", "2020-01-01", "2020-01-01T00:00:00Z", false],
    ["DateLessThan", "2020-01-01", "2019-12-31T23:59:59Z", true],
    ["DateLessThan", "2020-01-01", "2020-01-01", false],
    ["DateLessThanEquals", "2020-01-01", "2020-01-01", true],
    ["DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z", true],
    ["DateGreaterThan", "2020-01-01", "2020-01-01", false],
    ["DateGreaterThanEquals", "2020-01-01", "2020-01-01", true],
    ["DateGreaterThan", "2020-01-01", undefined, false],
  ]);
  table("compares truth", `${PAGE}#Conditions_Boolean`, "aws:SecureTransport", [
    ["Bool", "false", "false", true],
    ["Bool", false, "true", false],
    ["Bool", "false", undefined, false],
  ]);
  table("compares bytes", `${PAGE}#Conditions_BinaryEquals`, "aws:userid", [
    ["BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true],
    ["BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5", false],
    ["BinaryEquals", "QmluYXJ5", undefined, false],
  ]);
  table("compares addresses with ranges", `${PAGE}#Conditions_IPAddress`, "aws:SourceIp", [
    ["IpAddress", "203.0.113.0/24", "203.0.113.1", true],
    ["IpAddress", "203.0.113.0/24", "198.51.100.1", false],
    ["IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::9", true],
    ["IpAddress", "203.0.113.7", "203.0.113.7", true],
    ["IpAddress", "203.0.113.7", "203.0.113.8", false],
    ["IpAddress", "203.0.113.0/24", undefined, false],
    ["NotIpAddress", "203.0.113.0/24", "203.0.113.1", false],
    ["NotIpAddress", "203.0.113.0/24", "198.51.100.1", true],
    ["NotIpAddress", "203.0.113.0/24", undefined, true],
  ]);
  const topic = (region: string, name: string) => `arn:aws:sns:${region}:123456789012:${name}`;
  const arns: readonly [string, boolean][] = [
    ["Equals", true],
    ["Like", true],
    ["NotEquals", false],
    ["NotLike", false],
  ];
  for (const [name, fits] of arns) {
    table(`compares each of an ARN's six parts with Arn${name}`, `${PAGE}#Conditions_ARN`, "aws:SourceArn", [
      [`Arn${name}`, topic("us-east-1", "a"), topic("us-east-1", "a"), fits],
      [`Arn${name}`, topic("us-east-1", "a"), topic("us-east-1", "A"), !fits],
      [`Arn${name}`, topic("*", "a?"), topic("us-east-1", "ab"), fits],
      [`Arn${name}`, topic("us-east-1", "*"), topic("us-east-1", "a:b/c"), fits],
      [`Arn${name}`, topic("us-*", "a"), "arn:aws:sns:us-east-1:9:123456789012:a", !fits],
      [`Arn${name}`, topic("us-east-1", "a"), undefined, !fits],
    ]);
  }

  const values: readonly (readonly [operator: string, value: string, section: string, message: RegExp])[] = [
    ["NumericEquals", "ten", "Numeric", /ten is not a number/],
    ["NumericLessThan", "${aws:EpochTime}", "Numeric", /has a variable, where AWS takes none/],
    ["DateEquals", "yesterday", "Date", /yesterday is neither/],
    ["DateEquals", "2020-13-01", "Date", /2020-13-01 is neither/],
    ["Bool", "yes", "Boolean", /yes is neither true nor false/],
    ["BinaryEquals", "a*", "BinaryEquals", /is not base64/],
    ["IpAddress", "::1", "IPAddress", /needs a prefix/],
    ["IpAddress", "10.0.0.0/33", "IPAddress", /longer prefix/],
    ["IpAddress", "10.0.0", "IPAddress", /not an IP address/],
    ["ArnLike", "*", "ARN", /six parts/],
  ];
  for (const [operator, value, section, message] of values) {
    refused(
      `refuses ${value} for ${operator}`,
      `${PAGE}#Conditions_${section}`,
      prefix(operator, value),
      {},
      message,
    );
  }
});
