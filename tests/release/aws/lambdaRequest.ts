/** What a request to Lambda asks: its operations are methods and paths. https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
import type { Received } from "./proxy";

interface Operation {
  readonly operation: string;
  readonly method: string;
  /** Behind the function's path; `{Name}` stands for a part that is a parameter. */
  readonly path: string;
}

const FUNCTIONS = "/2015-03-31/functions/{FunctionName}";
const OPERATIONS: readonly Operation[] = [
  { operation: "GetFunctionConfiguration", method: "GET", path: `${FUNCTIONS}/configuration` },
  { operation: "GetAlias", method: "GET", path: `${FUNCTIONS}/aliases/{Name}` },
  { operation: "ListVersionsByFunction", method: "GET", path: `${FUNCTIONS}/versions` },
  { operation: "UpdateFunctionCode", method: "PUT", path: `${FUNCTIONS}/code` },
  { operation: "UpdateAlias", method: "PUT", path: `${FUNCTIONS}/aliases/{Name}` },
  // What owners of functions do.
  { operation: "CreateFunction", method: "POST", path: "/2015-03-31/functions" },
  { operation: "CreateAlias", method: "POST", path: `${FUNCTIONS}/aliases` },
  { operation: "UpdateFunctionConfiguration", method: "PUT", path: `${FUNCTIONS}/configuration` },
  { operation: "Invoke", method: "POST", path: `${FUNCTIONS}/invocations` },
];

/** Undefined for an operation that is not read here. */
export function lambdaOperation({
  method,
  host,
  url,
  body,
}: Pick<Received, "method" | "host" | "url" | "body">):
  { readonly operation: string; readonly input: Readonly<Record<string, unknown>> } | undefined {
  const { pathname, searchParams } = new URL(url, `https://${host}`);
  for (const { operation, path, ...asked } of OPERATIONS) {
    const form = new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    const found = form.exec(pathname);
    if (asked.method !== method || !found) continue;
    const said = method === "GET" || operation === "Invoke" ? "{}" : body.toString("utf8");
    const named = Object.entries(found.groups ?? {}).map(
      ([key, value]) => [key, decodeURIComponent(String(value))] as const,
    );
    return {
      operation,
      input: {
        ...(JSON.parse(said || "{}") as object),
        ...Object.fromEntries(searchParams),
        ...Object.fromEntries(named),
      },
    };
  }
  return undefined;
}
