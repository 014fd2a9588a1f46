import { plain } from "./mockRows";
import type { Service } from "./types";

export const codecommit: Service = {
  file: "codecommit",
  pulumi: {
    "aws:codecommit/repository:Repository": plain((asked) => {
      const name = asked.input("repositoryName");
      const url = `git-codecommit.${asked.region}.amazonaws.com/v1/repos/${name}`;
      const arn = asked.arn("codecommit", name);
      return {
        id: name,
        outputs: {
          arn,
          cloneUrlHttp: `https://${url}`,
          cloneUrlSsh: `ssh://${url}`,
          repositoryId: asked.hash(36),
        },
      };
    }),
  },
};
