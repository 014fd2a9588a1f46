/** What of AWS is emulated, what the gate answers and what is not covered, as docs/release-test-aws.md: from the code where it says so. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { ASKS } from "./gate";
import { MADE } from "./resources";
import { differences } from "./secondOpinion";

/** What the scenarios answer in the emulator's place: `Aws.answer`. */
const ANSWERED: Readonly<Record<string, string>> = {
  codebuild: "by the test's CodeBuild",
  codecommit: "by the test's repository and its pull requests",
  codepipeline: "by the test's CodePipeline, over the registered stages",
  "ecr:DescribeImageScanFindings": "by the scenario, which says what a scan has found",
  "ecr:GetAuthorizationToken": "by the gate, which hands out the registry's passwords",
  sts: "by the gate, which hands out all keys",
};

const NETWORK = "there is no network but loopback, and whoever asks a balancer gets through";

/** Types of which nothing is made in the emulator, and where they count. */
export const NOT_MADE: Readonly<Record<string, string>> = {
  "aws:cloudwatch/eventRule:EventRule": "the test's EventBridge reads it",
  "aws:cloudwatch/eventTarget:EventTarget": "the test's EventBridge reads it",
  "aws:codebuild/project:Project": "the test's CodeBuild reads it",
  "aws:codebuild/reportGroup:ReportGroup": "reports are collected by the test's CodeBuild",
  "aws:codecommit/repository:Repository": "a folder stands for it",
  "aws:codepipeline/pipeline:Pipeline": "the test's CodePipeline reads it",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": NETWORK,
  "aws:ec2/securityGroup:SecurityGroup": NETWORK,
  "awsx:ec2:Vpc": NETWORK,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": NETWORK,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": NETWORK,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": "nothing grows old in a test",
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": "the test copies images by it",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "the gate decides by it",
  "aws:iam/policy:Policy": "the gate decides by it",
  "aws:iam/rolePolicy:RolePolicy": "the gate decides by it",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "the gate decides by it",
  "aws:kms/alias:Alias": "nobody asks by it",
  "aws:kms/key:Key": "the gate decides by its policy; objects are kept as they are",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "nothing grows old in a test",
  "aws:s3/bucketLogging:BucketLogging": "nobody reads the log of accesses",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls":
    "the gate knows no access control lists, and they allow none",
  "aws:s3/bucketPolicy:BucketPolicy": "the gate decides by it",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":
    "the gate decides by policies alone, and none is public",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    "the gate asks for its key",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "the test copies what is kept by it",
  "aws:sns/topicPolicy:TopicPolicy": "the gate decides by it",
  "aws:sns/topicSubscription:TopicSubscription":
    "mails are not sent; what was published is seen in the calls",
  "pulumi:providers:aws": "says the account",
};

const NOT_COVERED: readonly string[] = [
  "Calls of a deployed function itself are not decided: it asks the emulator as its account's administrator. `npm start` decides what it calls.",
  "What services call to start what is deployed is not decided: to pull an image, to take the role of a function or a task. `npm start` decides it.",
  "An image that a job pushes is what its Dockerfile copies, as one layer. What a base has (Node.js, Lambda's runtime client, users) is not there, and " +
    "BuildKit does not run.",
  "ECS keeps no health checks, limits, networks or logs of tasks: one that listens is healthy.",
  "Signatures are not checked: whose a request is goes by its key and token.",
  "Roles live until the test ends, not for an hour. Credentials come from loopback, not from 169.254.170.2.",
  "KMS encrypts nothing: whether its key may be used is decided at each read and write.",
  "Traffic is not shifted: CodeDeploy's canary and its alarms do not run, an alias points to the new version at once.",
  "A changed reference counts as `Conditional` replacement more often than on AWS.",
  "`Details` of a change set have no values before and after; `BeforeContext` and `AfterContext` have.",
  "Names that CloudFormation makes are the same each time for one stack and logical id.",
  "One page holds all: no answer is cut.",
  "CloudFormation's own expansion of AWS SAM: its translator's version is PyPI's. A template that it refuses is refused at once; on AWS the change set " +
    "is made, and fails.",
  "Lists of actions that CloudFormation's handlers call are those of the types' schemas, all of them asked at the start of each operation; on AWS a " +
    "handler may stop between two calls.",
  "Lambda's compute, on which Promote, Register and short jobs run: the job sees the programs of its image and no others, has its keys in the " +
    "environment, as functions have them, and is refused what that compute has not (Docker, privileged mode, cache, VPC, time limits, runtimes). Its end after 15 minutes, that it is not root and writes to `/tmp` alone, and " +
    "the versions of its programs are not tried.",
  "What S3 and ECR copy to a replica by themselves is copied when a scenario says so ([`replicating.ts`](../tests/release/system/replicating.ts)), and then " +
    "from the emulator of the Region that is lost to another one. Marks of what was removed are not copied, replicas are not encrypted, and nothing is late. " +
    "Pulumi's state is moved in [the engine's test](disaster-recovery.md#what-shows-it) alone.",
  "Of a pull request the job that previews it gets the commit's files, and no history of git. Pulumi's CLI is a stand-in, and so is `curl`, which fetches it: " +
    "state is not read, nothing is previewed.",
  "China and GovCloud; several Regions but in the scenarios that are about them, whose environments are each in an account of its own.",
];

