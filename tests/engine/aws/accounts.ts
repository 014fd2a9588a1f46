/** Doubled accounts without an engine, for tests of the double itself. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { declaredBySdk } from "../sdkTypes";
import { Cloud, type Thing } from "./cloud";
import type { Declared, Values } from "./declared";
import { KINDS } from "./kinds";
import { DoubledAws } from "./provider";

let declared: Declared | undefined;

/** What @pulumi/aws declares, read once. */
export const sdk = (): Declared => (declared ??= declaredBySdk(Object.keys(KINDS)));

export const ACCOUNT = "111111111111";
export const OTHER = "222222222222";
const REGION = "eu-west-1";

export const config = (account: string): Values => ({
  version: "7.48.0",
  region: REGION,
  allowedAccountIds: JSON.stringify([account]),
});

export const urn = (type: string, name: string): string => `urn:pulumi:stack::project::${type}::${name}`;

/** One account, asked as the engine asks. */
export class Account {
  readonly provider: DoubledAws;

  constructor(
    private readonly cloud: Cloud,
    id: string,
  ) {
    this.provider = new DoubledAws(cloud, sdk());
    this.provider.configure(config(id));
  }

  /** Inputs as the provider completes them; fails if it has something against them. */
  checked(type: string, name: string, written: Values, old: Values = {}): Values {
    const { inputs, problems } = this.provider.check(
      { type, name },
      { old, written, seed: new Uint8Array() },
    );
    assert.deepEqual(problems, []);
    return inputs;
  }

  /** Makes something; the rest of its type's token follows from its end: `iam/role:Role`. */
  async make(kind: string, name: string, written: Values): Promise<Thing> {
    const type = `aws:${kind}`;
    await this.provider.create(
      { type, name, urn: urn(type, name) },
      this.checked(type, name, written),
      false,
    );
    return this.thing(kind, name);
  }

  thing(kind: string, name: string): Thing {
    const found = this.cloud.all(`aws:${kind}`).find((each) => each.urn === urn(`aws:${kind}`, name));
    assert.ok(found, `there is no ${kind} ${name}`);
    return found;
  }

  async remove({ type, urn: of, id, inputs }: Thing): Promise<void> {
    await this.provider.delete({ type, name: of.split("::").at(-1) ?? "", urn: of }, id, inputs);
  }

  /** Puts something into it. */
  fill(thing: Thing): void {
    this.cloud.put({ ...thing, contents: ["something"] });
  }
}

export interface Accounts {
  readonly cloud: Cloud;
  readonly own: Account;
  readonly other: Account;
}

/** Two empty accounts; they are gone when `use` is done. */
export async function withAccounts<T>(use: (accounts: Accounts) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "doubled-aws-"));
  try {
    const cloud = new Cloud(folder);
    return await use({ cloud, own: new Account(cloud, ACCOUNT), other: new Account(cloud, OTHER) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Asked = (accounts: Accounts) => Promise<unknown>;
