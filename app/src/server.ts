/**
 * The service as a process of its own, behind a load balancer: the function's routes, and `/health` for the balancer.
 * Listens on $PORT, 8080 unless set; its paths begin with $BASE_PATH, if it is set. SIGTERM or SIGINT ends it once the requests that it has are answered.
 */
import { InvokeStore } from "@aws/lambda-invoke-store";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { logger } from "./observability";
import { MAX_BODY_BYTES } from "./product";
import { respond } from "./respond";

/** In milliseconds. A connection stays open for longer than the 60 s after which a load balancer drops an idle one. */
const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 10_000 });

async function serve(): Promise<void> {
  // Requests overlap here, as they do in a function that Lambda allows several at once: by this variable the logger
  // knows it, and keeps what it is told of a request in the store of that request.
  const store = await InvokeStore.getInstanceAsync(true);
  process.env.AWS_LAMBDA_MAX_CONCURRENCY = "unlimited";
  const { PORT = "8080", SECRET, BASE_PATH = "" } = process.env;
  server.on("request", (request, response) => {
    if (request.url === "/health") response.end("healthy\n");
    else void store.run({}, () => answer(request, response, BASE_PATH));
  });
  server.listen(Number(PORT), () => {
    const { port } = server.address() as AddressInfo;
    logger.info("listening", { port, secret: SECRET === undefined ? "none" : "given" });
  });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      server.close();
      logger.info("draining", { signal });
    });
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, basePath: string): Promise<void> {
  const start = performance.now();
  try {
    const event = toEvent(request, await read(request), basePath);
    const { statusCode = 200, headers = {}, body } = await respond(event, {} as Context);
    response.statusCode = statusCode;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
    // Once draining, the connection is given up with the answer.
    response.shouldKeepAlive &&= server.listening;
    response.end(body);
    const milliseconds = Math.round(performance.now() - start);
    logger.info("answered", { method: request.method, status: statusCode, milliseconds });
  } catch (error) {
    logger.warn("the request was not answered", error as Error);
    response.destroy();
  }
}

/** All of a body is taken off the connection, or its client could not read the answer; a little over the limit is kept. */
async function read(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (length <= MAX_BODY_BYTES) kept.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(kept);
}

/** The request as an HTTP API would put it, but for what only a gateway has. */
function toEvent(
  { method = "", url = "", headers }: IncomingMessage,
  body: Buffer,
  basePath: string,
): APIGatewayProxyEventV2 {
  const now = new Date();
  // A target may also be `*` or a whole address, which no route has.
  const [path] = /^\/[^?]*/.exec(url) ?? ["/"];
  // The load balancer leaves in what it chose the service by.
  const rawPath = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: "",
    headers: {},
    body: body.toString("base64"),
    isBase64Encoded: true,
    requestContext: {
      accountId: "",
      apiId: "",
      domainName: "localhost",
      domainPrefix: "",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "", userAgent: "" },
      // By this id the load balancer's access log has the request too.
      requestId: String(headers["x-amzn-trace-id"] ?? randomUUID()),
      routeKey: "$default",
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
  };
}

void serve();
