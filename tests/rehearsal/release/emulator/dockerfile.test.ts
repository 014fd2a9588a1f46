import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder, write } from "../../../folders";
import { readDockerfile } from "../../../../rehearsal/release/emulator/dockerfile";
import { imageFolder, imageOf, makeImage, taskRoot } from "../../../../rehearsal/release/emulator/image";
import { Stopped } from "../../../../rehearsal/release/stopped";

const BASE = { LAMBDA_TASK_ROOT: "/var/task" };

describe("readDockerfile", () => {
  it("knows what is copied where, what starts, and with which variables", () => {
    const text = `# syntax=docker/dockerfile:1
ARG BASE=node:22
FROM \${BASE} AS build
COPY . .
CMD ["lost"]
FROM node:22
ENV NODE_ENV=production GREETING="two words"
env OLD way
WORKDIR /srv
WORKDIR app
COPY --chown=1000:1000 dist/ \\
  # a comment between
  package.json ./
COPY --from=build /made /made
ADD ["a file", "/with space/"]
COPY dist/index.js \${LAMBDA_TASK_ROOT}/
ENTRYPOINT ["node"]
CMD ["server.js", "--port=80"]
`;
    assert.deepEqual(readDockerfile(text), {
      copies: [
        { sources: ["dist/", "package.json"], destination: "/srv/app/./" },
        { sources: ["a file"], destination: "/with space/" },
        { sources: ["dist/index.js"], destination: "/var/task/" },
      ],
      env: { ...BASE, NODE_ENV: "production", GREETING: "two words", OLD: "way" },
      workdir: "/srv/app",
      entrypoint: ["node"],
      command: ["server.js", "--port=80"],
    });
  });

  it("knows which of Lambda's base images the last stage is of, if any", () => {
    const of = (...images: string[]): string | undefined =>
      readDockerfile(images.map((image) => `FROM ${image}\nCMD ["a.b"]`).join("\n")).runtime;
    assert.equal(of("public.ecr.aws/lambda/nodejs:22", "public.ecr.aws/lambda/python:3.12"), "python");
    assert.equal(of("amazon/aws-lambda-java:21"), "java");
    assert.equal(of("public.ecr.aws/lambda/python:3.12", "node:22-slim"), undefined);
  });

  it("takes a line of a shell for what Docker makes of it", () => {
    assert.deepEqual(readDockerfile("FROM a\nCMD node a.js").command, ["/bin/sh", "-c", "node a.js"]);
  });
});

describe("makeImage", () => {
  const made = (files: Readonly<Record<string, string>>) => {
    const [context, release] = [emptyFolder(), emptyFolder()];
    write(context, files);
    makeImage(join(context, "Dockerfile"), context, release);
    const names = readdirSync(imageFolder({ folder: release }), { recursive: true, encoding: "utf8" });
    return { release, names: names.filter((name) => /\.\w+$/.test(name)).sort() };
  };

  it("puts each file where the image has it, and leaves out what no image should have", () => {
    const { names } = made({
      Dockerfile: "FROM a\nCOPY dist/ /service/\nCOPY a.js b*.js /more/\nCOPY a.js /other.js\nCOPY . /all\n",
      "dist/index.js": "1",
      "dist/deep/x.js": "2",
      "a.js": "a",
      "b1.js": "b",
      "node_modules/x/index.js": "",
    });
    assert.deepEqual(names, [
      ...["all/a.js", "all/b1.js", "all/dist/deep/x.js", "all/dist/index.js"],
      ...["more/a.js", "more/b1.js", "other.js", "service/deep/x.js", "service/index.js"],
    ]);
  });

  it("takes dist for the code where a build inside the image copies it", () => {
    const { names, release } = made({
      Dockerfile: 'FROM a\nCOPY --from=x /dist /\nCMD ["index.handler"]',
      "dist/index.js": "1",
    });
    assert.deepEqual(names, ["var/task/index.js"]);
    assert.deepEqual(imageOf({ folder: release })?.command, ["index.handler"]);
    assert.equal(
      readFileSync(
        join(taskRoot(imageFolder({ folder: release }), imageOf({ folder: release })), "index.js"),
        "utf8",
      ),
      "1",
    );
  });

  it("refuses a source that is not there, empty, or outside", () => {
    for (const source of ["dist/", "none*", "../outside"])
      assert.throws(
        () => made({ Dockerfile: `FROM a\nCOPY ${source} /x/\n`, "a.js": "" }),
        (error: Error) =>
          error instanceof Stopped &&
          error.message ===
            `npm run bundle wrote no ${source}: it must write there what the image is made of`,
      );
  });
});
