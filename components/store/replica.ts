import * as pulumi from "@pulumi/pulumi";
import { REPLICA } from "../names";
import { ArtifactStore, type ArtifactStoreArgs } from "./artifactStore";
import { ImageRepository } from "./imageRepository";

export interface ReplicaArgs extends Pick<
  ArtifactStoreArgs,
  "account" | "region" | "onlyRoles" | "deletable"
> {
  /** Repositories whose images are copied, by pipeline. */
  readonly images: Readonly<Record<string, ImageRepository>>;
}

/**
 * What waits in another Region: a store and repositories made of the same parts as tooling's own, so that `npm run failover` only has to
 * rename them. Nobody reads them before that.
 */
export class Replica extends pulumi.ComponentResource {
  readonly store: ArtifactStore;

  constructor(name: string, { images, ...args }: ReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Replica", name, {}, opts);
    const parent = { parent: this };
    this.store = new ArtifactStore(`artifacts${REPLICA}`, args, parent);
    // ECR would make them by itself, without their settings.
    for (const [pipeline, { name: physicalName }] of Object.entries(images))
      new ImageRepository(
        `${pipeline}${REPLICA}`,
        { physicalName, pullers: [], ...(args.deletable !== undefined && { deletable: args.deletable }) },
        parent,
      );
    this.registerOutputs({});
  }
}
