/* eslint-disable @typescript-eslint/no-require-imports -- run by itself */
/**
 * Stands for docker in the jobs' containers: logs in to a registry, and builds what a Dockerfile copies onto its base as one
 * layer, without the base. It pushes as BuildKit does: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
const { spawnSync } = require("node:child_process");
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const { cpSync, statSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { tmpdir } = require("node:os");
const { basename, dirname, join } = require("node:path");
const tls = require("node:tls");
const { URL } = require("node:url");

const fail = (message) => {
  console.error(`docker: ${message}`);
  process.exit(1);
};
const settings = join(process.env.HOME, ".docker/config.json");
const logins = () => {
  try {
    return JSON.parse(readFileSync(settings, "utf8")).auths ?? {};
  } catch {
    return {};
  }
};
const keep = (auths) => {
  mkdirSync(dirname(settings), { recursive: true });
  writeFileSync(settings, JSON.stringify({ auths }), { mode: 0o600 });
};

/** One request to a registry, through the proxy. */
const ask = (host, auth, method, path, body = Buffer.alloc(0), headers = {}) =>
  new Promise((resolve, reject) => {
    const proxy = new URL(process.env.HTTPS_PROXY);
    const tunnel = http.request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: `${host}:443`,
    });
    tunnel.on("error", reject);
    tunnel.on("connect", (_, socket) => {
      const secured = tls.connect({ socket, servername: host, ca: readFileSync(process.env.AWS_CA_BUNDLE) });
      const request = https.request(
        {
          ...{ host, method, path, createConnection: () => secured },
          headers: { host, authorization: `Basic ${auth}`, "content-length": body.length, ...headers },
        },
        (answer) => {
          const parts = [];
          answer.on("data", (part) => parts.push(part));
          answer.on("end", () => {
            secured.destroy();
            resolve({
              status: answer.statusCode,
              headers: answer.headers,
              bytes: Buffer.concat(parts),
              text: Buffer.concat(parts).toString("utf8"),
            });
          });
        },
      );
      request.on("error", reject);
      request.end(body);
    });
    tunnel.end();
  });

const sha = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

async function login(args) {
  const host = args.at(-1);
  const auth = Buffer.from(`AWS:${readFileSync(0, "utf8").trim()}`).toString("base64");
  const { status } = await ask(host, auth, "GET", "/v2/");
  if (status !== 200) fail(`login to ${host} was answered with ${status}`);
  keep({ ...logins(), [host]: { auth } });
  console.log("Login Succeeded");
}

/** What the Dockerfile copies, as one layer, with the command that it gives; of several stages the last. */
function layer(dockerfile, context) {
  const lines = readFileSync(dockerfile, "utf8").replace(/\\\n/g, " ").split("\n");
  const root = mkdtempSync(join(tmpdir(), "docker-"));
  const config = { Env: [], Cmd: [], WorkingDir: "/" };
  for (const line of lines.map((each) => each.trim())) {
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const names = rest.split(/\s+/).filter((each) => !each.startsWith("--"));
    if (word === "WORKDIR") config.WorkingDir = rest;
    if (word === "ENV") config.Env.push(rest);
    if (word === "CMD") config.Cmd = JSON.parse(rest);
    if (word === "ENTRYPOINT") config.Entrypoint = JSON.parse(rest);
    if (word === "COPY") {
      const to = names.pop().replace(/\$\{LAMBDA_TASK_ROOT\}/, "/var/task");
      for (const from of names) {
        const target = join(root, to.startsWith("/") ? "" : config.WorkingDir, to);
        const inside = to.endsWith("/") && !statSync(join(context, from)).isDirectory();
        cpSync(join(context, from), inside ? join(target, basename(from)) : target, { recursive: true });
      }
    }
  }
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  const { stdout, status } = spawnSync("tar", [...fixed, "-C", root, "-c", "."], { maxBuffer: 2 ** 30 });
  rmSync(root, { recursive: true });
  if (status !== 0) fail("the layer can't be packed");
  return { tar: stdout, config };
}

const pusher =
  (host, auth) =>
  async (...request) => {
    const answer = await ask(host, auth, ...request);
    if (answer.status >= 300 && !(request[0] === "HEAD" && answer.status === 404))
      fail(`${request[0]} ${request[1]} was answered with ${answer.status}: ${answer.text}`);
    return answer;
  };

