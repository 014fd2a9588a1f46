import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { accountRoot, arn, dnsSuffix, partition, pullRequestName, roleArn, type Scope } from "../names";
import { allow, document, type Document, type Statement, trustRoles } from "../policies";

/** Who issues the tokens of GitHub's workflows. An account can have one provider of it. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** What the tokens are issued for. */
export const audience = (scope: Scope): string => `sts.${dnsSuffix(scope.region)}`;

/** Where Pulumi keeps state: an S3 backend. */
export interface StateAccess {
  readonly bucket: string;
  /** Folder in the bucket, without slashes at its ends. Default: the bucket itself. */
  readonly folder?: string | undefined;
  /** Pulumi projects whose state is read: the stack's own, and that of the stack that it refers to. */
  readonly projects: readonly string[];
  /** ARNs of the KMS keys of the stacks' secrets provider and of the bucket. */
  readonly keys: readonly string[];
}

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

export interface PreviewAccessArgs {
  readonly scope: Scope;
  readonly account: string;
  /** Physical name of the role: the workflow computes its ARN. */
  readonly roleName: string;
  /** Whose pull requests, and so who takes the role. */
  readonly of: GithubPullRequests | CodeCommitPullRequests;
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
        description: `Previews in pull requests of ${"codecommit" in args.of ? args.of.codecommit : args.of.repository}`,
        assumeRolePolicy:
          "codecommit" in args.of
            ? trustPreviewJob(args.scope)
            : trustPullRequests(args.scope, args.of, this.providerArn(name, args, args.of)),
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

/** The one job of tooling's that runs code of pull requests in CodeCommit. */
const trustPreviewJob = (scope: Scope): Document =>
  trustRoles(
    accountRoot(scope, scope.toolingAccount),
    [roleArn(scope, scope.toolingAccount, pullRequestName(scope, "preview"))],
    "AssumedByPreviewJob",
  );

/** What `pulumi preview` asks an S3 backend and a KMS secrets provider for; it takes no lock and writes nothing. */
function readState(scope: Scope, { bucket, folder, projects, keys }: StateAccess): Statement[] {
  const bucketArn = `arn:${partition(scope.region)}:s3:::${bucket}`;
  const root = `${bucketArn}/${folder === undefined ? "" : `${folder}/`}.pulumi`;
  const stacks = [...new Set(projects)].map((project) => `${root}/stacks/${project}/*`);
  return [
    allow("ReadState", ["s3:GetObject"], [`${root}/meta.yaml`, ...stacks]),
    // Of the whole bucket: under a condition on the prefix, S3 answers that a missing object is forbidden.
    allow("ListState", ["s3:ListBucket"], [bucketArn]),
    ...(keys.length > 0 ? [allow("DecryptState", ["kms:Decrypt"], keys)] : []),
  ];
}
