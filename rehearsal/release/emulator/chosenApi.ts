/** Of a template's APIs and their stages, the one that its output Endpoint names: it is asked, the others are not. */
import { attributeOf } from "../../aws/registry";
import { endpoint } from "../../aws/physicalNames";
import type { StackResource } from "../cloudformation/stack";
import { type Api, type ApiSource, type NamedStage, stagesOf } from "./apis";
import { ofType } from "./deployment";
import { readHttpApi } from "./httpApi";
import { readRestApi } from "./restApi";

/** Each kind of API: its stages, its address in AWS, how it is read at one of its stages. */
const KINDS = [
  {
    type: "AWS::ApiGatewayV2::Api",
    address: ({ site }: ApiSource, api: StackResource) => attributeOf(site, api, "ApiEndpoint") ?? "",
    read: readHttpApi,
  },
  {
    type: "AWS::ApiGateway::RestApi",
    address: ({ site }: ApiSource, api: StackResource) => endpoint(site, api),
    read: readRestApi,
  },
] as const;

const names = (of: readonly { readonly logicalId: string }[]): string =>
  of.map(({ logicalId }) => logicalId).join(", ");

/** The stage that a path begins with, or else the one without a name in the path. */
function stageAt(stages: readonly NamedStage[], path: string): NamedStage | undefined {
  const [, first = ""] = path.split("/");
  const at = stages.find(({ name }) => name === first) ?? stages.find(({ name }) => name === "$default");
  return at ?? (stages.length === 1 ? stages[0] : undefined);
}

/** Text says why none can be asked. */
export function apiOf(source: ApiSource): Api | string {
  const { evaluated } = source;
  const all = KINDS.flatMap(({ type, address, read }) =>
    ofType(evaluated, type).map((api) => ({ api, address: address(source, api), read })),
  );
  const said = evaluated.outputs["Endpoint"];
  const text = typeof said === "string" ? said : "";
  const chosen =
    all.find(({ address }) => text === address || text.startsWith(`${address}/`)) ??
    (all.length === 1 ? all[0] : undefined);
  if (!chosen)
    return all.length === 0
      ? "the template has no API, and the rehearsal asks functions through one"
      : `output Endpoint names none of the template's APIs (${names(all.map(({ api }) => api))}), and the rehearsal asks the one that it names`;
  const { api, address, read } = chosen;
  const stages = stagesOf(api, evaluated);
  const stage = stageAt(stages, text.slice(address.length));
  if (!stage)
    return stages.length === 0
      ? `API ${api.logicalId} has no stage in the template`
      : `output Endpoint names none of the stages of ${api.logicalId} (${stages.map(({ name }) => name).join(", ")}), and the rehearsal asks the one that it names`;
  const others = all.filter((each) => each !== chosen).map((each) => each.api);
  const otherStages = stages.filter((each) => each !== stage).map(({ name }) => name);
  const found = read(source, api, stage);
  return {
    ...found,
    notRehearsed: [
      ...(others.length > 0
        ? [`APIs that output Endpoint does not name, which nobody asks here: ${names(others)}`]
        : []),
      ...(otherStages.length > 0
        ? [`stages that output Endpoint does not name, which nobody asks here: ${otherStages.join(", ")}`]
        : []),
      ...found.notRehearsed,
    ],
  };
}
