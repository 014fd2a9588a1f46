import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** No connection is closed while a client may be sending on it: however slow, it never finds one that is just closed. */
const UNLIMITED = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 };

/** Where an environment is reached, on this machine alone. It stays the same while what answers changes. */
export class Address {
  readonly url: string;
  #answer: Answer = (_, response) => void response.writeHead(503).end();

  private constructor(readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response),
    );
  }

  /** Listens on a port that is free. */
  static async listen(): Promise<Address> {
    const server = createServer(UNLIMITED);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Address(server);
  }

  /** From now on this answers. */
  use(answer: Answer): void {
    this.#answer = answer;
  }

  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
