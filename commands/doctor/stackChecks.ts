/** What doctor looks at for each stack: credentials, secrets, operations and locks that a crash left. */
import { execFile } from "node:child_process";
import { mkdtempSync, copyFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { VERSION } from "../../stacks/version";
import type { WrongAccount } from "../aws/accounts";
import type { Check } from "./checks";
import type { Delivery, Part } from "../delivery";
import type { Listed, State } from "../engine/engine";
import { engineMessage } from "../engine/engineMessage";
import { fixCommands, pendingProblem } from "../engine/fixes";
import { movedInPlace } from "../recordedRegions";

/** Each stack's credentials. */
export const credentialChecks = (parts: readonly Part[], wrong: readonly WrongAccount[]): Check[] =>
  parts.map(({ stack, settings }) => {
    const found = wrong.find((each) => each.stack === stack);
    const what = `${stack}: credentials of account ${settings.provider.account}`;
    return found ? { what: `${stack}: credentials`, problem: found.problem, fix: [found.fix] } : { what };
  });

/** Which version of this project brought the stack up; those before 0.2.0 did not say. */
export function versionCheck({ stack }: Part, { outputs }: State): Check {
  const version = typeof outputs["version"] === "string" ? outputs["version"] : "0.1.0 or earlier";
  const what = `${stack}: brought up with version ${version}`;
  return version === VERSION
    ? { what }
    : {
        what,
        problem: `this is version ${VERSION}`,
        fix: [`read CHANGELOG.md, then: npm run up -- ${stack}`],
        state: "waits",
      };
}

/** Stacks whose Region was changed in place: npm run up brings none of them up. */
export const regionChecks = (delivery: Delivery, states: ReadonlyMap<string, State>): Check[] =>
  movedInPlace(delivery, states).map(({ stack, problem, fix }) => ({
    what: `${stack}: Region`,
    problem,
    fix: [fix],
  }));

/** What doctor knows of a stack that the backend has. */
export interface Known {
  readonly state: State;
  readonly listed: Listed;
  /** Undefined where locks cannot be looked up. */
  readonly holders: readonly string[] | undefined;
}

/** Operations and locks that are left of an update, or belong to one that is running. */
export function operationChecks({ stack, settings }: Part, { state, listed, holders }: Known): Check[] {
  const { account, region } = settings.provider;
  const locked = (holders ?? []).length > 0;
  const running = locked || listed.updateInProgress === true;
  const checks: Check[] = [];
  if (running) {
    const who = locked
      ? `by ${(holders ?? []).join(", ")}`
      : "by an update (Pulumi Cloud's page of the stack says whose)";
    checks.push({
      what: `${stack}: lock`,
      problem: `is locked ${who}`,
      fix: ["wait for its end or, if that is not running any more:", `pulumi cancel --stack ${stack} --yes`],
    });
  }
  if (state.pending.length > 0) {
    const fix = fixCommands(stack, state.pending, { at: { account, region }, locked: running });
    checks.push({ what: `${stack}: operations`, problem: pendingProblem(state.pending), fix });
  }
  return checks.length > 0
    ? checks
    : [{ what: `${stack}: no operation is pending${holders ? ", and nobody holds it" : ""}` }];
}

/** Whether the stack's secrets can be encrypted and decrypted, asked of Pulumi itself with a copy of the stack's file. */
export async function secretsCheck(part: Part, root: string): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-doctor-"));
  const copy = join(folder, basename(part.file));
  const what = `${part.stack}: secrets`;
  try {
    copyFileSync(part.file, copy);
    const key = [
      "config",
      "set",
      "--secret",
      "--stack",
      part.stack,
      "--config-file",
      copy,
      "--non-interactive",
    ];
    await promisify(execFile)("pulumi", [...key, "doctor", "checked"], { cwd: root });
    return { what };
  } catch (error) {
    const problem = `cannot be read: ${engineMessage(error)}`;
    return { what, problem, fix: [secretsFix(part)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const PASSPHRASE = "export PULUMI_CONFIG_PASSPHRASE=… (or PULUMI_CONFIG_PASSPHRASE_FILE)";

const secretsFix = ({ file, secretsProvider }: Part): string =>
  secretsProvider === undefined
    ? PASSPHRASE
    : `see that you may use the key in ${basename(file)}: ${secretsProvider}`;

/** What a stack that is still to be made needs; `passphrase` says whether one is given. */
export const newStackCheck = ({ stack, secretsProvider }: Part, url: string, passphrase: boolean): Check => {
  const what = `${stack}: is not there yet; npm run up makes it`;
  const needed = !/^https?:/.test(url) && secretsProvider === undefined;
  return needed && !passphrase
    ? {
        what: `${stack}: secrets`,
        problem: "a new stack needs a passphrase or a secrets provider",
        fix: [PASSPHRASE],
      }
    : { what };
};
