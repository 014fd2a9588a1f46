/** Version of this project, which each stack says among its outputs: `npm run doctor` tells which one brought it up. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const written: unknown = JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8"));

export const VERSION = z.object({ version: z.string() }).parse(written).version;
