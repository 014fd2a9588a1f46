/** S3's operations by method, path and query. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
import type { Received } from "./proxy";

export interface S3Asking {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const VIRTUAL = /^(.+)\.s3[.-][a-z0-9-]+\.amazonaws\.com$/;

/** Bucket and key; the first from the host, as the CLI writes it, or from the path. */
export function addressed({ host, url }: Pick<Received, "host" | "url">): {
  readonly bucket: string;
  /** As it is written: encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly search: string;
} {
  const [path = "/", search] = url.split(/\?(.*)/s);
  const query = new URLSearchParams(search ?? "");
  const [, virtual] = VIRTUAL.exec(host) ?? [];
  const rest = { query, search: search === undefined ? "" : `?${search}` };
  if (virtual !== undefined) return { bucket: virtual, path: path.slice(1), ...rest };
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket: decodeURIComponent(bucket), path: key, ...rest };
}

function onBucket(method: string, query: URLSearchParams): string | undefined {
  if (method === "POST" && query.has("delete")) return "DeleteObjects";
  if (method === "HEAD") return "HeadBucket";
  if (method !== "GET") return undefined;
  for (const [key, operation] of [
    ["location", "GetBucketLocation"],
    ["versioning", "GetBucketVersioning"],
    ["uploads", "ListMultipartUploads"],
    ["versions", "ListObjectVersions"],
  ] as const)
    if (query.has(key)) return operation;
  return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
}

function onObject(method: string, query: URLSearchParams, copies: boolean): string | undefined {
  const part = query.has("partNumber");
  if (query.has("tagging") || query.has("acl")) return undefined;
  if (method === "GET") return query.has("uploadId") ? "ListParts" : "GetObject";
  if (method === "HEAD") return "HeadObject";
  if (method === "PUT")
    return part ? (copies ? "UploadPartCopy" : "UploadPart") : copies ? "CopyObject" : "PutObject";
  if (method === "DELETE") return query.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
  if (method === "POST" && query.has("uploads")) return "CreateMultipartUpload";
  if (method === "POST" && query.has("uploadId")) return "CompleteMultipartUpload";
  return undefined;
}

/** What the parameters are called in the API. */
const PARAMETERS: Readonly<Record<string, string>> = {
  prefix: "Prefix",
  delimiter: "Delimiter",
  "max-keys": "MaxKeys",
  versionId: "VersionId",
  uploadId: "UploadId",
  partNumber: "PartNumber",
};

export function s3Operation(received: Received): S3Asking {
  const { method, headers, body } = received;
  const { bucket, path, query } = addressed(received);
  const key = decodeURIComponent(path);
  const source = headers["x-amz-copy-source"];
  const operation =
    bucket === ""
      ? method === "GET"
        ? "ListBuckets"
        : undefined
      : key === ""
        ? onBucket(method, query)
        : onObject(method, query, source !== undefined);
  const said = [...query].flatMap(([name, value]) => {
    const parameter = PARAMETERS[name];
    return parameter === undefined ? [] : [[parameter, value] as const];
  });
  const encryption = {
    ServerSideEncryption: headers["x-amz-server-side-encryption"],
    SSEKMSKeyId: headers["x-amz-server-side-encryption-aws-kms-key-id"],
  };
  return {
    operation: operation ?? `${method} ${key === "" ? "bucket" : "object"}?${[...query.keys()].join("&")}`,
    input: {
      ...(bucket !== "" && { Bucket: bucket }),
      ...(key !== "" && { Key: key }),
      ...Object.fromEntries(said),
      ...(typeof source === "string" && { CopySource: decodeURIComponent(source).replace(/^\//, "") }),
      ...Object.fromEntries(Object.entries(encryption).filter(([, value]) => value !== undefined)),
      ...(operation === "DeleteObjects" && {
        Keys: [...body.toString("utf8").matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, each = ""]) =>
          unescape(each),
        ),
      }),
    },
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescape = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? "");
