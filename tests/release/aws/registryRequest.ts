/**
 * ECR's registries, which images are pushed to: what a request of the registry's API is in ECR's, for its permissions.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
import type { Received } from "./proxy";

const HOST = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;

/** Method and what stands after the repository's name, by ECR's own word for it. */
const OPERATIONS: readonly (readonly [method: RegExp, path: RegExp, operation: string])[] = [
  [/^POST$/, /^blobs\/uploads\/?$/, "InitiateLayerUpload"],
  [/^PATCH$/, /^blobs\/uploads\/.+$/, "UploadLayerPart"],
  [/^PUT$/, /^blobs\/uploads\/.+$/, "CompleteLayerUpload"],
  [/^HEAD$/, /^blobs\/sha256:[0-9a-f]{64}$/, "BatchCheckLayerAvailability"],
  [/^GET$/, /^blobs\/sha256:[0-9a-f]{64}$/, "GetDownloadUrlForLayer"],
  [/^PUT$/, /^manifests\/.+$/, "PutImage"],
  [/^(GET|HEAD)$/, /^manifests\/.+$/, "BatchGetImage"],
];

export interface RegistryAsking {
  readonly region: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Undefined where the request has none. */
  readonly password: string | undefined;
}

/** Undefined for a request to another host. */
export function registryAsking({ method, host, url, headers }: Received): RegistryAsking | undefined {
  const [, registryId, region] = HOST.exec(host) ?? [];
  if (registryId === undefined || region === undefined) return undefined;
  const [, basic] = /^Basic (.+)$/.exec(headers.authorization ?? "") ?? [];
  const password =
    basic === undefined ? undefined : Buffer.from(basic, "base64").toString("utf8").replace(/^AWS:/, "");
  const [path = ""] = url.split("?");
  const [, repositoryName = "", rest = ""] = /^\/v2\/(.+?)\/((?:blobs|manifests)\/.+)$/.exec(path) ?? [];
  const found = OPERATIONS.find(([methods, paths]) => methods.test(method) && paths.test(rest));
  const operation = found?.[2] ?? (path === "/v2/" ? "Login" : `${method} ${path}`);
  return { region, operation, input: { registryId, repositoryName }, password };
}
