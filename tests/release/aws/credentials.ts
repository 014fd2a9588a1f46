/** Keys that were handed out, and whose they are: STS's knowledge. */
import { createHash } from "node:crypto";

/** What a key stands for. */
export interface Holder {
  /** Session that the process was started with. */
  readonly session: string;
  readonly account: string;
  /** Undefined for an administrator, whose calls nobody decides. */
  readonly role:
    | { readonly arn: string; readonly name: string; readonly tags: Readonly<Record<string, string>> }
    | undefined;
}

/** In the form in which AWS hands them out. https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html */
export interface Keys {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: string;
}

/** Looks like chance, and is the same in every run: a log can be searched for it, and told from another's. */
const letters = (of: string, length: number): string =>
  createHash("sha512").update(of).digest("base64").replace(/[+/=]/g, "x").slice(0, length);

/** Sessions last until the test ends. Later than any clock that the CLI reads, which fetches new keys before they end. */
const EXPIRATION = "2099-01-01T00:00:00Z";

export class Credentials {
  readonly #holders = new Map<string, { readonly keys: Keys; readonly holder: Holder }>();

  readonly #passwords = new Map<string, Holder>();

  hand(holder: Holder): Keys {
    const number = this.#holders.size + 1;
    const seed = `${number} ${holder.session}`;
    const keys = {
      AccessKeyId: `ASIA${letters(`key ${seed}`, 16).toUpperCase()}`,
      SecretAccessKey: letters(`secret ${seed}`, 40),
      SessionToken: `IQoJb3JpZ2luX2Vj${letters(`token ${seed}`, 80)}${letters(`rest ${seed}`, 80)}`,
      Expiration: EXPIRATION,
    };
    this.#holders.set(keys.AccessKeyId, { keys, holder });
    return keys;
  }

  /** A registry's password. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html */
  password(holder: Holder): string {
    const { session } = holder;
    const seed = `password ${this.#passwords.size + 1} ${session}`;
    const text = JSON.stringify({
      payload: letters(seed, 80),
      datakey: letters(`key ${seed}`, 80),
      version: "2",
      type: "DATA_KEY",
    });
    const password = Buffer.from(text).toString("base64");
    this.#passwords.set(password, holder);
    return password;
  }

  /** Undefined for a key that nobody was given, or that comes without its token. */
  holder(accessKeyId: string, token: string | undefined): Holder | undefined {
    const found = this.#holders.get(accessKeyId);
    return found?.keys.SessionToken === token ? found?.holder : undefined;
  }

  /** Whose registry's password this is. */
  holderOf(password: string | undefined): Holder | undefined {
    return password === undefined ? undefined : this.#passwords.get(password);
  }

  secrets(): string[] {
    const keys = [...this.#holders.values()].flatMap(({ keys }) => [keys.SecretAccessKey, keys.SessionToken]);
    return [...keys, ...this.#passwords.keys()];
  }
}
