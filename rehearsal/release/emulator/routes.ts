/** What can be asked of a service, and what of its template answers. */
export interface Route {
  /** `GET /product/find/{id}`, `ANY /files/{path+}` or `$default`; of a load balancer `ANY /product/find/*` */
  readonly key: string;
  /** Logical id of the function or service. */
  readonly target: string;
}

export interface Match {
  readonly route: Route;
  /** By name, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // API Gateway passes on what is no encoding
  }
};

/** Parameters of a path, or undefined where the template of a route does not fit. */
function parametersOf(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  const greedy = /^\{.+\+\}$/.test(wanted.at(-1) ?? "");
  if (greedy ? given.length < wanted.length : given.length !== wanted.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const name = /^\{(.+?)\+?\}$/.exec(segment)?.[1];
    const rest = greedy && index === wanted.length - 1;
    const value = rest ? given.slice(index).join("/") : (given[index] ?? "");
    if (name === undefined && segment !== value) return undefined;
    if (name !== undefined && value === "") return undefined;
    if (name !== undefined) parameters[name] = decode(value);
  }
  return parameters;
}

/** How exactly a route says what it takes; API Gateway chooses the most exact that fits. */
function exactness(key: string): number[] {
  if (key === "$default") return [-1];
  const [method = "", path = ""] = key.split(" ");
  const segments = path
    .split("/")
    .map((segment) => (segment.endsWith("+}") ? 0 : segment.startsWith("{") ? 1 : 2));
  return [...segments, method === "ANY" ? 0 : 1];
}

function moreExact(left: string, right: string): number {
  const [ours, theirs] = [exactness(left), exactness(right)];
  const at = ours.findIndex((each, index) => each !== theirs[index]);
  return at < 0 ? 0 : (theirs[at] ?? 0) - (ours[at] ?? 0);
}

/** The route for a request, as API Gateway chooses it; undefined where it answers 404 itself. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  const matches = routes.flatMap((route): Match[] => {
    if (route.key === "$default") return [{ route, pathParameters: {} }];
    const [wanted, template = ""] = route.key.split(" ");
    const pathParameters = parametersOf(template, path);
    return (wanted === method || wanted === "ANY") && pathParameters ? [{ route, pathParameters }] : [];
  });
  return matches.sort((left, right) => moreExact(left.route.key, right.route.key))[0];
}

/** `["GET", "/product/find/example"]`: a request that a route takes. */
export function exampleOf({ key }: Route): readonly [method: string, path: string] {
  const [method = "GET", path = "/"] = key === "$default" ? [] : key.split(" ");
  return [method === "ANY" ? "GET" : method, path.replace(/\{[^}]+\}|\*/g, "example")];
}

/** Commands that people can try on what answers at an address, one for each route. */
export const examplesOf = (url: string, routes: readonly Route[]): string[] =>
  routes.map(exampleOf).map(([method, path]) => {
    const address = `${url.replace(/\/$/, "")}${path}`;
    return ["GET", "HEAD"].includes(method)
      ? `curl -i ${address}`
      : `curl -i -X ${method} -H 'content-type: application/json' -d '{}' ${address}`;
  });
