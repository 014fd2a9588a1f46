import { existsSync, readFileSync } from "node:fs";

/** What a JUnit XML file says of a run of tests. */
export interface TestReport {
  /** As its reporter counted them; undefined where the file does not say. */
  readonly tests: number | undefined;
  /** `service creates a product: expected 201`, one for each that failed. */
  readonly failures: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const decode = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = "") =>
    (hex ?? decimal)
      ? String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal))
      : (ENTITIES[name as string] ?? whole),
  );
const attribute = (attributes: string, name: string): string =>
  decode(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");

/** Reads a report; undefined where the file is not there. */
export function testReport(file: string): TestReport | undefined {
  if (!existsSync(file)) return undefined;
  const xml = readFileSync(file, "utf8");
  const whole = /<testsuites\b[^>]*\btests="(\d+)"/.exec(xml);
  const counts = whole ? [whole] : [...xml.matchAll(/<testsuite\b[^>]*\btests="(\d+)"/g)];
  const failed = xml.matchAll(/<testcase\b([^>]*)>\s*<(?:failure|error)\b([^>]*)>([^]*?)<\//g);
  return {
    tests: counts.length === 0 ? undefined : counts.reduce((sum, [, count]) => sum + Number(count), 0),
    failures: [...failed].map(([, test = "", failure = "", text = ""]) => {
      const title = [attribute(test, "classname"), attribute(test, "name")].filter(Boolean).join(" ");
      const plain = decode(text.replace(/^<!\[CDATA\[/, ""));
      const message = attribute(failure, "message") || (plain.trim().split("\n")[0] ?? "");
      return `${title}: ${message}`;
    }),
  };
}
