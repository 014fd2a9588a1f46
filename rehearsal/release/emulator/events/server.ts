/** The addresses of the stand-ins for SQS, SNS, EventBridge and S3, in the protocols that AWS's SDKs speak. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { list, map, text, type Values } from "../../../../packages/iam/src/json";
import { Address } from "../address";
import { Broker } from "./broker";
import { messages } from "./invocations";
import { systemAttributes } from "./queues";
import { ObjectServices } from "./objects";
import { type Attribute, type Attributes, md5, type Message, type Queue, type Sent } from "./queue";

/** What AWS would answer with an error. */
class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

const MOST = 10;
/** Seconds that a request for messages waits at most, as SQS does. */
const LONGEST = 20;

const attributesOf = (value: unknown): Attributes =>
  Object.fromEntries(
    Object.entries(map(value)).map(([name, each]) => {
      const { DataType, StringValue, BinaryValue } = map(each);
      return [
        name,
        {
          DataType: String(DataType),
          ...(typeof StringValue === "string" && { StringValue }),
          ...(typeof BinaryValue === "string" && { BinaryValue }),
        } satisfies Attribute,
      ];
    }),
  );

function sentOf(values: Values, queue: Queue): Sent {
  const [body, group, deduplication] = ["MessageBody", "MessageGroupId", "MessageDeduplicationId"].map(
    (key) => text(values, key),
  );
  if (body === undefined || body === "")
    throw new Refused("MissingParameter", "The request must contain the parameter MessageBody.");
  const sent = { body, group, deduplication, attributes: attributesOf(values["MessageAttributes"]) };
  const refused = queue.refuses(sent);
  if (refused) throw new Refused(...refused);
  return sent;
}

/** The answers of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
class Sqs {
  constructor(readonly broker: Broker) {}

  #queue(values: Values): Queue {
    const url = text(values, "QueueUrl") ?? "";
    // The host is this machine's, or AWS's.
    const [, account, name] = /\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
    const queue = this.broker.queues.find((each) => each.url.endsWith(`/${account}/${name}`));
    if (queue) return queue;
    throw new Refused("com.amazonaws.sqs#QueueDoesNotExist", `The specified queue does not exist: ${url}`);
  }

  #received({ settings }: Queue, message: Message): object {
    const [, account = ""] = /:(\d{12}):/.exec(settings.arn) ?? [];
    return {
      MessageId: message.id,
      ReceiptHandle: message.receipt,
      Body: message.body,
      MD5OfBody: md5(message.body),
      Attributes: systemAttributes(message, account),
      ...(Object.keys(message.attributes ?? {}).length > 0 && { MessageAttributes: message.attributes }),
    };
  }

  /** Each of a batch, with its id. */
  #each(values: Values, work: (entry: Values) => object): object {
    const [successful, failed]: [object[], object[]] = [[], []];
    for (const entry of list(values["Entries"]).map(map)) {
      const id = entry["Id"];
      try {
        successful.push({ Id: id, ...work(entry) });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        failed.push({ Id: id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) };
  }

  #sent = ({ id, body }: Message): object => ({ MessageId: id, MD5OfMessageBody: md5(body) });

  readonly actions: Readonly<Record<string, (values: Values) => object | Promise<object>>> = {
    GetQueueUrl: (values) => {
      const queue = this.broker.queues.find(({ name }) => name === values["QueueName"]);
      if (!queue)
        throw new Refused("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.");
      return { QueueUrl: queue.settings.url };
    },
    GetQueueAttributes: (values) => {
      const queue = this.#queue(values);
      return {
        Attributes: { QueueArn: queue.settings.arn, ApproximateNumberOfMessages: String(queue.size) },
      };
    },
    SendMessage: (values) => {
      const queue = this.#queue(values);
      const [message] = this.broker.queues.send(queue, [sentOf(values, queue)]);
      return message ? this.#sent(message) : {};
    },
    SendMessageBatch: (values) => {
      const queue = this.#queue(values);
      const made: Sent[] = [];
      // All are in the queue before its function is called.
      const answers = this.#each(values, (entry) => {
        made.push(sentOf(entry, queue));
        return {};
      });
      const messages = this.broker.queues.send(queue, made);
      const successful = list(map(answers)["Successful"]).map((each, at) => {
        const message = messages[at];
        return { ...map(each), ...(message && this.#sent(message)) };
      });
      return { ...answers, Successful: successful };
    },
    ReceiveMessage: async (values) => {
      const queue = this.#queue(values);
      const most = Math.min(Number(values["MaxNumberOfMessages"] ?? 1), MOST);
      const seconds =
        values["VisibilityTimeout"] === undefined ? undefined : Number(values["VisibilityTimeout"]);
      let found = this.broker.queues.receive(queue, most, seconds);
      const wait = Math.min(Number(values["WaitTimeSeconds"] ?? 0), LONGEST);
      if (found.length === 0 && wait > 0) {
        await queue.wait(wait * 1000);
        found = this.broker.queues.receive(queue, most, seconds);
      }
      const { logicalId } = queue.settings;
      if (found.length > 0)
        this.broker.tell(
          (count) => `queue ${logicalId}: the service received ${messages(count)}`,
          found.length,
        );
      return { Messages: found.map((each) => this.#received(queue, each)) };
    },
    DeleteMessage: (values) => {
      const queue = this.#queue(values);
      const message = queue.find(text(values, "ReceiptHandle") ?? "");
      if (message) queue.remove(message);
      return {};
    },
    DeleteMessageBatch: (values) => {
      const queue = this.#queue(values);
      return this.#each(values, (entry) => {
        const message = queue.find(text(entry, "ReceiptHandle") ?? "");
        if (message) queue.remove(message);
        return {};
      });
    },
    ChangeMessageVisibility: (values) => {
      const message = this.#queue(values).find(text(values, "ReceiptHandle") ?? "");
      if (message) message.hiddenUntil = Date.now() + Number(values["VisibilityTimeout"] ?? 0) * 1000;
      return {};
    },
  };
}

