/** What an API answers by the OpenAPI document in its `Body`. */
import { list, map, text, type Values } from "../../packages/iam/src/json";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html */
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];
const ANY = "x-amazon-apigateway-any-method";

export interface OpenApiMethod {
  /** `GET /notes/{id}`, `ANY /notes`, `$default` */
  readonly key: string;
  /** `GET`, `ANY` */
  readonly method: string;
  readonly path: string;
  readonly integration: Values;
  /** Names of what asks who calls: of each alternative all. */
  readonly security: readonly string[];
}

export const methodsOf = ({ Body }: Values): OpenApiMethod[] => {
  const document = map(Body);
  return Object.entries(map(document["paths"])).flatMap(([path, item]) =>
    Object.entries(map(item)).flatMap(([verb, written]): OpenApiMethod[] => {
      if (verb !== ANY && !METHODS.includes(verb)) return [];
      const of = map(written);
      const method = verb === ANY ? "ANY" : verb.toUpperCase();
      const security = list(of["security"] ?? document["security"]).flatMap((each) => Object.keys(map(each)));
      return [
        {
          ...{ method, path, key: path === "$default" ? path : `${method} ${path}` },
          integration: map(of["x-amazon-apigateway-integration"]),
          security: security.filter((name) => name !== "NONE"),
        },
      ];
    }),
  );
};

/** The function that a method calls, as its integration names it. */
export const calledByMethod = ({ integration }: OpenApiMethod): string | undefined =>
  integration["type"] === "aws_proxy" ? text(integration, "uri") : undefined;
