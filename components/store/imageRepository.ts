import * as ecr from "@pulumi/aws/ecr";
import * as iam from "@pulumi/aws/iam";
import { Repository } from "@pulumi/awsx/ecr";
import * as pulumi from "@pulumi/pulumi";
import { type Conditions, type Document, document, type Statement } from "../policies";

/** Who may pull images into one environment. */
export interface ImagePuller {
  /** Account of the environment, as a principal. */
  readonly accountRoot: string;
  /** Role that functions get their image with, or that ECS starts tasks with; it need not exist yet. Of branches: a pattern. */
  readonly roleArn: string;
  /** Patterns of the functions' ARNs, for Lambda's own pulls. Default: there are no functions. */
  readonly functionArns?: string | readonly string[];
}

export interface ImageRepositoryArgs {
  /** Physical name, where it is a copy's. Default: Pulumi makes one. */
  readonly physicalName?: pulumi.Input<string>;
  /** Who may pull; nobody where there is none. */
  readonly pullers: readonly ImagePuller[];
  /** Days after which any image expires, whoever runs it. Default: none does, Promote removes what no record names. */
  readonly expirationInDays?: number;
  /** Keep layers for later builds, in a repository beside this one. Default: false. */
  readonly layerCache?: boolean;
  /** Let `pulumi destroy` delete the repositories with their images. Default: false. */
  readonly deletable?: boolean;
}

/** Days that build layers are worth keeping. */
const CACHE_EXPIRATION_IN_DAYS = 14;

/** The repository of a service's images, and a cache of its builds beside it where that is wanted. */
export class ImageRepository extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** What images are pushed to and pulled from, without a tag. */
  readonly url: pulumi.Output<string>;
  readonly cacheArn: pulumi.Output<string> | undefined;
  readonly cacheUrl: pulumi.Output<string> | undefined;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ImageRepository", name, {}, opts);
    const parent = { parent: this };
    const forceDelete = args.deletable ?? false;
    const images = new Repository(
      name,
      {
        ...(args.physicalName !== undefined && { name: args.physicalName }),
        forceDelete,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        // By age alone, or not at all: whatever a rule counts or looks at otherwise, Build could push.
        lifecyclePolicy:
          args.expirationInDays === undefined
            ? { skip: true }
            : { rules: [{ description: "old", tagStatus: "any", maximumAgeLimit: args.expirationInDays }] },
      },
      parent,
    );
    // The dot keeps its name apart from that of any other pipeline. Of its own, since immutable tags would break it and nobody else needs to pull layers.
    const cache = args.layerCache
      ? new Repository(
          `${name}.cache`,
          {
            forceDelete,
            imageTagMutability: "MUTABLE",
            lifecyclePolicy: {
              rules: [
                { description: "old layers", tagStatus: "any", maximumAgeLimit: CACHE_EXPIRATION_IN_DAYS },
              ],
            },
          },
          parent,
        )
      : undefined;
    this.arn = images.repository.arn;
    this.name = images.repository.name;
    this.url = images.url;
    this.cacheArn = cache?.repository.arn;
    this.cacheUrl = cache?.url;
    if (args.pullers.length > 0)
      new ecr.RepositoryPolicy(name, { repository: this.name, policy: pullPolicy(args.pullers) }, parent);
    this.registerOutputs({
      arn: this.arn,
      name: this.name,
      url: this.url,
      cacheArn: this.cacheArn,
      cacheUrl: this.cacheUrl,
    });
  }
}

/** Exact roles for pulls of an environment's own, and Lambda itself for the functions of each. */
export function pullPolicy(pullers: readonly ImagePuller[]): Document {
  const pull = (
    Sid: string,
    Principal: iam.Principal,
    Condition: Conditions,
    ...more: string[]
  ): Statement => ({
    Sid,
    Effect: "Allow",
    Principal,
    Action: [...more, "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    Condition,
  }); // no Resource: the repository itself is meant
  const unique = (values: readonly string[]) => [...new Set(values)].sort();
  const accounts = { AWS: unique(pullers.map(({ accountRoot }) => accountRoot)) };
  const roleArns = unique(pullers.map(({ roleArn }) => roleArn));
  const patterns = roleArns.some((each) => each.includes("?"));
  const roles = { [patterns ? "ArnLike" : "ArnEquals"]: { "aws:PrincipalArn": roleArns } };
  const functions = unique(pullers.flatMap(({ functionArns }) => functionArns ?? []));
  if (functions.length === 0) {
    return document(pull("PullToStartTasks", accounts, roles, "ecr:BatchCheckLayerAvailability"));
  }
  return document(
    pull("PullToCreateFunctions", accounts, roles),
    // Lambda pulls again whenever it has dropped its own copy.
    pull(
      "PullToRunFunctions",
      { Service: "lambda.amazonaws.com" },
      { ArnLike: { "aws:SourceArn": functions } },
    ),
  );
}
