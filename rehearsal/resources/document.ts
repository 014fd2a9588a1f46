/** What the stacks register, as a document for programs of others: docs/resources.md promises that it stays as it is. */
import { z } from "zod";
import type { Rehearsed, Resource, StackRun } from "../record/record";

const urn = z.string().meta({ description: "a Pulumi URN; it names one resource of this document" });

const resource = z.strictObject({
  urn: urn.meta({ description: "Pulumi's name of the resource, unique in the document" }),
  type: z.string().meta({ description: "Pulumi's type token, such as aws:iam/role:Role" }),
  name: z
    .string()
    .meta({ description: "the name in the program; the one in AWS is in inputs, where one is given" }),
  component: z.boolean().meta({
    description:
      "it groups others and is nothing in AWS itself; one of awsx: makes resources that are not in the document",
  }),
  parent: urn.nullable().meta({ description: "URN of the parent; null for the stack itself" }),
  provider: urn.nullable().meta({
    description: "URN of the provider, whose inputs say which account and Region; null for what has none",
  }),
  protect: z.boolean().meta({ description: "Pulumi refuses to delete it" }),
  dependsOn: z.array(urn).meta({ description: "URNs of what must be there before it, sorted" }),
  inputs: z.record(z.string(), z.json()).meta({
    description:
      'what the program gives the provider; a secret is the text "[secret]", a value that is not known yet is "[unknown]"',
  }),
});

const stack = z.strictObject({
  stack: z.string().meta({ description: "name of the stack, as in Pulumi.<stack>.yaml" }),
  resources: z.array(resource).meta({ description: "sorted by URN" }),
});

/** The document; its JSON schema is docs/resources.schema.json. */
export const resourcesSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: "of this format" }),
    project: z.string().meta({ description: "name of the Pulumi project" }),
    stacks: z.array(stack).meta({ description: "in the order in which they are brought up: tooling first" }),
  })
  .meta({ title: "Resources that the stacks register" });

export type Resources = z.infer<typeof resourcesSchema>;
type Json = z.infer<ReturnType<typeof z.json>>;

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** JSON with sorted keys: the order in which a program writes them says nothing. */
function sorted(value: unknown): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value as Json;
  const entries = Object.entries(value).sort(([one], [other]) => inOrder(one, other));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

const resourceOf = ({
  urn,
  type,
  name,
  custom,
  parent,
  provider,
  ...own
}: Resource): Resources["stacks"][number]["resources"][number] => ({
  urn,
  type,
  name,
  component: !custom,
  parent: parent === "" ? null : parent,
  provider: provider ?? null,
  protect: own.protect,
  dependsOn: [...own.dependsOn].sort(inOrder),
  inputs: sorted(own.inputs) as Record<string, Json>,
});

const stackOf = ({ stack, resources }: StackRun): Resources["stacks"][number] => ({
  stack,
  resources: resources.map(resourceOf).sort((one, other) => inOrder(one.urn, other.urn)),
});

/** The same record has the same document, byte by byte. */
export const resourcesOf = (project: string, record: Rehearsed): Resources =>
  resourcesSchema.parse({ version: 1, project, stacks: record.map(stackOf) });

export const written = (data: object): string => `${JSON.stringify(data, null, 2)}\n`;
