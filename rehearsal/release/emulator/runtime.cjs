/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, so that nothing but the bundle is in the process */
/**
 * The process that a function runs in: loads the handler that its first argument names from the current folder, and
 * answers each event that the rehearsal sends. It ends when the rehearsal does, however that ends.
 */
const { existsSync } = require("node:fs");
const { resolve } = require("node:path");
const { pathToFileURL } = require("node:url");

process.on("disconnect", () => process.exit());

async function load(handler) {
  const dot = handler.lastIndexOf(".");
  const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const found = ["js", "mjs", "cjs"].map((extension) => resolve(`${file}.${extension}`)).find(existsSync);
  if (!found) throw new Error(`the bundle has no ${file}.js, which handler ${handler} is in`);
  const loaded = await import(pathToFileURL(found).href);
  const handle = loaded[name] ?? loaded.default?.[name];
  if (typeof handle !== "function") throw new Error(`${file}.js exports no function ${name}`);
  return handle;
}

/** Handlers return a promise or, in the old way, call back. */
const call = (handle, event, context) =>
  handle.length < 3
    ? handle(event, context)
    : new Promise((yes, no) => handle(event, context, (error, result) => (error ? no(error) : yes(result))));

load(process.argv[2]).then(
  (handle) => {
    process.on("message", async ({ id, event, context, deadline }) => {
      try {
        const getRemainingTimeInMillis = () => deadline - Date.now();
        const result = await call(handle, event, { ...context, getRemainingTimeInMillis });
        process.send({ id, result: JSON.parse(JSON.stringify(result ?? null)) });
      } catch (error) {
        console.error(error);
        process.send({ id, failed: true });
      }
    });
    process.send({ ready: true });
  },
  (error) => {
    console.error(error);
    process.send({ refused: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
  },
);
