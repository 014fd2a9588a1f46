import { actionsOf, pipelines } from "../record/pipelines";
import { identityAllows } from "../aws/policyDocuments";
import { absence, roleByArn, trustsRole } from "../record/roles";
import { judgeResources, type Rule } from "./rule";

/** CreatePipeline tries every action's role, in other accounts too, and fails at the first that it cannot take. */
export const actionRoles: Rule = {
  id: "action-role",
  title: "the pipeline's role can take the role of every action when the pipeline is created",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html",
  judge: (record) =>
    judgeResources(
      pipelines(record).map(({ resource }) => resource),
      (resource) => {
        const callerArn = String(resource.inputs["roleArn"]);
        const caller = roleByArn(record, callerArn);
        return actionsOf(resource).flatMap(({ name, roleArn }) => {
          if (roleArn === undefined) return [];
          const missing = absence(record, resource, roleArn);
          if (missing !== undefined) return [`action ${name}: ${missing}`];
          const role = roleByArn(record, roleArn);
          return [
            ...(role && trustsRole(role, callerArn)
              ? []
              : [`action ${name}: role ${roleArn} does not trust ${callerArn}`]),
            ...(caller && identityAllows(record, caller, "sts:AssumeRole", roleArn)
              ? []
              : [`action ${name}: ${callerArn} may not assume ${roleArn}`]),
          ];
        });
      },
    ),
};
