/**
 * The stand-in for S3: objects in memory, in the protocol that AWS's SDKs speak to an address of one's own. No package does it: s3rver is
 * no longer kept, its fork wants Node.js 24 and fauxqs 22.5, where this project runs on 20.19.
 */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Broker } from "./broker";
import type { Bucket } from "./model";

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly changed: Date;
  /** What whoever asks for it is told beside it. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** What S3 would answer with an error. */
class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** One request, in S3's words. */
interface Asked {
  readonly bucket: Bucket;
  readonly objects: Map<string, StoredObject>;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Headers of an object that are kept with it. */
const KEPT = /^(content-(type|disposition|language|encoding)|cache-control|expires|x-amz-meta-.*)$/;
const XML = { "content-type": "application/xml" };
const MOST_KEYS = 1000;

const xml = (value: string): string =>
  value.replace(/[&<>"\r]/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
const plain = (value: string): string =>
  value
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, digits: string) =>
      String.fromCodePoint(parseInt(digits, hex ? 16 : 10)),
    )
    .replace(
      /&(lt|gt|quot|apos|amp);/g,
      (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'" })[name] ?? "&",
    );

const text = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
};

/** What a client sent in chunks with a checksum behind them. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf("\r\n", at);
    const size = parseInt(body.toString("latin1", at, end), 16);
    if (end < 0 || !(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

/** What is kept of an object that is put. */
function storedOf(body: Buffer, headers: IncomingHttpHeaders): StoredObject {
  const kept = Object.keys(headers)
    .filter((name) => KEPT.test(name))
    .map((name): [string, string] => [name, text(headers, name) ?? ""])
    .map(([name, value]): [string, string] => [name, value.replace(/(^|,\s*)aws-chunked(,\s*|$)/, "")])
    .filter(([, value]) => value !== "");
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  return { body, etag, changed: new Date(), headers: Object.fromEntries(kept) };
}

/** `bytes=0-9` of so many; undefined for all of it. */
function rangeOf(header: string | undefined, size: number): readonly [from: number, to: number] | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  if (first >= size) throw new Refused("InvalidRange", "The requested range is not satisfiable", 416);
  return [first, from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1)];
}