interface Addition {
  readonly name: string;
  readonly what: string;
  readonly pages: readonly string[];
}

/** The functions of additions.py that are put in place, with the first line and the pages of what they say of themselves. */
export function additions(): Addition[] {
  const text = readFileSync(join(__dirname, "additions.py"), "utf8");
  const [, list = ""] = /^ADDITIONS = \(\n([^)]*)\)/m.exec(text) ?? [];
  return list
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((name) => {
      const [, said = ""] =
        new RegExp(`^def ${name}\\(\\) -> None:\\n    """([^"]*)"""`, "m").exec(text) ?? [];
      return {
        name,
        what: (said.split("\n")[0] ?? "").trim(),
        pages: [...said.matchAll(/https:\/\/docs\.aws\.amazon\.com\/\S+/g)].map(([page]) => page),
      };
    });
}

const LINE = 140;

/** An item of a list, in lines that a terminal holds. */
function item(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + word.length + 1 > LINE) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return `- ${lines.join("\n  ")}`;
}

const chapter = (title: string, intro: string, items: readonly string[]): string =>
  `## ${title}\n\n${intro}\n\n${items.map(item).join("\n")}\n`;

const text = (): string =>
  [
    "# The AWS of the release test\n\n<!-- Written by tests/release/aws/coverage.ts: npm run docs:release-test -->\n\n" +
      "`npm run test:release` runs AWS's own CLI. Its requests go through a proxy under a throw-away certificate to a gate, which decides each by the\n" +
      "policies that the stacks register, and passes what is allowed to ministack, an emulator from PyPI. Nothing leaves the machine.\n",
    chapter(
      "What is made of what the stacks register",
      "By type; everything else is named with the place where it counts.",
      [
        ...Object.keys(MADE).map((type) => `\`${type}\`: made in the emulator`),
        ...Object.entries(NOT_MADE).map(([type, why]) => `\`${type}\`: ${why}`),
      ].sort(),
    ),
    chapter(
      "Calls that are decided",
      "Any other call is refused as not covered, and the test fails. An object that is missing is denied to whoever may not list the bucket.",
      [
        ...Object.entries(ASKS)
          .map(
            ([service, asks]) =>
              `${service}: ${Object.keys(asks)
                .map((each) => `\`${each}\``)
                .sort()
                .join(", ")}`,
          )
          .sort(),
        "CloudFormation's own calls before it makes, changes or deletes a resource: all that the type's schema says, with the stack's role; " +
          "`iam:UntagRole` only where an update takes off a tag ([`handlerCalls.ts`](../tests/release/aws/handlerCalls.ts))",
      ],
    ),
    chapter(
      "What the emulator does not answer",
      "These are decided as all others.",
      Object.entries(ANSWERED).map(([service, by]) => `${service}: ${by}`),
    ),
    chapter(
      "What is added to the emulator",
      "In one file, [`additions.py`](../tests/release/aws/additions.py), each with the page that it follows.",
      [
        ...additions().map(
          ({ what, pages }) =>
            `${what} ${pages.map((each, index) => `[page${index > 0 ? String(index + 1) : ""}](${each})`).join(", ")}`,
        ),
        "A bucket, and a template in it, is read and written by other accounts: the gate sends what its policies allow as the bucket's owner. [page](https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html)",
        "`cloudformation:ChangeSetName`, `RoleArn`, `TemplateUrl` and tags are told to the policies. [page](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html)",
      ],
    ),
    chapter(
      "A second opinion",
      "The emulator's own IAM enforces nothing: it would refuse what AWS allows. In the end it is asked for every decision about a role, by the same\n" +
        "policies and values. Where it decides otherwise, [a list](../tests/release/aws/differences.yaml) says which mistake of which of the two that is;\n" +
        "with the mistake fixed both must decide the same, and each entry must be needed.",
      Object.entries(differences()).map(
        ([, { right, why, page: at }]) => `${why} The ${right} is right. [page](${at})`,
      ),
    ),
    chapter("What is not covered", "`pulumi up` in AWS accounts is the only proof of these.", NOT_COVERED),
  ].join("\n");

export const page = async (): Promise<string> =>
  format(text(), { ...(await resolveConfig(__filename)), parser: "markdown" });
