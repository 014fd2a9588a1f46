/** Of a template's APIs, their stages and public function URLs, the one that its output Endpoint names: it is asked, the others are not. */
import { attributeOf } from "../../aws/registry";
import { endpoint } from "../../aws/physicalNames";
import type { Evaluated, StackResource } from "../cloudformation/stack";
import { type Api, type ApiSource, type NamedStage, stagesOf } from "./apis";
import { ofType } from "./deployment";
import { isPublic, readFunctionUrl, urlOf } from "./functionUrl";
import { readHttpApi } from "./httpApi";
import { readRestApi } from "./restApi";

/** A kind of API. */
interface Kind {
  readonly type: string;
  /** Which of the type can be asked. Default: all. */
  readonly askable?: (api: StackResource) => boolean;
  /** Its address in AWS. */
  readonly address: (source: ApiSource, api: StackResource) => string;
  readonly stages: (api: StackResource, evaluated: Evaluated) => readonly NamedStage[];
  /** How it is read at one of its stages. */
  readonly read: (source: ApiSource, api: StackResource, stage: NamedStage) => Api;
}

const KINDS: readonly Kind[] = [
  {
    type: "AWS::ApiGatewayV2::Api",
    address: ({ site }, api) => attributeOf(site, api, "ApiEndpoint") ?? "",
    stages: stagesOf,
    read: readHttpApi,
  },
  {
    type: "AWS::ApiGateway::RestApi",
    address: ({ site }, api) => endpoint(site, api),
    stages: stagesOf,
    read: readRestApi,
  },
  {
    type: "AWS::Lambda::Url",
    askable: isPublic,
    address: urlOf,
    stages: () => [{ name: "$default" }],
    read: readFunctionUrl,
  },
];

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
  const there = KINDS.flatMap(({ type, askable = () => true, address, stages, read }) =>
    ofType(evaluated, type).map((api) => ({
      ...{ api, askable: askable(api), read },
      ...{ address: address(source, api), stages: stages(api, evaluated) },
    })),
  );
  const all = there.filter(({ askable }) => askable);
  const said = evaluated.outputs["Endpoint"];
  const text = typeof said === "string" ? said : "";
  const chosen =
    all.find(({ address }) => text === address || text.startsWith(`${address}/`)) ??
    (all.length === 1 ? all[0] : undefined);
  if (!chosen)
    return all.length === 0
      ? "the template has no API, and the rehearsal asks functions through one"
      : `output Endpoint names none of the template's APIs (${names(all.map(({ api }) => api))}), and the rehearsal asks the one that it names`;
  const { api, address, stages, read } = chosen;
  const stage = stageAt(stages, text.slice(address.length));
  if (!stage)
    return stages.length === 0
      ? `API ${api.logicalId} has no stage in the template`
      : `output Endpoint names none of the stages of ${api.logicalId} (${stages.map(({ name }) => name).join(", ")}), and the rehearsal asks the one that it names`;
  const others = there.filter((each) => each !== chosen).map((each) => each.api);
  const otherStages = stages.filter((each) => each !== stage).map(({ name }) => name);
  const found = read(source, api, stage);
  return {
    ...found,
    notRehearsed: [
      ...(others.length > 0
        ? [
            `APIs and function URLs that output Endpoint does not name, which nobody asks here: ${names(others)}`,
          ]
        : []),
      ...(otherStages.length > 0
        ? [`stages that output Endpoint does not name, which nobody asks here: ${otherStages.join(", ")}`]
        : []),
      ...found.notRehearsed,
    ],
  };
}