async function pushBlob(push, repository, blob) {
  const path = `/v2/${repository}`;
  if ((await push("HEAD", `${path}/blobs/${sha(blob)}`)).status === 200) return;
  const started = await push("POST", `${path}/blobs/uploads/`);
  const sent = await push("PATCH", started.headers.location, blob, {
    "content-type": "application/octet-stream",
  });
  await push("PUT", `${sent.headers.location ?? started.headers.location}?digest=${sha(blob)}`);
}

async function build(args) {
  const option = (name) => args[args.indexOf(name) + 1];
  const output = Object.fromEntries(
    option("--output")
      .split(",")
      .map((each) => each.split(/=(.*)/s)),
  );
  const [host, repository, tag] = /^([^/]+)\/(.*):([^:]+)$/.exec(output.name).slice(1);
  const auth = logins()[host]?.auth ?? fail(`no login to ${host}`);
  const made = layer(option("--file"), args.at(-1));
  const labels = args.flatMap((each, i) => (args[i - 1] === "--label" ? [each.split(/=(.*)/s)] : []));
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: "amd64", os: "linux", created: "1970-01-01T00:00:00Z" },
      config: { ...made.config, Labels: Object.fromEntries(labels.map(([key, value]) => [key, value])) },
      rootfs: { type: "layers", diff_ids: [sha(made.tar)] },
    }),
  );
  const push = pusher(host, auth);
  for (const blob of [made.tar, config]) await pushBlob(push, repository, blob);
  const type = "application/vnd.docker.distribution.manifest.v2+json";
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: type },
      config: {
        mediaType: "application/vnd.docker.container.image.v1+json",
        size: config.length,
        digest: sha(config),
      },
      layers: [
        {
          mediaType: "application/vnd.docker.image.rootfs.diff.tar",
          size: made.tar.length,
          digest: sha(made.tar),
        },
      ],
    }),
  );
  await push("PUT", `/v2/${repository}/manifests/${tag}`, manifest, { "content-type": type });
  writeFileSync(option("--metadata-file"), JSON.stringify({ "containerimage.digest": sha(manifest) }));
}

/** Copies one manifest, and what it names, to another repository: https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/ */
async function copy(args) {
  if (!args.includes("--prefer-index=false")) fail("a single manifest would be wrapped into an index");
  const [from, repository, digest] = /^([^/]+)\/(.+)@(.+)$/.exec(args.at(-1)).slice(1);
  const [to, name, tag] = /^([^/]+)\/(.*):([^:]+)$/.exec(args[args.indexOf("--tag") + 1]).slice(1);
  const [source, target] = [from, to].map((host) => logins()[host]?.auth ?? fail(`no login to ${host}`));
  const read = async (path) => {
    const answer = await ask(from, source, "GET", `/v2/${repository}/${path}`);
    if (answer.status !== 200)
      fail(`GET ${path} of ${from} was answered with ${answer.status}: ${answer.text}`);
    return answer;
  };
  const { bytes: manifest, headers } = await read(`manifests/${digest}`);
  if (sha(manifest) !== digest) fail(`the manifest of ${digest} has the digest ${sha(manifest)}`);
  const push = pusher(to, target);
  const { config, layers } = JSON.parse(manifest.toString("utf8"));
  for (const { digest: blob } of [config, ...layers])
    await pushBlob(push, name, (await read(`blobs/${blob}`)).bytes);
  const type = headers["content-type"] ?? "application/vnd.docker.distribution.manifest.v2+json";
  await push("PUT", `/v2/${name}/manifests/${tag}`, manifest, { "content-type": type });
}

async function main([command, ...args]) {
  if (command === "login") return login(args);
  if (command === "logout") {
    return keep(Object.fromEntries(Object.entries(logins()).filter(([host]) => host !== args.at(-1))));
  }
  if (command === "buildx" && args[0] === "create") return console.log("delivery");
  if (command === "buildx" && args[0] === "build") return build(args.slice(1));
  if (command === "buildx" && args[0] === "imagetools") return copy(args.slice(2));
  return fail(`'${[command, ...args].join(" ")}' is no command that stands here`);
}

main(process.argv.slice(2)).catch((error) => fail(error.message));
