/** What the last stage of a Dockerfile says of the image. Instructions that run something are not here. */
export interface Dockerfile {
  /** What is copied from the build's folder, as written. */
  readonly copies: readonly { readonly sources: readonly string[]; readonly destination: string }[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly workdir: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Of Lambda's base images, as in their names: `python`; not there for any other image. */
  readonly runtime?: string;
}

/** Variables that the base images of Lambda have. */
const BASE_ENV = { LAMBDA_TASK_ROOT: "/var/task" };

/** Instructions with their arguments, continued lines joined. */
function instructions(text: string): (readonly [name: string, rest: string])[] {
  const plain = text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n");
  return plain
    .replace(/\\\s*\n/g, " ")
    .split("\n")
    .flatMap((line) => {
      const [, name, rest] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
      return name !== undefined && rest !== undefined ? [[name.toUpperCase(), rest] as const] : [];
    });
}

/** `["node", "a.js"]`, or a shell's line as what Docker makes of it. */
function words(rest: string): string[] {
  try {
    const list: unknown = JSON.parse(rest);
    if (Array.isArray(list)) return list.map(String);
  } catch {
    // a shell's line
  }
  return ["/bin/sh", "-c", rest];
}

/** `A=1 B="two words"`, or the old form `A 1`. */
function assignments(rest: string): (readonly [string, string])[] {
  const found = [...rest.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)];
  if (found.length > 0)
    return found.map(([, name = "", value = ""]) => [name, value.replace(/^(["'])(.*)\1$/s, "$2")]);
  const [, name = rest, value = ""] = /^(\S+)\s+(.*)$/.exec(rest) ?? [];
  return [[name, value]];
}

const absolute = (path: string, workdir: string): string =>
  path.startsWith("/") ? path : `${workdir.replace(/\/$/, "")}/${path}`;

/** Reads a Dockerfile; of several stages the last one is the image. */
export function readDockerfile(text: string): Dockerfile {
  let env: Record<string, string> = { ...BASE_ENV };
  let args: Record<string, string> = {};
  let workdir = "/";
  let copies: { sources: string[]; destination: string }[] = [];
  let [entrypoint, command]: [string[], string[]] = [[], []];
  let runtime: string | undefined;
  const filled = (value: string): string =>
    value.replace(
      /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
      (_, braced?: string, otherwise = "", bare?: string) =>
        env[braced ?? bare ?? ""] ?? args[braced ?? bare ?? ""] ?? (otherwise as string),
    );
  for (const [name, rest] of instructions(text)) {
    if (name === "FROM") {
      env = { ...BASE_ENV };
      [workdir, copies, entrypoint, command] = ["/", [], [], []];
      runtime = /\blambda[/-](nodejs|python|java|ruby|dotnet|provided)\b/.exec(filled(rest))?.[1];
    } else if (name === "ARG") args = { ...args, ...Object.fromEntries(assignments(filled(rest))) };
    else if (name === "ENV") env = { ...env, ...Object.fromEntries(assignments(filled(rest))) };
    else if (name === "WORKDIR") workdir = absolute(filled(rest), workdir);
    else if (name === "ENTRYPOINT") [entrypoint, command] = [words(rest), []];
    else if (name === "CMD") command = words(rest);
    else if ((name === "COPY" || name === "ADD") && !/^(--\S+\s+)*--from=/.test(rest)) {
      const given = filled(rest.replace(/^(--\S+\s+)+/, ""));
      const paths = given.startsWith("[") ? words(given) : given.split(/\s+/);
      const destination = paths.pop() ?? ".";
      copies.push({ sources: paths, destination: absolute(destination, workdir) });
    }
  }
  return { copies, env, workdir, entrypoint, command, ...(runtime !== undefined && { runtime }) };
}
