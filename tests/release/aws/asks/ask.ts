/** What the files of this folder have in common: what a call is asked for, as AWS's Service Authorization Reference has it. */
import type { Question } from "../../../../packages/iam/src/evaluate/decide";
import type { Estate } from "../estate";

/** One action on one resource that a call needs. */
export interface Need {
  readonly action: string;
  /** ARN of one resource; `*` for an action that knows none. */
  readonly resource: string;
  readonly context?: Question["context"];
}

/** Who asks, where. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

export type Input = Readonly<Record<string, unknown>>;

export interface Looked {
  readonly estate: Estate;
  /** ARN of a stack by its name or ARN. Policies say nothing of the id at its end, so it is any. */
  readonly stackArn: (caller: Caller, name: string) => string;
}

/** The needs of each operation that the jobs and the services use; one that is not there is refused by the gate. */
export type Asks = Readonly<
  Record<string, (input: Input, caller: Caller, looked: Looked) => readonly Need[]>
>;

export const said = (input: Input, key: string): string | undefined => {
  const value = input[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
};

/** Only what is there. */
export const context = (values: Readonly<Record<string, string | readonly string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(values).filter(
      (each): each is [string, string | readonly string[]] => each[1] !== undefined,
    ),
  );

export const arn = ({ partition, region, account }: Caller, service: string, resource: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** The repository of an image that is named by its digest. */
export function repositoryOf(uri: string): string | undefined {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^@]+)@/.exec(uri) ?? [];
  return name === undefined ? undefined : `arn:aws:ecr:${region}:${account}:repository/${name}`;
}
