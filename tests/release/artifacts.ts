import { on, read } from "../../rehearsal/aws/requests";
import type { Asked, Store } from "../../rehearsal/aws/types";
import { withKey, write } from "../../rehearsal/access/calls/store";
import type { Aws, Session } from "./model";

/** The bucket in which a pipeline's artifacts are: what CodePipeline and CodeBuild do in it, with a role that must be allowed to. */
export class Artifacts {
  readonly #aws: Pick<Aws, "ask" | "objects">;
  readonly #store: Store;

  constructor(aws: Pick<Aws, "ask" | "objects">, store: Store) {
    this.#aws = aws;
    this.#store = store;
  }

  get bucket(): string {
    return this.#store.bucketArn.replace(/^.*:::/, "");
  }

  #ask(session: Session, asked: readonly Asked[]): void {
    for (const { action, resource, context } of asked)
      this.#aws.ask(session, {
        action,
        resource,
        ...(context && { context }),
      });
  }

  async read(session: Session, key: string): Promise<Buffer> {
    this.#ask(session, on(this.#store.bucketArn, ["s3:GetBucketAcl", "s3:GetBucketLocation"]));
    this.#ask(session, read(this.#store, key, ["s3:GetObject", "s3:GetObjectVersion"]));
    const found = await this.#aws.objects.get(this.bucket, key);
    if (!found) throw new Error(`NoSuchKey: s3://${this.bucket}/${key}`);
    return found;
  }

  async write(session: Session, key: string, body: Buffer): Promise<void> {
    this.#ask(session, write(this.#store, key, withKey(this.#store)));
    await this.#aws.objects.put(this.bucket, key, body);
  }
}
