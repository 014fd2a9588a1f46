import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
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

function copy(call: Call, world: World, cwd: string): "" {
  const [from = "", to = ""] = call.positional;
  const remote = (place: string): string => place.replace("s3://", "").replace(/\/$/, "");
  if (!to.startsWith("s3://") && !call.options["recursive"]) {
    const contents = world.objects.get(remote(from));
    if (!contents) throw new ServiceError("404", "Not Found");
    writeFileSync(join(cwd, relative(cwd, to)), contents);
  } else if (!to.startsWith("s3://")) {
    const prefix = `${remote(from)}/`;
    for (const [key, contents] of world.objects) {
      if (!key.startsWith(prefix)) continue;
      const path = join(cwd, relative(cwd, to), key.slice(prefix.length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
  } else if (call.options["recursive"]) {
    const folder = join(cwd, from);
    for (const file of filesIn(folder))
      world.objects.set(`${remote(to)}/${relative(folder, file)}`, readFileSync(file));
  } else {
    world.objects.set(remote(to), readFileSync(from));
  }
  return "";
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
    case "s3api copy-object": {
      const contents = world.objects.get(one(call, "copy-source"));
      if (!contents) throw new ServiceError("NoSuchKey", "The specified key does not exist");
      world.objects.set(`${bucket}/${one(call, "key")}`, contents);
      return { CopyObjectResult: { ETag: "e" } };
    }
    default:
      return undefined;
  }
};
