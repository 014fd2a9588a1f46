/**
 * The doubled AWS accounts: a file for each thing that exists, and a line for each thing that happened. Files, since
 * every stack has a provider process of its own, and since what exists must outlive all of them.
 */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Values } from "./declared";

/** Something that exists in an account. */
export interface Thing {
  readonly urn: string;
  readonly type: string;
  readonly account: string;
  /** `global` where AWS has one for all Regions. */
  readonly region: string;
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  /** What people or jobs have put into it: objects, images, reports. */
  readonly contents?: readonly string[];
  /** A key that waits for its end: days. */
  readonly pendingDeletionInDays?: number;
}

export interface Event {
  /** `refused` by AWS; `fault`: injected by a test. */
  readonly op: "create" | "read" | "update" | "delete" | "refused" | "fault";
  readonly account: string;
  readonly urn: string;
  readonly id: string;
  readonly message?: string;
}

/** In the cloud's folder: whose account a profile is, and `default`. Without the file: the one that is allowed. */
export const CREDENTIALS = "credentials.json";

/** In the cloud's folder: accounts that nobody has, or that are closed. Without the file: there are none. */
export const NO_ACCOUNTS = "no-accounts.json";

/** In the cloud's folder: Regions that are gone; nothing in them answers. Without the file: there are none. */
export const NO_REGIONS = "no-regions.json";

export type Place = Pick<Thing, "account" | "region" | "type" | "id">;

const folderOf = (type: string): string => type.replaceAll(/[:/]/g, "-");

const files = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // nothing has been made there yet
  }
};

export class Cloud {
  constructor(readonly folder: string) {}

  private path({ account, region, type, id }: Place): string {
    return join(this.folder, "accounts", account, region, folderOf(type), `${encodeURIComponent(id)}.json`);
  }

  get(place: Place): Thing | undefined {
    try {
      return JSON.parse(readFileSync(this.path(place), "utf8")) as Thing;
    } catch {
      return undefined;
    }
  }

  /** Whether an account is somebody's. */
  hasAccount(account: string): boolean {
    try {
      return !(JSON.parse(readFileSync(join(this.folder, NO_ACCOUNTS), "utf8")) as string[]).includes(
        account,
      );
    } catch {
      return true;
    }
  }

  /** Whether a Region answers. */
  answers(region: string): boolean {
    try {
      const gone = JSON.parse(readFileSync(join(this.folder, NO_REGIONS), "utf8")) as string[];
      return !gone.includes(region);
    } catch {
      return true;
    }
  }

  /** Everything of a type, in every account; of one account if that is given. */
  all(type: string, account?: string): Thing[] {
    return this.within([account, undefined, folderOf(type)]);
  }

  /** Everything that exists. */
  things(): Thing[] {
    return this.within([]);
  }

  /** What is in the folders of these names, level by level; any name where none is given. */
  private within([account, region, kind]: readonly (string | undefined)[]): Thing[] {
    let folders = [join(this.folder, "accounts")];
    for (const name of [account, region, kind]) {
      folders = folders.flatMap((folder) =>
        (name === undefined ? files(folder) : [name]).map((each) => join(folder, each)),
      );
    }
    return folders.flatMap((folder) =>
      files(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Thing),
    );
  }

  /** Written beside and moved: another process never reads half of it. */
  put(thing: Thing): void {
    const path = this.path(thing);
    mkdirSync(dirname(path), { recursive: true });
    const draft = join(this.folder, `draft-${process.pid}`);
    writeFileSync(draft, JSON.stringify(thing, undefined, 1));
    renameSync(draft, path);
  }

  remove(place: Place): void {
    rmSync(this.path(place), { force: true });
  }

  record(event: Event): void {
    mkdirSync(this.folder, { recursive: true });
    appendFileSync(join(this.folder, "events.jsonl"), `${JSON.stringify(event)}\n`);
  }

  events(): Event[] {
    let text: string;
    try {
      text = readFileSync(join(this.folder, "events.jsonl"), "utf8");
    } catch {
      return [];
    }
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Event);
  }
}
