/** In front of the store of tables, which has no streams: looks at an item before and after it is written. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { list, map, type Values } from "../../../../packages/iam/src/json";
import { Address } from "../address";
import type { TableStore } from "../tableStore";
import type { Broker } from "./broker";
import type { Stream } from "./model";
import type { Change } from "./streams";

/** An item that a call may write, by its key or with all that is in it. */
interface Written {
  readonly table: string;
  readonly item: Values;
}

const WRITES: Readonly<Record<string, (values: Values) => readonly Written[]>> = {
  PutItem: (values) => [{ table: String(values["TableName"]), item: map(values["Item"]) }],
  UpdateItem: (values) => [{ table: String(values["TableName"]), item: map(values["Key"]) }],
  DeleteItem: (values) => [{ table: String(values["TableName"]), item: map(values["Key"]) }],
  BatchWriteItem: (values) =>
    Object.entries(map(values["RequestItems"])).flatMap(([table, requests]) =>
      list(requests).map((each) => {
        const { PutRequest: put, DeleteRequest: remove } = map(each);
        return { table, item: map(map(put)["Item"] ?? map(remove)["Key"]) };
      }),
    ),
};

/** An item of a table with a stream. */
interface Watched {
  readonly stream: Stream;
  readonly keys: Values;
}

export class TableWrites {
  /** Writes that are watched come one after the other: what is between two looks is one write's. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly store: TableStore,
    readonly broker: Broker,
    readonly address: Address,
  ) {
    address.use((request, response) => void this.#respond(request, response).catch(() => response.destroy()));
  }

  static listen = async (store: TableStore, broker: Broker): Promise<TableWrites> =>
    new TableWrites(store, broker, await Address.listen());

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const watched = this.#watched(request, body);
    const forward = () => this.#forward(request, body);
    const answer =
      watched.length === 0 ? await forward() : await this.#inTurn(() => this.#write(watched, forward));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  #inTurn(write: () => Promise<Response>): Promise<Response> {
    const mine = this.#last.then(write);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  #watched({ headers }: IncomingMessage, body: Buffer): Watched[] {
    const action = String(headers["x-amz-target"]).split(".")[1] ?? "";
    let values: Values;
    try {
      values = map(JSON.parse(body.toString("utf8")) as unknown);
    } catch {
      return []; // the store refuses it
    }
    const written = Object.hasOwn(WRITES, action) ? (WRITES[action]?.(values) ?? []) : [];
    return written.flatMap(({ table, item }) => {
      // A table may be named by its ARN.
      const stream = this.broker.stream(table.replace(/^arn:.*:table\//, ""));
      if (!stream) return [];
      return [{ stream, keys: Object.fromEntries(stream.keys.map((key) => [key, item[key]])) }];
    });
  }

  /** The same request, of the store itself. */
  #forward({ method = "POST", url = "/", headers }: IncomingMessage, body: Buffer): Promise<Response> {
    const own = Object.entries(headers).flatMap(([name, value]) =>
      OF_CONNECTION.test(name) || value === undefined ? [] : [[name, String(value)] as const],
    );
    const content = ["GET", "HEAD"].includes(method) ? {} : { body: new Uint8Array(body) };
    return fetch(`${this.store.url}${url}`, { method, headers: Object.fromEntries(own), ...content });
  }

  async #look({ stream, keys }: Watched): Promise<Values | undefined> {
    const found = await this.store.ask("GetItem", {
      TableName: stream.table,
      Key: keys,
      ConsistentRead: true,
    });
    const item = map(await found.json())["Item"];
    return item === undefined ? undefined : map(item);
  }

  async #write(watched: readonly Watched[], forward: () => Promise<Response>): Promise<Response> {
    const before = await Promise.all(watched.map((each) => this.#look(each)));
    const answer = await forward();
    const after = await Promise.all(watched.map((each) => this.#look(each)));
    const changes = new Map<Stream, Change[]>();
    watched.forEach(({ stream, keys }, at) => {
      // What writes the same again puts nothing on a stream.
      if (isDeepStrictEqual(before[at], after[at])) return;
      const change = { keys, before: before[at], after: after[at] };
      changes.set(stream, [...(changes.get(stream) ?? []), change]);
    });
    changes.forEach((own, stream) => this.broker.changed(stream, own));
    return answer;
  }

  close = (): Promise<void> => this.address.close();
}

/** Headers that are about the connection, or that fetch writes itself. */
const OF_CONNECTION =
  /^(host|connection|content-length|keep-alive|transfer-encoding|expect|accept-encoding)$/;
