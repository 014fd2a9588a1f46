import { named, plain } from "./mockRows";
import type { Service } from "./types";

export const codepipeline: Service = {
  file: "codepipeline",
  pulumi: {
    "aws:codepipeline/pipeline:Pipeline": plain(named("name", "codepipeline", (name) => name)),
  },
};
