/** Whether another Region can take over from tooling's. */
import { partition } from "../../components/names";
import { AS_OF, type RegionalService, regionOf } from "../../components/regions";
import type { Draft } from "./draft";
import { line } from "./problems";
import { SERVICES, since } from "./regions";

/** What tooling needs beside CodePipeline and CodeBuild, and what for. */
function needs({ pipelines, chats }: Draft): readonly (readonly [RegionalService, string])[] {
  const first = (service: RegionalService, ...kinds: readonly string[]) =>
    pipelines
      .filter(({ source }) => kinds.some((kind) => source[kind] !== undefined))
      .slice(0, 1)
      .map(({ key }) => [service, `${key}.source`] as const);
  return [
    ...first("codecommit", "codecommit"),
    ...first("connections", "connection", "github"),
    ...(chats.length > 0 ? ([["notifications", "chats"]] as const) : []),
  ];
}

/** Problems with the Region that `replication` names, where tooling is in `own`. */
export function replicationProblems(settings: Draft, own: string): string[] {
  const { replication: other } = settings;
  if (other === undefined) return [];
  const refuse = (why: string) => [line("replication.region", other, why)];
  if (other === own) return refuse("tooling is in this Region itself: choose another, which can take over");
  if (partition(other) !== partition(own))
    return refuse(
      `it is of partition ${partition(other)}, and ${own} of ${partition(own)}, out of which nothing is copied: choose a Region of that`,
    );
  const there = settings.environments.find(({ region }) => region === other);
  if (there !== undefined)
    return refuse(
      `${there.key} is there, and tooling keeps a bucket near it: a replica beside that could not take its place yet: choose another Region`,
    );
  const services = regionOf(other)?.services ?? [];
  return needs(settings)
    .filter(([service]) => !services.includes(service))
    .flatMap(([service, key]) =>
      refuse(
        `${SERVICES[service]} ${service === "codecommit" ? "was" : "were"} not there on ${AS_OF}, and ${key} needs it: choose another Region, or, ${since(other, [service])}`,
      ),
    );
}
