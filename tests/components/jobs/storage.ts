import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Call } from "./commands";
import type { World } from "./world";
import { ServiceError, type Service } from "./service";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** Every file under a folder. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

function copy(call: Call, world: World, cwd: string): string {
  const [from = "", to = ""] = call.positional;
  const remote = (place: string): string => place.replace("s3://", "").replace(/\/$/, "");
  if (from.startsWith("s3://") && to.startsWith("s3://")) return copyInside(call, world);
  if (!to.startsWith("s3://") && !call.options["recursive"]) {
    const contents = world.objects.get(remote(from));
    if (!contents) throw new ServiceError("404", "Not Found");
    writeFileSync(resolve(cwd, to), contents);
  } else if (!to.startsWith("s3://")) {
    const prefix = `${remote(from)}/`;
    for (const [key, contents] of world.objects) {
      if (!key.startsWith(prefix)) continue;
      const path = join(cwd, relative(cwd, to), key.slice(prefix.length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
  } else if (call.options["recursive"]) {
    const folder = resolve(cwd, from);
    for (const file of filesIn(folder))
      world.objects.set(`${remote(to)}/${relative(folder, file)}`, readFileSync(file));
  } else {
    world.objects.set(remote(to), readFileSync(resolve(cwd, from)));
  }
  return "";
}

/** From folder to folder of the bucket: https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html */
function copyInside(call: Call, world: World): string {
  // Otherwise the CLI asks for the tags of what is large.
  if (one(call, "copy-props") !== "none") throw new Error("would copy tags, which the job may not read");
  const [from = "", to = ""] = call.positional;
  if (!call.options["recursive"] || !from.endsWith("/") || !to.endsWith("/"))
    throw new Error("not a folder to a folder");
  const names = [...world.objects.keys()]
    .filter((key) => `s3://${key}`.startsWith(from))
    .map((key) => `s3://${key}`.slice(from.length))
    .filter((name) => name !== one(call, "exclude"));
  for (const name of names) {
    const contents = world.objects.get(`${from}${name}`.slice("s3://".length)) ?? Buffer.from("");
    world.objects.set(`${to}${name}`.slice("s3://".length), contents);
    world.written.delete(`${to}${name}`.slice("s3://".length));
  }
  return names.map((name) => `copy: ${from}${name} to ${to}${name}\n`).join("");
}

/** S3 as the jobs see it. */
export const storage: Service = (call, _who, world, cwd) => {
  const bucket = one(call, "bucket");
  switch (call.operation) {
    case "s3 cp":
      return copy(call, world, cwd);
    case "s3 rm": {
      const prefix = call.positional[0]?.replace("s3://", "") ?? "";
      if (!call.options["recursive"]) {
        // S3 is content with a removal of what is not there, but a job that asks for one has a fault.
        if (!world.objects.delete(prefix) && !world.repeating)
          throw new Error(`there is no ${prefix} to remove`);
        return "";
      }
      if (!prefix.endsWith("/")) throw new Error(`would remove more than a folder: ${prefix}`);
      for (const key of [...world.objects.keys()]) if (key.startsWith(prefix)) world.objects.delete(key);
      return "";
    }
    case "s3api list-objects-v2": {
      const prefix = one(call, "prefix");
      const keys = [...world.objects.keys()]
        .filter((key) => key.startsWith(`${bucket}/${prefix}`))
        .map((key) => key.slice(bucket.length + 1))
        .sort();
      if (call.options["delimiter"]) {
        const prefixes = [
          ...new Set(
            keys
              .map((key) => key.slice(prefix.length))
              .filter((rest) => rest.includes("/"))
              .map((rest) => `${prefix}${rest.split("/")[0] ?? ""}/`),
          ),
        ];
        return prefixes.length > 0 ? { CommonPrefixes: prefixes.map((Prefix) => ({ Prefix })) } : {};
      }
      const today = new Date().toISOString().replace(/\.\d+Z$/, "+00:00");
      const contents = keys.map((Key) => ({
        Key,
        LastModified: world.written.get(`${bucket}/${Key}`) ?? today,
      }));
      return keys.length > 0 ? { Contents: contents } : {};
    }
    case "s3api delete-objects": {
      const file = one(call, "delete").replace(/^file:\/\//, "");
      const { Objects, Quiet } = JSON.parse(readFileSync(file, "utf8")) as {
        Objects: { Key: string }[];
        Quiet: boolean;
      };
      if (Objects.length === 0 || Objects.length > 1000) throw new Error("AWS takes 1 to 1,000 keys");
      if (!Quiet) throw new Error("the answer would name all that is removed");
      for (const { Key } of Objects) {
        if (world.stay?.(Key)) continue;
        // S3 is content with a removal of what is not there, but a job that asks for one has a fault.
        if (!world.objects.delete(`${bucket}/${Key}`) && !world.repeating)
          throw new Error(`there is no ${Key} to remove`);
      }
      const stay = Objects.filter(({ Key }) => world.stay?.(Key));
      return stay.length > 0 ? { Errors: stay.map(({ Key }) => ({ Key, Code: "InternalError" })) } : {};
    }
    default:
      return undefined;
  }
};
