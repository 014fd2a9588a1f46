/**
 * Branches of a service on ECS. A task says nothing of which service it is of, so a role of the environment's would be all
 * branches': instead Deploy adds the roles of its tasks to the template of each branch, within the boundary of branches,
 * which goes by the branch's tag. Pure.
 */
import { roleArn } from "../names";
import { document, type Statement, trustService } from "../policies";
import { merged } from "./merged";
import { boundedRoles } from "./boundedRoles";
import type { TemplateRules } from "./templateRules";
import {
  type CodeSite,
  RELEASED,
  type TemplateResource,
  type Workload,
  workloadRoles,
  type WorkloadSite,
} from "./workload";

/** The same site, with roles that its own stack makes. */
const withOwnRoles = <Site extends WorkloadSite>(site: Site): Site => ({
  ...site,
  roleArn: (kind) => roleArn(site.scope, site.account, `${site.name}-${kind}`),
});

/** As a template has it: Deploy puts the name of the branch's stack in. */
const inTemplate = <Site extends WorkloadSite>(site: Site): Site =>
  withOwnRoles({ ...site, name: RELEASED.stack });

export const branchTasks = (workload: Workload): Workload => ({
  ...workload,
  roles: {},
  boundary: (site) => named(workloadRoles(workload).flatMap(([, { statements }]) => statements(site))),
  // These two and no others: their boundary lets tasks do more than a role needs that something else could take.
  execution: (site) => {
    const own = withOwnRoles(site);
    const arns = workloadRoles(workload).map(([kind]) => own.roleArn(kind));
    return [...workload.execution(own), ...boundedRoles(own, arns)];
  },
  parameters: (site) => ({
    ...workload.parameters(inTemplate(site)),
    ListenerRulePriority: RELEASED.priority,
    BasePath: `/${RELEASED.stack}`,
  }),
  template: { ...workload.template, ...merged(workload.template, rules(workload)) },
  added: (site) =>
    Object.fromEntries(
      workloadRoles(workload).map(([kind, role]) => [
        `Branch${kind.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase())}Role`,
        ownRole(kind, role, inTemplate(site)),
      ]),
    ),
});

function ownRole(
  kind: string,
  { service, description, sourceArn, statements }: ReturnType<typeof workloadRoles>[number][1],
  site: CodeSite,
): TemplateResource {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: `${site.name}-${kind}`,
      Path: site.scope.path,
      Description: `${description} ${site.name}`,
      AssumeRolePolicyDocument: trustService(service, sourceArn?.(site)),
      PermissionsBoundary: site.boundaryArn,
      Policies: [{ PolicyName: kind, PolicyDocument: document(...statements(site)) }],
    },
  };
}

/** What several roles may do, under names of their own: a policy has none twice. */
const named = (statements: readonly Statement[]): Statement[] =>
  statements.map((each, at) => {
    const before = statements.slice(0, at).filter(({ Sid }) => Sid === each.Sid).length;
    return before === 0 ? each : { ...each, Sid: `${each.Sid}${before + 1}` };
  });

const RULE = "AWS::ElasticLoadBalancingV2::ListenerRule";
const OTHER_ADDRESSES = "could take requests that are for others: give PathPatternConfig.Values";

/**
 * All branches share the listener with the environment's own services, and whoever makes a rule says which requests it takes: IAM
 * knows neither conditions nor priorities. So a branch's rule has the one place that Register gave it, and takes nothing but
 * paths below the stack's name.
 */
const rules = (workload: Workload): Partial<TemplateRules> => ({
  types: ["AWS::IAM::Role"],
  trusted: workloadRoles(workload).map(([, { service }]) => service),
  given: { [RULE]: { Priority: "ListenerRulePriority" } },
  named: {
    [RULE]: { "Conditions.PathPatternConfig.Values[]": ["/<stack>/"] },
    "AWS::IAM::Role": { RoleName: workloadRoles(workload).map(([kind]) => `<stack>-${kind}`) },
  },
  only: { [RULE]: { "Conditions.Field": ["path-pattern"] } },
  never: {
    [RULE]: {
      "Conditions.PathPatternConfig.RegexValues": OTHER_ADDRESSES,
      "Conditions.RegexValues": OTHER_ADDRESSES,
      "Conditions.Values": OTHER_ADDRESSES,
    },
  },
});
