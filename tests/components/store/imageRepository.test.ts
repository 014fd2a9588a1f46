import assert from "node:assert/strict";
import { ImageRepository, type ImageRepositoryArgs } from "../../../components/store/imageRepository";
import { inputsOf, only, registered, resolved } from "../../programs";

const [testRoot, prodRoot] = ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"] as const;
const puller = (accountRoot: string, environment: string) => ({
  accountRoot,
  roleArn: `${accountRoot.slice(0, -4)}role/catalog--${environment}-execution`,
  functionArns: `arn:aws:lambda:eu-west-1:${accountRoot.slice(13, 25)}:function:catalog--${environment}-*`,
});
const args: ImageRepositoryArgs = {
  pullers: [puller(testRoot, "test"), puller(prodRoot, "prod"), puller(testRoot, "demo")],
};
const repository = (change: Partial<ImageRepositoryArgs> = {}) =>
  registered((opts) => new ImageRepository("shop", { ...args, ...change }, opts));

describe("ImageRepository", () => {
  it("expires no image by itself, makes no tag twice, and has no cache", async () => {
    assert.deepEqual(inputsOf(await repository(), "ecr:Repository"), {
      shop: {
        forceDelete: false,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        // Without this awsx would keep one image that has no tag.
        lifecyclePolicy: { skip: true },
      },
    });
  });

  it("expires images by age alone where it is told so, and build layers after two weeks", async () => {
    const repositories = inputsOf(
      await repository({ expirationInDays: 90, layerCache: true }),
      "ecr:Repository",
    );
    const rules = (description: string, maximumAgeLimit: number) => ({
      rules: [{ description, tagStatus: "any", maximumAgeLimit }],
    });
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(repositories).map(([name, each]) => [
          name,
          [each["imageTagMutability"], each["lifecyclePolicy"]],
        ]),
      ),
      {
        shop: ["IMMUTABLE", rules("old", 90)],
        "shop.cache": ["MUTABLE", rules("old layers", 14)],
      },
    );
  });

  it("lets the execution roles named and Lambda for the functions named pull images, and nobody layers", async () => {
    const made = await repository();
    const pull = { Effect: "Allow", Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] };
    assert.deepEqual(only(made, "ecr/repositoryPolicy:RepositoryPolicy").inputs, {
      repository: (only(made, "ecr:Repository", "shop").outputs["repository"] as { name: string }).name,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            ...{ Sid: "PullToCreateFunctions", ...pull },
            Principal: { AWS: [testRoot, prodRoot] },
            Condition: {
              ArnEquals: {
                "aws:PrincipalArn": [
                  "arn:aws:iam::222222222222:role/catalog--demo-execution",
                  "arn:aws:iam::222222222222:role/catalog--test-execution",
                  "arn:aws:iam::333333333333:role/catalog--prod-execution",
                ],
              },
            },
          },
          {
            ...{ Sid: "PullToRunFunctions", ...pull },
            Principal: { Service: "lambda.amazonaws.com" },
            Condition: {
              ArnLike: {
                "aws:SourceArn": [
                  "arn:aws:lambda:eu-west-1:222222222222:function:catalog--demo-*",
                  "arn:aws:lambda:eu-west-1:222222222222:function:catalog--test-*",
                  "arn:aws:lambda:eu-west-1:333333333333:function:catalog--prod-*",
                ],
              },
            },
          },
        ],
      },
    });
  });

  it("lets the task execution roles named pull images where there are no functions, and AWS's services none", async () => {
    const pullers = args.pullers.map(({ accountRoot, roleArn }) => ({ accountRoot, roleArn }));
    const made = await repository({ pullers });
    const { policy } = only(made, "ecr/repositoryPolicy:RepositoryPolicy").inputs;
    assert.deepEqual(policy, {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "PullToStartTasks",
          Effect: "Allow",
          Principal: { AWS: [testRoot, prodRoot] },
          Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          Condition: { ArnEquals: { "aws:PrincipalArn": pullers.map(({ roleArn }) => roleArn).sort() } },
        },
      ],
    });
  });

  it("lets destroy delete both with their images only where it is deletable", async () => {
    const repositories = Object.values(
      inputsOf(await repository({ deletable: true, layerCache: true }), "ecr:Repository"),
    );
    assert.deepEqual(
      repositories.map(({ forceDelete }) => forceDelete),
      [true, true],
    );
  });

  it("hands out both", async () => {
    const made: { component?: ImageRepository } = {};
    const resources = await registered(
      (opts) => (made.component = new ImageRepository("shop", { ...args, layerCache: true }, opts)),
    );
    const { arn, name, url, cacheArn, cacheUrl } = made.component ?? {};
    const answered = resources.flatMap(({ remote, outputs }) => (remote ? [outputs] : []));
    const of = (cache: boolean) =>
      answered.find(({ url }) => String(url).includes("cache") === cache) as {
        url: string;
        repository: { arn: string; name: string };
      };
    assert.deepEqual(await resolved({ arn, name, url, cacheArn, cacheUrl }), {
      arn: of(false).repository.arn,
      name: of(false).repository.name,
      url: of(false).url,
      cacheArn: of(true).repository.arn,
      cacheUrl: of(true).url,
    });
  });
});