/** What EventBridge answers: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const eventBridge = (broker: Broker): Readonly<Record<string, (values: Values) => object>> => ({
  PutEvents: (values) => {
    const entries = list(values["Entries"]).map((each) => {
      const entry = map(each);
      const [source, type, detail] = ["Source", "DetailType", "Detail"].map((key) => text(entry, key));
      if (source === undefined || type === undefined || detail === undefined)
        return {
          ErrorCode: "InvalidArgument",
          ErrorMessage: "Parameter Source, DetailType or Detail is not there",
        };
      const bus = (text(entry, "EventBusName") ?? "default").split("/").at(-1) ?? "";
      if (!broker.hasBus(bus))
        throw new Refused("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
      let value: unknown;
      try {
        value = JSON.parse(detail);
      } catch {
        return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
      }
      return {
        EventId: broker.put({ source, type, detail: value, bus, resources: list(entry["Resources"] ?? []) }),
      };
    });
    return { FailedEntryCount: entries.filter((each) => "ErrorCode" in each).length, Entries: entries };
  },
});

/** The fields of a form whose names begin so, without that. */
const below = (fields: Values, prefix: string): Values =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
/** Those of a list in a form: `entry.1.Name`. */
const entries = (fields: Values, prefix: string): Values[] => {
  const numbers = Object.keys(below(fields, prefix)).map((name) => Number(name.split(".")[0]));
  return [...new Set(numbers)].sort((a, b) => a - b).map((number) => below(fields, `${prefix}${number}.`));
};

const xml = (value: string): string =>
  value.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

/** A message for each protocol. */
function structureOf(message: string): Values {
  try {
    return map(JSON.parse(message) as unknown);
  } catch {
    throw new Refused(
      "InvalidParameter",
      "Invalid parameter: Message Structure - JSON message body failed to parse",
    );
  }
}

