import { gunzipSync } from "node:zlib";
import { IMAGE_RUNTIMES } from "../record/imageRuntimes";
import { buildspecOf } from "../record/pipelines";
import { ofType, type Resource } from "../record/record";
import { judgeResources, type Rule } from "./rule";
import { map, text } from "../../packages/iam/src/json";

/** The commands of a buildspec, those of the files that it packs included. */
function commandsOf(buildspec: string): string {
  const packed = /base64 -d <<'(\w+)' \| gzip -d \| bash\n([A-Za-z0-9+/=\s]+?)\n\s*\1/.exec(buildspec)?.[2];
  return packed === undefined ? buildspec : buildspec + gunzipSync(Buffer.from(packed, "base64")).toString();
}

/** The Node.js that a project's buildspec names; undefined where it names none, or is no YAML. */
function named(project: Resource): string | undefined {
  const { nodejs } = map(map(map(buildspecOf(project)?.["phases"])["install"])["runtime-versions"]);
  return typeof nodejs === "string" || typeof nodejs === "number" ? String(nodejs) : undefined;
}

/** Unnamed, it is what the image has for default, which moves. */
export const runtimes: Rule = {
  id: "runtime",
  title:
    "a buildspec that runs npm names its Node.js, and CodeBuild's image has it; on Lambda's compute the image is one with Node.js",
  source: "https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html",
  judge: (record) =>
    judgeResources(ofType(record, "aws:codebuild/project:Project"), (project) => {
      const { inputs } = project;
      const buildspec = text(map(inputs["source"]), "buildspec") ?? "";
      if (!/(?:^[ \t]*|\bby_itself )npm (?:ci|test|run)\b/m.test(commandsOf(buildspec))) return [];
      const image = text(map(inputs["environment"]), "image") ?? "";
      // Those of Lambda's compute have one runtime each, by their tag, and a buildspec can't name it.
      if (/-lambda-standard:/.test(image))
        return /:nodejs\d+$/.test(image) ? [] : [`runs npm, which ${image} does not have`];
      const version = named(project);
      if (version === undefined)
        return ["runs npm and names no runtime nodejs: it would run on the image's default"];
      const known = IMAGE_RUNTIMES[image]?.["nodejs"];
      return known === undefined || known.includes(version)
        ? []
        : [
            `names nodejs ${version}, which ${image} does not have (it has ${known.join(", ") || "older ones"})`,
          ];
    }),
};
