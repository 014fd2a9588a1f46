import { length, named, number, plain } from "./mockRows";
import type { Service } from "./types";

export const codebuild: Service = {
  file: "codebuild",
  pulumi: {
    "aws:codebuild/project:Project": plain(
      named("name", "codebuild", (name) => `project/${name}`, true),
      {
        limits: [
          length("description", 255),
          number("buildTimeout", 5, 2160),
          number("queuedTimeout", 5, 480),
        ],
      },
    ),
    "aws:codebuild/reportGroup:ReportGroup": plain(
      named("name", "codebuild", (name) => `report-group/${name}`, true),
    ),
  },
};