/** What SNS answers: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html */
function sns(broker: Broker, action: string, fields: Values): string {
  const publish = (values: Values): string => {
    const topic = text(fields, "TopicArn") ?? text(fields, "TargetArn") ?? "";
    const known = broker.topic(topic);
    if (!known) throw new Refused("NotFound", "Topic does not exist", 404);
    const written = text(values, "Message");
    if (written === undefined || written === "") throw new Refused("InvalidParameter", "Empty message");
    const structure = values["MessageStructure"] === "json" ? structureOf(written) : undefined;
    const group = text(values, "MessageGroupId");
    const deduplication =
      text(values, "MessageDeduplicationId") ?? (known.byContent ? md5(written) : undefined);
    if (known.fifo && group === undefined)
      throw new Refused("InvalidParameter", "The MessageGroupId parameter is required for FIFO topics");
    if (known.fifo && deduplication === undefined)
      throw new Refused(
        "InvalidParameter",
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      );
    return broker.publish(topic, {
      message: structure ? (text(structure, "default") ?? "") : written,
      subject: text(values, "Subject"),
      ...{ group, deduplication },
      attributes: attributesOf(
        Object.fromEntries(
          entries(values, "MessageAttributes.entry.").map((each) => [each["Name"], below(each, "Value.")]),
        ),
      ),
    });
  };
  if (action === "Publish") return `<MessageId>${publish(fields)}</MessageId>`;
  if (action === "PublishBatch") {
    const done = entries(fields, "PublishBatchRequestEntries.member.").map(
      (each) => `<member><Id>${xml(String(each["Id"]))}</Id><MessageId>${publish(each)}</MessageId></member>`,
    );
    return `<Successful>${done.join("")}</Successful><Failed/>`;
  }
  throw new Refused("InvalidAction", `the rehearsal does not run SNS ${action}`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Stand-ins that listen on this machine. */
export class EventServices {
  readonly broker = new Broker();

  private constructor(
    readonly address: Address,
    readonly objects: Address,
  ) {
    objects.use(new ObjectServices(this.broker).answer);
    address.use((request, response) => void this.#respond(request, response).catch(() => response.destroy()));
  }

  static listen = async (): Promise<EventServices> =>
    new EventServices(await Address.listen(), await Address.listen());

  get url(): string {
    return this.address.url;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target === "") return this.#query(body, response);
    const [service = "", action = ""] = target.split(".");
    const actions =
      service === "AmazonSQS"
        ? new Sqs(this.broker).actions
        : service === "AWSEvents"
          ? eventBridge(this.broker)
          : {};
    const type = { "content-type": `application/x-amz-json-1.${service === "AmazonSQS" ? 0 : 1}` };
    try {
      const answer = Object.hasOwn(actions, action)
        ? await actions[action]?.(map(JSON.parse(body) as unknown))
        : undefined;
      if (answer === undefined)
        throw new Refused("UnsupportedOperation", this.#unsupported(`${service} ${action}`));
      response.writeHead(200, type).end(JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      response
        .writeHead(error.status, type)
        .end(JSON.stringify({ __type: error.code, message: error.message }));
    }
  }

  #query(body: string, response: ServerResponse): void {
    const fields: Values = Object.fromEntries(new URLSearchParams(body));
    const action = text(fields, "Action") ?? "";
    const type = { "content-type": "text/xml" };
    const end = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
    try {
      const answer = sns(this.broker, action, fields);
      response
        .writeHead(200, type)
        .end(
          `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${answer}</${action}Result>${end}</${action}Response>`,
        );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code === "InvalidAction") this.#unsupported(`SNS ${action}`);
      const said = `<Error><Type>Sender</Type><Code>${error.code}</Code><Message>${xml(error.message)}</Message></Error>`;
      response.writeHead(error.status, type).end(`<ErrorResponse>${said}${end}</ErrorResponse>`);
    }
  }

  #unsupported(what: string): string {
    this.broker.tell(() => `the service called ${what}, which does not run here`);
    return `the rehearsal does not run ${what}`;
  }

  async close(): Promise<void> {
    this.broker.close();
    await this.address.close();
    await this.objects.close();
  }
}
