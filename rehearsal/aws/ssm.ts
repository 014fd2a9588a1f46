import { length, plain } from "./mockRows";
import { arn, named, property } from "./physicalNames";
import type { Service } from "./types";

const name = named("Name");
// A name that is a path begins with a slash of its own.
const parameterArn = arn("ssm", (site, resource) => `parameter/${name(site, resource).replace(/^\//, "")}`);

export const ssm: Service = {
  file: "ssm",
  cloudFormation: {
    "AWS::SSM::Parameter": {
      createOnly: ["Name"],
      ref: name,
      attributes: { Arn: parameterArn, Type: property("Type"), Value: property("Value") },
      runs: false,
      arn: parameterArn,
      carries: "nothing",
      handlers: {
        create: { ssm: "PutParameter AddTagsToResource GetParameters" },
        read: { ssm: "GetParameters ListTagsForResource" },
        update: { ssm: "PutParameter AddTagsToResource RemoveTagsFromResource GetParameters" },
        delete: { ssm: "DeleteParameter" },
        tagging: { ssm: "AddTagsToResource ListTagsForResource RemoveTagsFromResource" },
      },
      meantFor: { uses: ["ssm"] },
    },
  },
  prefix: "ssm",
  pulumi: {
    // A value that may be shown is given as the second of these, and is there as the first all the same.
    "aws:ssm/parameter:Parameter": plain(
      ({ input, arn }) => {
        const [name, value] = [input("name"), input("value") || input("insecureValue")];
        return { id: name, outputs: { value, arn: arn("ssm", `parameter${name}`) } };
      },
      // Of the standard tier.
      { limits: [length("value", 4096), length("insecureValue", 4096), length("description", 1024)] },
    ),
  },
};