/** Names of objects in their order, those below a delimiter as one: both ways to list. */
function listing({ bucket, objects, query }: Asked): Reply {
  const second = query.get("list-type") === "2";
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const after = query.get("continuation-token") ?? query.get("start-after") ?? query.get("marker") ?? "";
  const most = Math.min(Number(query.get("max-keys") ?? MOST_KEYS), MOST_KEYS);
  const byUrl = query.get("encoding-type") === "url";
  const shown = byUrl ? (name: string) => encodeURIComponent(name).replaceAll("%2F", "/") : xml;
  const group = (key: string): string | undefined => {
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : key.slice(0, at + delimiter.length);
  };
  const names = [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => group(key) ?? key);
  const sorted = [...new Set(names)].filter((name) => name > after).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))); // prettier-ignore
  const page = sorted.slice(0, most);
  const truncated = sorted.length > page.length;
  const last = page.at(-1) ?? "";
  const rows = page.map((name) => {
    const found = group(name) === undefined ? objects.get(name) : undefined;
    return found
      ? `<Contents><Key>${shown(name)}</Key><LastModified>${found.changed.toISOString()}</LastModified><ETag>${xml(found.etag)}</ETag><Size>${found.body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
      : `<CommonPrefixes><Prefix>${shown(name)}</Prefix></CommonPrefixes>`;
  });
  const next = !truncated ? "" : second ? `<NextContinuationToken>${xml(last)}</NextContinuationToken>` : `<NextMarker>${shown(last)}</NextMarker>`; // prettier-ignore
  const body = `<ListBucketResult><Name>${xml(bucket.name)}</Name><Prefix>${shown(prefix)}</Prefix><MaxKeys>${most}</MaxKeys>${second ? `<KeyCount>${page.length}</KeyCount>` : ""}<IsTruncated>${truncated}</IsTruncated>${byUrl ? "<EncodingType>url</EncodingType>" : ""}${next}${rows.join("")}</ListBucketResult>`;
  return { status: 200, headers: XML, body };
}

export class ObjectServices {
  /** By bucket, by key. What is in a bucket stays when a release comes. */
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  #sequence = 0;

  constructor(readonly broker: Broker) {}

  readonly answer = (request: IncomingMessage, response: ServerResponse): void =>
    void this.#respond(request).then(
      ({ status, headers = {}, body = "" }) => {
        response.writeHead(status, { "x-amz-request-id": randomUUID(), "content-length": Buffer.byteLength(body), ...headers }); // prettier-ignore
        response.end(request.method === "HEAD" ? undefined : body);
      },
      () => response.destroy(),
    );

  async #respond(request: IncomingMessage): Promise<Reply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const { headers, method = "GET" } = request;
    const chunked = /^STREAMING-/.test(text(headers, "x-amz-content-sha256") ?? "");
    try {
      const body = chunked ? unchunked(sent) : sent;
      return this.#reply(method, this.#asked(request.url ?? "/", headers, body));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, message, status } = error;
      const said = `<Error><Code>${code}</Code><Message>${xml(message)}</Message></Error>`;
      return { status, headers: XML, body: said };
    }
  }

  #asked(url: string, headers: IncomingHttpHeaders, body: Buffer): Asked {
    const { pathname, searchParams: query } = new URL(url, "http://s3");
    const [, name = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(pathname) ?? [];
    return { ...this.#bucket(decodeURIComponent(name)), key: decodeURIComponent(key), query, headers, body };
  }

  #bucket(name: string): Pick<Asked, "bucket" | "objects"> {
    const bucket = this.broker.bucket(name);
    if (!bucket) throw new Refused("NoSuchBucket", "The specified bucket does not exist", 404);
    const objects = this.#buckets.get(name) ?? new Map<string, StoredObject>();
    this.#buckets.set(name, objects);
    return { bucket, objects };
  }

  #reply(method: string, asked: Asked): Reply {
    const { key, query } = asked;
    const part = ["uploads", "uploadId", "acl", "tagging", "versions", "versionId"].find((each) =>
      query.has(each),
    );
    if (part === undefined && key === "") {
      if (method === "HEAD") return { status: 200 };
      if (method === "GET" && ![...query.keys()].some((name) => OTHER_LISTS.has(name))) return listing(asked);
      if (method === "POST" && query.has("delete")) return this.#deleteMany(asked);
    }
    if (part === undefined && key !== "") {
      if (method === "GET" || method === "HEAD") return this.#get(asked, method);
      if (method === "PUT") return asked.headers["x-amz-copy-source"] === undefined ? this.#put(asked) : this.#copy(asked); // prettier-ignore
      if (method === "DELETE") {
        this.#delete(asked, key);
        return { status: 204 };
      }
    }
    const what = `S3 ${method}${key === "" ? " of a bucket" : " of an object"}${part === undefined ? "" : ` with ${part}`}`;
    this.broker.tell(() => `the service called ${what}, which does not run here`);
    throw new Refused("NotImplemented", `the rehearsal does not run ${what}`, 501);
  }

  #found({ objects }: Pick<Asked, "objects">, key: string): StoredObject {
    const found = objects.get(key);
    if (found) return found;
    throw new Refused("NoSuchKey", "The specified key does not exist.", 404);
  }

  #get(asked: Asked, method: string): Reply {
    const { body, etag, changed, headers } = this.#found(asked, asked.key);
    const common = { ...headers, etag, "last-modified": changed.toUTCString(), "accept-ranges": "bytes" };
    if (text(asked.headers, "if-none-match") === etag) return { status: 304, headers: { etag } };
    const wanted = text(asked.headers, "if-match");
    if (wanted !== undefined && wanted !== etag)
      throw new Refused(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        412,
      );
    const range = rangeOf(text(asked.headers, "range"), body.length);
    const part = range ? body.subarray(range[0], range[1] + 1) : body;
    const length = { "content-length": String(part.length) };
    const ranged = range && { "content-range": `bytes ${range[0]}-${range[1]}/${body.length}` };
    return {
      status: range ? 206 : 200,
      headers: { ...common, ...length, ...ranged },
      ...(method === "GET" && { body: part }),
    };
  }

  #store(
    { bucket, objects }: Pick<Asked, "bucket" | "objects">,
    key: string,
    made: StoredObject,
    how: string,
  ): void {
    objects.set(key, made);
    this.#notify(bucket, key, made, `ObjectCreated:${how}`);
  }

  #notify(bucket: Bucket, key: string, { body, etag }: StoredObject, name: string): void {
    const sequencer = (++this.#sequence).toString(16).toUpperCase().padStart(18, "0");
    this.broker.notify(bucket, { name, key, size: body.length, etag: etag.replaceAll('"', ""), sequencer });
  }

  #put(asked: Asked): Reply {
    const { objects, key, headers, body } = asked;
    if (text(headers, "if-none-match") === "*" && objects.has(key))
      throw new Refused(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        412,
      );
    const made = storedOf(body, headers);
    this.#store(asked, key, made, "Put");
    return { status: 200, headers: { etag: made.etag } };
  }

  #copy(asked: Asked): Reply {
    const { key, headers } = asked;
    const written = text(headers, "x-amz-copy-source") ?? "";
    const [, name = "", from = ""] = /^\/?([^/]+)\/([^?]*)/.exec(written.replace(/^%2F/i, "/")) ?? [];
    const source = this.#found(this.#bucket(decodeURIComponent(name)), decodeURIComponent(from));
    const replaced = text(headers, "x-amz-metadata-directive") === "REPLACE";
    const made = replaced ? storedOf(source.body, headers) : { ...source, changed: new Date() };
    this.#store(asked, key, made, "Copy");
    const body = `<CopyObjectResult><LastModified>${made.changed.toISOString()}</LastModified><ETag>${xml(made.etag)}</ETag></CopyObjectResult>`;
    return { status: 200, headers: XML, body };
  }

  #delete({ bucket, objects }: Pick<Asked, "bucket" | "objects">, key: string): void {
    const found = objects.get(key);
    if (!found) return;
    objects.delete(key);
    this.#notify(bucket, key, found, "ObjectRemoved:Delete");
  }

  #deleteMany(asked: Asked): Reply {
    const keys = [...asked.body.toString("utf8").matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key = ""]) =>
      plain(key),
    );
    keys.forEach((key) => this.#delete(asked, key));
    const rows = keys.map((key) => `<Deleted><Key>${xml(key)}</Key></Deleted>`).join("");
    return { status: 200, headers: XML, body: `<DeleteResult>${rows}</DeleteResult>` };
  }
}

/** What else is asked of a bucket with GET. */
const OTHER_LISTS = new Set(
  "accelerate analytics cors encryption intelligent-tiering inventory lifecycle location logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment versioning website".split(" "), // prettier-ignore
);
