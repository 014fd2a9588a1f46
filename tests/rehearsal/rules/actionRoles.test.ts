import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { actionRoles } from "../../../rehearsal/rules/actionRoles";
import { action, breaks, first, one, statement } from "../sample";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const PROJECT = "aws:codebuild/project:Project";
const ROLE = "aws:iam/role:Role";
const by = (principal: object, rest: object = {}) => ({
  Sid: "Trust",
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRole",
  ...rest,
});
const arnOf = ({ outputs }: Resource): string => String(outputs["arn"]);
const roleOf = (record: Rehearsed, user: Resource, property: string): Resource =>
  first(record, ROLE, (each) => arnOf(each) === user.inputs[property]);

describe("rules/actionRoles", () => {
  const withRole = (roleArn: string) =>
    action(
      ({ category }) => category === "Build",
      (each) => ({ ...each, name: "Own", roleArn }),
    );
  /** The pipeline's role may assume this one as well. */
  const mayAssume = (record: Rehearsed, role: Resource) => {
    const caller = roleOf(record, first(record, PIPELINE), "roleArn");
    const policy = first(
      record,
      "aws:iam/rolePolicy:RolePolicy",
      ({ stack, inputs }) => stack === caller.stack && inputs["role"] === caller.outputs["name"],
    );
    const extra = { Sid: "Extra", Effect: "Allow", Action: "sts:AssumeRole", Resource: arnOf(role) };
    return [policy, statement(extra)] as const;
  };

  breaks(actionRoles, "an action whose role comes with a later stack", (record) => {
    const role = first(record, ROLE, ({ stack }) => stack === record[1]?.stack);
    return one(
      first(record, PIPELINE),
      withRole(arnOf(role)),
      `action Own: role ${arnOf(role)} does not exist yet: stack ${role.stack} creates it later`,
    );
  });
  breaks(actionRoles, "an action whose role does not trust the pipeline's", (record) => {
    const pipeline = first(record, PIPELINE);
    const role = roleOf(
      record,
      first(record, PROJECT, ({ urn }) => pipeline.dependsOn.includes(urn)),
      "serviceRole",
    );
    return {
      changes: [[pipeline, withRole(arnOf(role))], mayAssume(record, role)],
      found: [
        [pipeline, `action Own: role ${arnOf(role)} does not trust ${String(pipeline.inputs["roleArn"])}`],
      ],
    };
  });
  breaks(actionRoles, "a role that trusts the pipeline's, which may not assume it", (record) => {
    const pipeline = first(record, PIPELINE);
    const caller = String(pipeline.inputs["roleArn"]);
    const role = roleOf(
      record,
      first(record, PROJECT, ({ urn }) => pipeline.dependsOn.includes(urn)),
      "serviceRole",
    );
    const root = { AWS: `arn:aws:iam::${record[0]?.account}:root` };
    const narrowed = {
      ...by(root, { Condition: { ArnEquals: { "aws:PrincipalArn": caller } } }),
      Sid: "Pipeline",
    };
    return {
      changes: [
        [pipeline, withRole(arnOf(role))],
        [role, statement(narrowed, "assumeRolePolicy")],
      ],
      found: [[pipeline, `action Own: ${caller} may not assume ${arnOf(role)}`]],
    };
  });
  breaks(
    actionRoles,
    "nothing is found when the role names the pipeline's, which it may assume",
    (record) => {
      const pipeline = first(record, PIPELINE);
      const caller = { AWS: String(pipeline.inputs["roleArn"]) };
      const project = first(record, PROJECT, ({ urn }) => pipeline.dependsOn.includes(urn));
      const role = roleOf(record, project, "serviceRole");
      const waits = roleOf(record, pipeline, "roleArn").urn;
      const named = statement({ ...by(caller), Sid: "Pipeline" }, "assumeRolePolicy");
      return {
        changes: [
          [pipeline, withRole(arnOf(role))],
          [role, (each) => ({ ...named(each), dependsOn: [...each.dependsOn, waits] })],
          mayAssume(record, role),
        ],
        found: [],
      };
    },
  );
  breaks(actionRoles, "nothing is found when the role trusts it and it may", (record) => {
    const pipeline = first(record, PIPELINE);
    const role = roleOf(
      record,
      first(record, PROJECT, ({ urn }) => pipeline.dependsOn.includes(urn)),
      "serviceRole",
    );
    const root = { AWS: `arn:aws:iam::${record[0]?.account}:root` };
    return {
      changes: [
        [pipeline, withRole(arnOf(role))],
        [role, statement({ ...by(root), Sid: "Pipeline" }, "assumeRolePolicy")],
        mayAssume(record, role),
      ],
      found: [],
    };
  });
});
