import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** What is measured: so many environments, each in an account of its own, and so many pipelines through all of them. */
export interface Size {
  readonly environments: number;
  readonly pipelines: number;
}

export const SIZES: readonly Size[] = [
  { environments: 2, pipelines: 1 },
  { environments: 10, pipelines: 1 },
  { environments: 30, pipelines: 1 },
  { environments: 3, pipelines: 10 },
];
export const titleOf = ({ environments, pipelines }: Size) => `${environments}x${pipelines}`;

/** Writes the stack files of a system of that size; the last environment asks before it takes a release. */
export function writeStackFiles(folder: string, { environments, pipelines }: Size): void {
  mkdirSync(folder, { recursive: true });
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
  const write = (stack: string, config: object) =>
    writeFileSync(
      join(folder, `Pulumi.${stack}.yaml`),
      stringify({ config: { "aws:region": "eu-west-1", ...config } }),
    );
  const accountOf = (n: number) => String(200000000000 + n);
  write("tooling", {
    kind: "tooling",
    account: "111111111111",
    environments: numbers(environments).map((n) => ({
      name: `env-${n}`,
      account: accountOf(n),
      ...(n === environments ? { approval: { emails: ["release@example.com"] } } : {}),
    })),
    pipelines: numbers(pipelines).map((n) => ({
      name: `service-${n}`,
      workload: "lambda-container",
      source: { codecommit: `service-${n}`, branch: "main" },
    })),
  });
  for (const n of numbers(environments)) write(`env-${n}`, { kind: "environment", account: accountOf(n) });
}
