import dynalite from "dynalite";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Stopped } from "../stopped";
import { list, map, type Values } from "../../../packages/iam/src/json";

const pick = (values: Values, ...keys: readonly string[]): Values =>
  Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));

/** CloudFormation takes numbers as text. */
const throughput = (values: Values): Values => {
  const units = map(values["ProvisionedThroughput"]);
  return Object.keys(units).length === 0
    ? {}
    : {
        ProvisionedThroughput: Object.fromEntries(
          Object.entries(units).map(([name, value]) => [name, Number(value)]),
        ),
      };
};
const indexes = (values: Values, key: string): Values => {
  const all = list(values[key]).map((each) => ({
    ...pick(map(each), "IndexName", "KeySchema", "Projection"),
    ...throughput(map(each)),
  }));
  return all.length === 0 ? {} : { [key]: all };
};

/** The properties of an `AWS::DynamoDB::Table` that this store heeds. */
export const tableShape = (properties: Values): Values => ({
  ...pick(properties, "AttributeDefinitions", "KeySchema", "BillingMode"),
  ...throughput(properties),
  ...indexes(properties, "GlobalSecondaryIndexes"),
  ...indexes(properties, "LocalSecondaryIndexes"),
});

/** An embedded DynamoDB of its own, in memory. */
export class TableStore {
  readonly url: string;

  private constructor(
    readonly server: Server,
    readonly region: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Listens on a port that is free. */
  static async listen(region: string): Promise<TableStore> {
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    Object.assign(server, { keepAliveTimeout: 0 }); // clients keep connections: none finds one that is just closed
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TableStore(server, region);
  }

  /** Asks it for something, as a client does. */
  ask(action: string, values: Values): Promise<Response> {
    const credential = `embedded/20200101/${this.region}/dynamodb/aws4_request`;
    return fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${action}`,
        "x-amz-date": "20200101T000000Z",
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify(values),
    });
  }

  /** Makes a table of CloudFormation's properties. Throws Stopped in DynamoDB's own words where it refuses. */
  async create(name: string, properties: Values): Promise<void> {
    const response = await this.ask("CreateTable", { TableName: name, ...tableShape(properties) });
    const answer = await response.text();
    if (response.ok) return;
    throw new Stopped(
      `table ${name} can't be made: ${answer}`,
      "correct the table in template.yaml, then start a new release",
    );
  }

  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
