/** The Node.js that a service's `engines` ask for, beside the one that Build and Verify run. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NODEJS } from "../../../components/jobs/buildspec";
import { JOBS } from "../shownBy";
import { Stopped } from "../stopped";
import type { NotShown } from "../../record/notShown";
import { textOf } from "../../record/yamlFile";

/** Part of the package that npm itself reads ranges with. */
interface Semver {
  readonly validRange: (range: string) => string | null;
  readonly intersects: (one: string, other: string) => boolean;
  readonly subset: (inner: string, outer: string) => boolean;
}

/** npm's own, as Build takes it; undefined where this Node.js came without. */
function npmsSemver(): Semver | undefined {
  const places = [
    join(dirname(process.execPath), "../lib/node_modules/npm"),
    join(dirname(process.execPath), "node_modules/npm"), // Windows
    ...(process.env["npm_execpath"] ? [dirname(dirname(process.env["npm_execpath"]))] : []),
  ];
  for (const place of places) {
    try {
      return createRequire(join(place, "package.json"))("semver") as Semver;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** As the job's `jq` reads it: empty where nothing is asked for. */
function wantedBy(packageJson: string, directory: string): string {
  let content: unknown;
  try {
    content = JSON.parse(packageJson);
  } catch {
    throw new Stopped(`${directory}/package.json is not JSON`, "correct it");
  }
  const engines = isMap(content) ? content["engines"] : undefined;
  const node = isMap(engines) ? engines["node"] : undefined;
  if (node === undefined || node === null || node === false) return "";
  return typeof node === "string" ? node : JSON.stringify(node);
}
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As bash's `printf %q` shows it, so that the line is the job's. */
export function quoted(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what it is about
  if (!/[\x00-\x1f\x7f]/.test(text))
    return text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]|^[#~]|(?<=[:=])~/g, "\\$&");
  const known: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\\": "\\\\",
    "'": "\\'",
  };
  // eslint-disable-next-line no-control-regex
  const shown = text.replace(/[\x00-\x1f\x7f\\']/g, (each) => {
    return known[each] ?? `\\${each.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `$'${shown}'`;
}

/**
 * Throws Stopped where Build would end, before it installs anything. What is told of another version of the jobs' Node.js
 * than here, or of an image that is not CodeBuild's, is not known: that is returned.
 */
export function requireNode(
  folder: string,
  directory: string,
  ownImage: boolean,
  version: string | number = NODEJS,
): NotShown[] {
  const wanted = wantedBy(textOf(join(folder, "package.json"), `${directory}/package.json`), directory);
  if (wanted === "") return [];
  // As much as the job shows.
  const shown = quoted(wanted).slice(0, 200);
  const unknown = (why: string): NotShown[] => [
    { what: `whether the jobs' Node.js is one that 'engines' asks for (${shown}): ${why}`, shownBy: JOBS },
  ];
  if (ownImage) return unknown("an image of one's own brings its own");
  const semver = npmsSemver();
  if (!semver) return unknown("this Node.js came without npm, which reads ranges");
  const ours = `${version}.x`;
  if (semver.validRange(wanted) === null || !semver.intersects(wanted, ours))
    throw new Stopped(
      `${directory}/package.json asks for Node.js ${shown} in 'engines', and Build and Verify run v${version}`,
      "change 'engines', or give the jobs an image with that Node.js",
    );
  return semver.subset(ours, wanted) ? [] : unknown(`CodeBuild says which ${ours} its image has`);
}
