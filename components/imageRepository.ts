import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { type Conditions, type Document, document, type Statement } from "./policies";

/** Who may pull images into one environment. */
export interface ImagePuller {
  /** Account of the environment, as a principal. */
  readonly accountRoot: string;
  /** Role that CloudFormation creates functions with, or that ECS starts tasks with; it need not exist yet. */
  readonly roleArn: string;
  /** Pattern of the functions' ARNs, for Lambda's own pulls. Default: there are no functions. */
  readonly functionArns?: string;
}

export interface ImageRepositoryArgs {
  /** Who may pull. */
  readonly pullers: readonly ImagePuller[];
  /** Days after which an image expires that no environment runs or ran before (one with a `live-` tag never does). */
  readonly expirationInDays: number;
  /** Let `pulumi destroy` delete the repositories with their images. Default: false. */
  readonly deletable?: boolean;
}

/** More images than will ever carry a `live-` tag: what this rule matches, the rule below cannot expire. */
const LIVE_IMAGES = 9999;
/** Days that build layers are worth keeping. */
const CACHE_EXPIRATION_IN_DAYS = 14;

/** The repository of a service's images, and the cache of its builds beside it. */
export class ImageRepository extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** What images are pushed to and pulled from, without a tag. */
  readonly url: pulumi.Output<string>;
  readonly cacheArn: pulumi.Output<string>;
  readonly cacheUrl: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ImageRepository", name, {}, opts);
    const parent = { parent: this };
    const forceDelete = args.deletable ?? false;
    const images = new awsx.ecr.Repository(
      name,
      {
        forceDelete,
        // A tag is a commit and stays what it is; `live-*` says what runs where, and moves.
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ filter: "live-*", filterType: "WILDCARD" }],
        imageScanningConfiguration: { scanOnPush: true },
        lifecyclePolicy: {
          rules: [
            {
              description: "what an environment runs, or ran before, stays",
              tagStatus: "tagged",
              tagPrefixList: ["live-"],
              maximumNumberOfImages: LIVE_IMAGES,
            },
            {
              description: "all else goes once no approval can still be waiting for it",
              tagStatus: "any",
              maximumAgeLimit: args.expirationInDays,
            },
          ],
        },
      },
      parent,
    );
    // The dot keeps its name apart from that of any other pipeline. Of its own, since immutable tags would break it and nobody else needs to pull layers.
    const cache = new awsx.ecr.Repository(
      `${name}.cache`,
      {
        forceDelete,
        imageTagMutability: "MUTABLE",
        lifecyclePolicy: {
          rules: [{ description: "old layers", tagStatus: "any", maximumAgeLimit: CACHE_EXPIRATION_IN_DAYS }],
        },
      },
      parent,
    );
    this.arn = images.repository.arn;
    this.name = images.repository.name;
    this.url = images.url;
    this.cacheArn = cache.repository.arn;
    this.cacheUrl = cache.url;
    new aws.ecr.RepositoryPolicy(name, { repository: this.name, policy: pullPolicy(args.pullers) }, parent);
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
    Principal: aws.iam.Principal,
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
  const roles = { ArnEquals: { "aws:PrincipalArn": unique(pullers.map(({ roleArn }) => roleArn)) } };
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
