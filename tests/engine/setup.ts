/** Compiles the doubles once, before the tests, and removes everything after them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./install";
import { INSTALLED } from "./world";

export function mochaGlobalSetup(): void {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  install(folder);
  process.env[INSTALLED] = folder; // for the processes that run the tests
}

export function mochaGlobalTeardown(): void {
  const folder = process.env[INSTALLED];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
