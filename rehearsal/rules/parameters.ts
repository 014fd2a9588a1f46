import { RELEASED } from "../../components/workloads/workload";
import { ofType, type Rehearsed, type Resource } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { map } from "../../packages/iam/src/json";
import { variablesOf } from "../record/pipelines";

/** Variables of an environment's jobs that hold parameters of templates. */
const GIVEN = ["PARAMETERS", "ROLLBACK_PARAMETERS"] as const;
const PLACEHOLDERS: readonly string[] = Object.values(RELEASED);

interface Given {
  readonly resource: Resource;
  readonly variables: Readonly<Record<string, string>>;
  readonly variable: (typeof GIVEN)[number];
}

const given = (record: Rehearsed): Given[] =>
  ofType(record, "aws:codebuild/project:Project").flatMap((resource) => {
    const variables = variablesOf(resource);
    return GIVEN.filter((variable) => variable in variables).map((variable) => ({
      resource,
      variables,
      variable,
    }));
  });

/** Text by name; undefined for anything else. */
function parsed(written: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? map(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Ends of the ARNs of roles that the job adds to the template: `role/path/<stack>-task`. */
const addedRoles = ({ ADDED: added = "{}" }: Given["variables"]): string[] =>
  Object.values(parsed(added) ?? {}).flatMap((each) => {
    const { Type, Properties } = map(each);
    const { Path, RoleName } = map(Properties);
    return Type === "AWS::IAM::Role" ? [`role${String(Path)}${String(RoleName)}`] : [];
  });

function valueProblem(record: Rehearsed, variables: Given["variables"], value: string): string | undefined {
  const account = variables["ENVIRONMENT_ACCOUNT"];
  const unknown = (value.match(/<[^>]*>/g) ?? []).find((each) => !PLACEHOLDERS.includes(each));
  if (unknown) return `${unknown} is put in by no job: ${PLACEHOLDERS.join(", ")} are`;
  if (value.includes(RELEASED.image) && variables["REPOSITORY_URI"] === undefined)
    return `${RELEASED.image} needs a repository, and the job has no REPOSITORY_URI`;
  const [, own, kind] = /^arn:[a-z-]+:iam::(\d{12}):(role|policy)\//.exec(value) ?? [];
  if (kind === "role" && own === account && addedRoles(variables).some((each) => value.endsWith(`:${each}`)))
    return undefined;
  if (kind !== undefined)
    return ofType(record, `aws:iam/${kind}:${kind === "role" ? "Role" : "Policy"}`).some(
      ({ outputs }) => outputs["arn"] === value,
    )
      ? undefined
      : `${kind} ${value} is created by no stack`;
  if (!/^(\/[\w.-]+){2,}$/.test(value)) return undefined;
  return ofType(record, "aws:ssm/parameter:Parameter").some(
    (parameter) => parameter.account === account && parameter.outputs["name"] === value,
  )
    ? undefined
    : `SSM parameter ${value} is published by no stack in account ${account}`;
}

/** CloudFormation looks for what a parameter names when a release is planned, long after the stacks are up. */
export const parameters: Rule = {
  id: "given-parameter",
  title:
    "what the jobs give to templates is there: roles, boundaries and the values that an environment publishes",
  source:
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html",
  mayBeIdle: "where code alone is released, there are no templates",
  judge: (record) =>
    judgeEach(given(record), ({ variables, variable }) => {
      const values = parsed(variables[variable] ?? "");
      if (!values) return [`its ${variable} is not a JSON object`];
      return Object.entries(values).flatMap(([name, value]) => {
        const problem =
          typeof value === "string"
            ? valueProblem(record, variables, value)
            : `${JSON.stringify(value)} is not text`;
        return problem === undefined ? [] : [`${name} of its ${variable}: ${problem}`];
      });
    }),
};
