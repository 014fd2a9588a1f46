/** From sources as settings name them to sources as pipelines take them. */
import type * as pulumi from "@pulumi/pulumi";
import { GithubConnection } from "../components/pipeline/githubConnection";
import type * as components from "../components/pipeline/source";
import type { Source } from "./settings/model";

/** Repositories on GitHub share one connection, which is made for the first of them. */
export function sources(opts: pulumi.ComponentResourceOptions): (source: Source) => components.Source {
  let shared: GithubConnection | undefined;
  return (source) => {
    if (source.kind !== "github") return source;
    shared ??= new GithubConnection("github", opts);
    return { ...source, kind: "connection", connection: shared.arn };
  };
}
