import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Call } from "./commands";
import { ServiceError, type Service } from "./service";
import { REPOSITORY_URI } from "./kinds";
import { REGION } from "./stack";

export const shaOf = (code: string | Buffer): string => createHash("sha256").update(code).digest("base64");
/** Revisions of the function and of its alias, as Lambda has them. */
export const revision = (of: "function" | "alias", count: number): string =>
  `${of === "function" ? "f" : "a"}0000000-0000-4000-8000-${String(count).padStart(12, "0")}`;

const next = <T>(all: T[]): T | undefined => (all.length > 1 ? all.shift() : all[0]);
const missing = (what: string): never => {
  throw new ServiceError("ResourceNotFoundException", `${what} not found: arn:aws:lambda:${REGION}`);
};

function requireRevision(call: Call, now: string): void {
  const asked = call.options["revision-id"]?.[0];
  if (asked !== undefined && asked !== now)
    throw new ServiceError(
      "PreconditionFailedException",
      "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
    );
}

export const functions: Service = (call, who, world, cwd) => {
  if (!call.operation.startsWith("lambda ")) return undefined;
  const option = (name: string): string => call.options[name]?.[0] ?? "";
  const { ownersFunction: found } = world;
  if (who.account !== "222222222222" || found?.name !== option("function-name"))
    return missing(`Function ${option("function-name")}`);
  const { alias } = found;
  switch (call.operation) {
    case "lambda get-function-configuration": {
      const qualifier = call.options["qualifier"]?.[0];
      if (qualifier !== undefined) {
        const version =
          found.versions.find(({ number }) => String(number) === qualifier) ?? missing("Version");
        return { Version: qualifier, CodeSha256: version.sha, State: next(version.states) };
      }
      const [State, LastUpdateStatus] = next(found.states) ?? [];
      return {
        RevisionId: revision("function", found.revision),
        CodeSha256: found.sha,
        PackageType: found.packageType,
        ...(found.packageType === "Zip" && { Runtime: found.runtime }),
        Architectures: [found.architecture],
        State,
        LastUpdateStatus,
        Environment: { Variables: { PASSWORD: "never-in-a-log" } },
      };
    }
    case "lambda get-alias":
      if (alias.name !== option("name")) return missing(`Alias ${option("name")}`);
      return {
        FunctionVersion: alias.version,
        RevisionId: revision("alias", alias.revision),
        ...(Object.keys(alias.weights).length > 0 && {
          RoutingConfig: { AdditionalVersionWeights: alias.weights },
        }),
      };
    case "lambda list-versions-by-function":
      return {
        Versions: [
          { Version: "$LATEST", CodeSha256: found.sha },
          ...found.versions.map(({ number, sha }) => ({ Version: String(number), CodeSha256: sha })),
        ],
      };
    case "lambda update-function-code": {
      requireRevision(call, revision("function", found.revision));
      if (!call.options["publish"]) throw new Error("would give the function code, and no version");
      const [, file] = /^fileb:\/\/(.+)$/.exec(option("zip-file")) ?? [];
      const [uri = "", digest] = option("image-uri").split("@sha256:");
      if ((file === undefined) !== (found.packageType === "Image"))
        throw new ServiceError(
          "InvalidParameterValueException",
          "The code is not of the function's package type",
        );
      if (file === undefined && uri !== REPOSITORY_URI) throw new Error(`another repository: ${uri}`);
      const sha = file === undefined ? String(digest) : shaOf(readFileSync(resolve(cwd, file)));
      const newest = Math.max(0, ...found.versions.map(({ number }) => number));
      // Lambda publishes no version of what the newest has already.
      const same = found.published && sha === found.sha;
      if (!same) found.versions.push({ number: newest + 1, sha, states: ["Pending", "Active"] });
      Object.assign(found, { sha, published: true, revision: found.revision + 1 });
      return { Version: String(same ? newest : newest + 1) };
    }
    case "lambda update-alias": {
      requireRevision(call, revision("alias", alias.revision));
      const version = found.versions.find(({ number }) => String(number) === option("function-version"));
      if (!version) return missing("Version");
      if (version.states[0] !== "Active")
        throw new Error("would send calls to a version that can't be called");
      alias.version = option("function-version");
      alias.revision += 1;
      return { FunctionVersion: alias.version };
    }
    default:
      return undefined;
  }
};
