import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { send } from "./emulator";

describe("requests to the emulator", () => {
  it("have a connection each: one that was kept may be ended by the emulator as the next request goes out", async () => {
    const connections: (string | undefined)[] = [];
    const ports = new Set<number | undefined>();
    const server = createServer(({ socket, headers }, response) => {
      connections.push(headers.connection);
      ports.add(socket.remotePort);
      response.setHeader("connection", "keep-alive").end(headers.authorization);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      for (const authorization of ["one", "two"]) {
        const sent = { method: "GET", path: "/", headers: {}, body: Buffer.alloc(0) };
        const { status, body } = await send(port, { authorization }, sent);
        assert.deepEqual([status, body.toString()], [200, authorization]);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
    assert.deepEqual([connections, ports.size], [["close", "close"], 2]);
  });
});
