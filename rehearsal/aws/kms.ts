import { text } from "../../packages/iam/src/json";
import { defaultKeyPolicy } from "../../packages/iam/src/policy/defaultKeyPolicy";
import { behind, length, number, plain } from "./mockRows";
import { on } from "./requests";
import type { Service } from "./types";

export const kms: Service = {
  file: "kms",
  pulumi: {
    "aws:kms/alias:Alias": plain(
      (asked) => {
        const name = asked.named("name").replace(/^(?!alias\/)/, "alias/");
        const key = asked.input("targetKeyId");
        const targetKeyArn = key.startsWith("arn:") ? key : asked.arn("kms", `key/${key}`);
        return { id: name, outputs: { name, arn: asked.arn("kms", name), targetKeyArn } };
      },
      { setOn: ["targetKeyId", "keyId", "aws:kms/key:Key"] },
    ),
    "aws:kms/key:Key": {
      answer: ({ arn, hash }) => {
        const keyId = hash(36);
        return { id: keyId, outputs: { keyId, arn: arn("kms", `key/${keyId}`) } };
      },
      carries: { documents: [["policy", "key"]], guards: { attached: "key", named: behind("/") } },
      limits: [length("description", 8192), number("deletionWindowInDays", 7, 30)],
    },
  },
  prefix: "kms",
  onNothing: ["kms:ListAliases"],
  // The key that a resource of a template is encrypted with.
  asked: ({ resource: { properties } }, _, action) =>
    on(text(properties, "KmsKeyArn") ?? text(properties, "KmsKeyId") ?? "*", [action]),
  defaultPolicy: { attached: "key", document: defaultKeyPolicy },
};
