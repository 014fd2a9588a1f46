const { createServer } = require("node:http");
const { exchanged } = require("./rates");

// The load balancer passes it on as it is.
const BEGINS = `${process.env.BASE_PATH ?? ""}/rates/`;

const answer = (response, status, body) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

const server = createServer(({ url }, response) => {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (pathname === "/health") return answer(response, 200, { status: "ok" });
  if (!pathname.startsWith(BEGINS)) return answer(response, 404, { message: "not found" });
  const worth = exchanged(pathname.slice(BEGINS.length), searchParams.get("rate") ?? 1, process.env.FEE);
  return worth === undefined
    ? answer(response, 400, { message: "amount and rate must be numbers" })
    : answer(response, 200, { worth, release: process.env.RELEASE });
});

server.listen(8080);
// ECS sends it before it replaces a task: what has begun is answered.
process.on("SIGTERM", () => server.close());
