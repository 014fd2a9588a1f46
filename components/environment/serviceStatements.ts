/** What the roles in an environment may do with a service of ECS that another stack owns. Pure. */
import { arn, ownersRoleArn, type Scope } from "../names";
import { allow, type Statement } from "../policies";
import type { OwnersService } from "../stage";
import type { CodeTarget } from "./codeRoles";

/** The service, in the account of an environment. */
export interface ServiceSite {
  readonly scope: Scope;
  readonly account: string;
  readonly service: Omit<OwnersService, "container" | "endpoint">;
}

const serviceArn = ({ scope, account, service }: ServiceSite): string =>
  arn(scope, "ecs", account, `service/${service.cluster}/${service.name}`);

/** What a task definition may require where a service runs on instances. */
const ON_INSTANCES = ["EC2", "EXTERNAL", "FARGATE"];

/** See what it runs. A task definition's environment variables are read with it. */
const readService = (site: ServiceSite): Statement[] => [
  allow("ReadService", ["ecs:DescribeServices"], [serviceArn(site)]),
  // Knows no resource.
  allow("ReadTaskDefinition", ["ecs:DescribeTaskDefinition"], ["*"]),
];

/** The same, register a revision of its task definition, and have it run that. What else a service is, stays as its owner has it. */
function releaseService(site: ServiceSite): Statement[] {
  const { scope, account, service } = site;
  const { family, executionRole, taskRole, instanceRole } = service;
  const revisions = arn(scope, "ecs", account, `task-definition/${family}:*`);
  const roles = [executionRole, ...(taskRole === undefined ? [] : [taskRole])];
  return [
    ...readService(site),
    // On an instance a privileged task has that too. Others are for Fargate alone, where nothing is privileged: and say so,
    // since ForAllValues holds where the key is missing.
    allow("RegisterRevisions", ["ecs:RegisterTaskDefinition"], [revisions], {
      StringEqualsIfExists: { "ecs:privileged": "false" },
      "ForAllValues:StringEquals": {
        "ecs:compute-compatibility": instanceRole === undefined ? ["FARGATE"] : ON_INSTANCES,
      },
      ...(instanceRole === undefined && { Null: { "ecs:compute-compatibility": "false" } }),
    }),
    allow(
      "PassTaskRoles",
      ["iam:PassRole"],
      roles.map((role) => ownersRoleArn(scope, account, role)),
      { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    ),
    // An update names the revision alone: nothing of networks, shells, volumes or capacity, which ECS reaches with a role of its own.
    allow("ReleaseCode", ["ecs:UpdateService"], [serviceArn(site)], {
      ArnLike: { "ecs:task-definition": revisions },
      StringEqualsIfExists: {
        "ecs:enable-ebs-volumes": "false",
        "ecs:enable-execute-command": "false",
        "ecs:enable-service-connect": "false",
        "ecs:enable-vpc-lattice": "false",
      },
      BoolIfExists: { "ecs:auto-assign-public-ip": "false" },
      Null: { "ecs:capacity-provider": "true", "ecs:namespace": "true", "ecs:subnet": "true" },
    }),
  ];
}

/** What releases to such a service may do. */
export const serviceTarget = (site: ServiceSite): CodeTarget => ({
  called: `service ${site.service.name} of cluster ${site.service.cluster}`,
  read: readService(site),
  release: releaseService(site),
});
