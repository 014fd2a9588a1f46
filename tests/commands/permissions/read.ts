/** Templates that are read for what they need, from a file. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAny } from "../../../commands/permissions/reading";
import { emptyFolder } from "../../folders";

export const SAM = "AWS::Serverless-2016-10-31";
export const QUEUE = { Type: "AWS::SQS::Queue" };

/** A file with this content, read by the name template.yaml. */
export function read(content: string, name = "template.yaml") {
  const path = join(emptyFolder(), "file");
  writeFileSync(path, content);
  return readAny(path, name);
}

/** A template with a queue, a function of SAM's and more. */
export const sam = (properties: object, more: object = {}) =>
  JSON.stringify({
    Transform: SAM,
    Globals: { Function: { CodeUri: "src/" } },
    Resources: {
      Work: QUEUE,
      Worker: {
        Type: "AWS::Serverless::Function",
        Properties: {
          Handler: "app.handler",
          Runtime: "python3.12",
          Events: { Work: { Type: "SQS", Properties: { Queue: { "Fn::GetAtt": ["Work", "Arn"] } } } },
          ...properties,
        },
      },
      ...more,
    },
  });
