/** The sample's Dockerfiles, built by Debian's buildah onto a base that is made here: no registry is asked. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "../../rehearsal/bringUp/commandLine";

/** A store of images below a folder: without rights of its own, and no image of the machine's is seen. */
const store = (folder: string): string[] => [
  ...["--root", join(folder, "store"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"],
];

/** Why no image can be built here. */
function missing(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "delivery-buildah-"));
  try {
    const { error, status, stderr } = spawnSync("buildah", [...store(folder), "from", "scratch"], {
      encoding: "utf8",
    });
    if (error) return "there is no buildah on PATH (apt-get install buildah)";
    return status === 0 ? undefined : `buildah makes no image here: ${stderr.trim().split("\n").at(-1)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const skipped = missing();
if (skipped !== undefined) console.log(`images: skipped, ${skipped}`);

interface Built {
  readonly manifest: {
    readonly schemaVersion: number;
    readonly mediaType: string;
    readonly config: { readonly digest: string; readonly mediaType: string };
    readonly layers: readonly { readonly digest: string; readonly mediaType: string }[];
  };
  readonly digest: string;
  readonly config: { readonly Labels: Record<string, string> } & Readonly<Record<string, unknown>>;
  /** `mode owner name` of what the last layer has. */
  readonly files: readonly string[];
}

const DOCKER = "application/vnd.docker";

function images(): void {
  const work = mkdtempSync(join(tmpdir(), "delivery-image-"));
  after(() => rmSync(work, { recursive: true }));
  const buildah = (...args: string[]): void => {
    execFileSync("buildah", [...store(work), ...args], { stdio: ["ignore", "ignore", "pipe"] });
  };
  let number = 0;

  /** As Build does: no times but the first, one label, and Docker's own manifest. */
  function build(dockerfile: string, label: string): Built {
    const [name, out] = [`localhost/image:${++number}`, join(work, `out-${number}`)];
    const options = ["--timestamp", "0", "--no-cache", "--build-arg", "BASE=localhost/base"];
    const file = ["--file", join(ROOT, "app", dockerfile), "--tag", name];
    buildah(
      "bud",
      "--quiet",
      ...options,
      "--label",
      `delivery.build=${label}`,
      ...file,
      join(work, "context"),
    );
    buildah("push", "--quiet", "--format", "v2s2", name, `dir:${out}`);
    const text = readFileSync(join(out, "manifest.json"));
    const manifest = JSON.parse(text.toString()) as Built["manifest"];
    const blob = (digest = "") => join(out, digest.replace("sha256:", ""));
    const { config } = JSON.parse(readFileSync(blob(manifest.config.digest), "utf8")) as Pick<
      Built,
      "config"
    >;
    const layer = gunzipSync(readFileSync(blob(manifest.layers.at(-1)?.digest)));
    const listed = execFileSync("tar", ["--numeric-owner", "-tv"], { input: layer, encoding: "utf8" });
    const files = listed
      .split("\n")
      .filter((line) => line.startsWith("-"))
      .map((line) => line.replace(/^(\S+) +(\S+) .* (\S+)$/, "$1 $2 $3"));
    return { manifest, digest: createHash("sha256").update(text).digest("hex"), config, files };
  }

  before(() => {
    const [base, context] = [join(work, "base"), join(work, "context")];
    for (const [folder, file] of [
      ["dist", "index.js"],
      ["dist-server", "server.js"],
    ] as const) {
      mkdirSync(join(context, folder), { recursive: true });
      writeFileSync(join(context, folder, file), "// code");
      // As a checkout may have it: the image's own is not the build machine's.
      chmodSync(join(context, folder, file), 0o600);
    }
    mkdirSync(base);
    // What the Dockerfiles take from AWS's base and from Node's: one variable.
    writeFileSync(
      join(base, "Dockerfile"),
      "FROM scratch\nENV LAMBDA_TASK_ROOT=/var/task\nWORKDIR /var/task\n",
    );
    buildah("bud", "--quiet", "--tag", "localhost/base", base);
  });

  /** https://docs.aws.amazon.com/lambda/latest/dg/images-create.html: one platform, and Docker's manifest of version 2 with schema 2. */
  function taken({ manifest }: Built): void {
    const { schemaVersion, mediaType, config, layers } = manifest;
    assert.deepEqual(
      [schemaVersion, mediaType, config.mediaType],
      [2, `${DOCKER}.distribution.manifest.v2+json`, `${DOCKER}.container.image.v1+json`],
    );
    assert.deepEqual(
      layers.map((each) => each.mediaType),
      layers.map(() => `${DOCKER}.image.rootfs.diff.tar.gzip`),
    );
    assert.equal(layers.length, 2, "the base's and the code's");
  }

  it("a function's: a manifest that Lambda takes, and the bundle where its handler is looked for", () => {
    const built = build("Dockerfile", "1");
    taken(built);
    assert.deepEqual(built.files, ["-rwxr-xr-x 0/0 var/task/index.js"]);
    assert.deepEqual([built.config["Cmd"], built.config["Entrypoint"]], [["index.handler"], undefined]);
  });

  it("a service's: the server, started by a user that is not root", () => {
    const built = build("ecs-service/Dockerfile", "1");
    taken(built);
    assert.deepEqual(built.files, ["-rwxr-xr-x 0/0 service/server.js"]);
    const { Entrypoint, User, ExposedPorts, Cmd } = built.config;
    assert.deepEqual(
      [Entrypoint, User, ExposedPorts, Cmd],
      [["node", "/service/server.js"], "1000:1000", { "8080/tcp": {} }, undefined],
    );
  });

  it("the same bundle gives the same digest, and in another build the label alone is another", () => {
    const [one, same, other] = [build("Dockerfile", "1"), build("Dockerfile", "1"), build("Dockerfile", "2")];
    assert.equal(same.digest, one.digest);
    assert.notEqual(other.digest, one.digest);
    assert.deepEqual(other.manifest.layers, one.manifest.layers);
    assert.equal(other.config.Labels["delivery.build"], "2");
    assert.deepEqual(
      { ...other.config, Labels: { ...other.config.Labels, "delivery.build": "1" } },
      one.config,
    );
  });
}

if (skipped === undefined) describe("the images of the sample", images);
