import { type Rehearsed, type Resource, ofType } from "../../../rehearsal/record/record";
import { parameters } from "../../../rehearsal/rules/parameters";
import { breaks, first, inputs, one } from "../sample";
import { list, map, type Values } from "../../../packages/iam/src/json";

const PROJECT = "aws:codebuild/project:Project";
const variablesOf = ({ inputs: own }: Resource): Values[] =>
  list(map(own["environment"])["environmentVariables"]).map(map);
/** The first job that has parameters for a template. */
const job = (record: Rehearsed): Resource =>
  first(record, PROJECT, (each) => variablesOf(each).some(({ name }) => name === "PARAMETERS"));

/** The same with another value of one variable. */
const variable = (name: string, value: (before: string) => string) => (resource: Resource) =>
  inputs({
    environment: {
      ...map(resource.inputs["environment"]),
      environmentVariables: variablesOf(resource).map((each) =>
        each["name"] === name ? { ...each, value: value(String(each["value"])) } : each,
      ),
    },
  })(resource);
/** The same with one parameter more. */
const more = (value: unknown) =>
  variable("PARAMETERS", (before) => JSON.stringify({ ...map(JSON.parse(before)), More: value }));

describe("rules/parameters", () => {
  breaks(parameters, "a text that is no JSON", (record) =>
    one(
      job(record),
      variable("PARAMETERS", () => "{"),
      "its PARAMETERS is not a JSON object",
    ),
  );
  breaks(parameters, "a list in a roll-back", (record) =>
    one(
      job(record),
      variable("ROLLBACK_PARAMETERS", () => "[]"),
      "its ROLLBACK_PARAMETERS is not a JSON object",
    ),
  );
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["a value that is no text", 1, "1 is not text"],
    [
      "a placeholder that no job knows",
      "a<commit>",
      "<commit> is put in by no job: <run>, <image>, <bucket>, <files>, <sha256>, <base64>, <stack>, <priority> are",
    ],
    [
      "a role that there is not",
      "arn:aws:iam::222222222222:role/none",
      "role arn:aws:iam::222222222222:role/none is created by no stack",
    ],
    [
      "a boundary that there is not",
      "arn:aws:iam::222222222222:policy/none",
      "policy arn:aws:iam::222222222222:policy/none is created by no stack",
    ],
    [
      "a value that is not published",
      "/delivery/test/platform/cluster",
      "SSM parameter /delivery/test/platform/cluster is published by no stack in account 333333333333",
    ],
  ];
  for (const [title, value, message] of cases)
    breaks(parameters, title, (record) =>
      one(job(record), more(value), `More of its PARAMETERS: ${message}`),
    );
  breaks(parameters, "a boundary whose stack does not make it", (record) => {
    const [boundary] = ofType(record, "aws:iam/policy:Policy").filter(({ stack }) => stack === "test");
    if (!boundary) throw new Error("the sample has no boundary");
    const jobs = ofType(record, PROJECT).filter((each) =>
      variablesOf(each).some(
        ({ name, value }) => name === "PARAMETERS" && String(value).includes(String(boundary.outputs["arn"])),
      ),
    );
    const text = `PermissionsBoundaryArn of its PARAMETERS: policy ${String(boundary.outputs["arn"])} is created by no stack`;
    return {
      changes: [
        [boundary, (resource) => ({ ...resource, outputs: { ...resource.outputs, arn: "arn:other" } })],
      ],
      found: jobs.map((each) => [each, text]),
    };
  });
});
