/** What the jobs of the program's own pipeline are told, as values: its size is known before anything is made. Pure. */
import { arn, roleArn, selfPreviewName, type Scope } from "../names";
import { PULUMI_VERSION } from "../pullRequests/pullRequests";

export interface Told {
  readonly scope: Scope;
  /** As `pulumi login` takes it. */
  readonly state: { readonly url: string };
  /** Name of the role, with its path, that Up takes in each account: it has the rights of whoever brings the stacks up. */
  readonly role: string;
  readonly environments: readonly { readonly name: string; readonly account: string }[];
}

type Role = readonly [environment: string, roleArn: string];

/** The role that Up takes in an account. */
export const upRole = ({ scope, role }: Pick<Told, "scope" | "role">, account: string): string =>
  arn(scope, "iam", account, `role/${role}`);

/** The role without rights that Preview takes in each environment. */
export const previewRoles = ({ scope, environments }: Pick<Told, "scope" | "environments">): Role[] =>
  environments.map(({ name, account }) => [name, roleArn(scope, account, selfPreviewName(scope, name))]);

const variables = ({ state }: Told, roles: readonly Role[]) => ({
  PULUMI_VERSION,
  PULUMI_BACKEND_URL: state.url,
  ROLES: JSON.stringify(Object.fromEntries(roles)),
});

export const previewVariables = (told: Told) => variables(told, previewRoles(told));

export const upVariables = (told: Told) => ({
  ...variables(
    told,
    told.environments.map(({ name, account }) => [name, upRole(told, account)]),
  ),
  TOOLING_ROLE_ARN: upRole(told, told.scope.toolingAccount),
});
