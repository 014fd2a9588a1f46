import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { accountRoot, arn, dnsSuffix, pullRequestName, roleArn, type Scope } from "../names";
import { document, type Document, trustRoles } from "../policies";
import { readState, type StateAccess } from "./state";

/** Who issues the tokens of GitHub's workflows. An account can have one provider of it. */
const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** What the tokens are issued for. */
export const audience = (scope: Scope): string => `sts.${dnsSuffix(scope.region)}`;

export interface GithubPullRequests {
  /** `owner/name` as it stands in the tokens; newer repositories have ids there, `owner@1/name@2`. */
  readonly repository: string;
  /** Make the account's provider for GitHub, or take the one that it has. */
  readonly provider: "create" | "existing";
}

/** Of a repository in tooling's account, where one job previews all stacks. */
export interface CodeCommitPullRequests {
  readonly codecommit: string;
}

/** Of the program's own pipeline, whose job previews all stacks. */
export interface OwnPipeline {
  readonly pipeline: string;
  /** ARN of the job's role. */
  readonly jobRoleArn: string;
}

export interface PreviewAccessArgs {
  readonly scope: Scope;
  readonly account: string;
  /** Physical name of the role: the workflow computes its ARN. */
  readonly roleName: string;
  /** Whose pull requests, and so who takes the role. */
  readonly of: GithubPullRequests | CodeCommitPullRequests | OwnPipeline;
  /** State that previews read with this role. Default: none, another role or Pulumi Cloud gives it. */
  readonly state?: StateAccess | undefined;
  /** ARN of the organization's permissions boundary. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

/**
 * The role that a repository's pull requests preview a stack with. A preview compares the program with the state and
 * asks AWS only who it is, which takes no permission; so the role may read state, where settings say so, and no more.
 */
export class PreviewAccess extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: PreviewAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:PreviewAccess", name, {}, opts);
    const role = new iam.Role(
      name,
      {
        name: args.roleName,
        path: args.scope.path,
        ...this.whose(name, args),
        maxSessionDuration: 3600, // seconds
        ...(args.permissionsBoundary && { permissionsBoundary: args.permissionsBoundary }),
      },
      { parent: this },
    );
    if (args.state) {
      new iam.RolePolicy(
        name,
        { role: role.name, policy: document(...readState(args.scope, args.state)) },
        { parent: this },
      );
    }
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }

  /** What the role is for, and who takes it. */
  private whose(
    name: string,
    args: PreviewAccessArgs,
  ): Pick<iam.RoleArgs, "description" | "assumeRolePolicy"> {
    const { scope, of } = args;
    if ("pipeline" in of)
      return {
        description: `Previews in pipeline ${of.pipeline}`,
        assumeRolePolicy: trustPreviewJob(scope, of.jobRoleArn),
      };
    const pullRequestsOf = (repository: string) => `Previews in pull requests of ${repository}`;
    if ("codecommit" in of)
      return {
        description: pullRequestsOf(of.codecommit),
        assumeRolePolicy: trustPreviewJob(
          scope,
          roleArn(scope, scope.toolingAccount, pullRequestName(scope, "preview")),
        ),
      };
    return {
      description: pullRequestsOf(of.repository),
      assumeRolePolicy: trustPullRequests(scope, of, this.providerArn(name, args, of)),
    };
  }

  private providerArn(
    name: string,
    { scope, account }: PreviewAccessArgs,
    { provider }: GithubPullRequests,
  ): pulumi.Input<string> {
    if (provider === "existing") return arn(scope, "iam", account, `oidc-provider/${GITHUB_ISSUER}`);
    // Without thumbprints: AWS has GitHub's certificate authority in its own library.
    return new iam.OpenIdConnectProvider(
      name,
      { url: `https://${GITHUB_ISSUER}`, clientIdLists: [audience(scope)] },
      { parent: this },
    ).arn;
  }
}

/**
 * Runs of this repository's pull requests. GitHub gives the run of a fork's pull request no token, unless the
 * repository's settings send write tokens to such runs.
 */
const trustPullRequests = (
  scope: Scope,
  { repository }: GithubPullRequests,
  providerArn: pulumi.Input<string>,
): Document =>
  document({
    Sid: "AssumedByPullRequests",
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: audience(scope),
        [`${GITHUB_ISSUER}:sub`]: `repo:${repository}:pull_request`,
      },
    },
  });

/** The one job of tooling's that runs the code of such previews. */
const trustPreviewJob = (scope: Scope, jobRoleArn: string): Document =>
  trustRoles(accountRoot(scope, scope.toolingAccount), [jobRoleArn], "AssumedByPreviewJob");
