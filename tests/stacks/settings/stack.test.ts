import { environment, problemsOf, refuses, settingsOf, tooling, type Values } from "../settingsSample";

const ACCOUNT = "allowed is an account id of 12 digits: write it in quotes";
const PATH =
  "allowed is an IAM path: it begins and ends with a slash, at most 512 characters, no white space, no wildcards";
const REGION = "allowed is a Region such as eu-west-1: pulumi config set aws:region <region>";
const TAG = "letters, digits, spaces and _ . : / = + - @";
const TAG_VALUE = `allowed in a tag's value are ${TAG}, at most 256 characters`;
const TAG_KEY = `allowed in a tag's key are ${TAG}, 1 to 128 characters that do not begin with aws:`;
const TAGS = 47;
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, ""]));
const KEYS =
  "kind, account, environments, pipelines, chats, vpc, image, logRetentionInDays, artifactRoles, replication, selfUpdate, iam, previews, deletable";
const TOOLING_ONLY = "this key belongs to tooling's stack: remove it here";
const ENVIRONMENT_ONLY = "this key belongs to an environment's stack: remove it here";
const readers = (count: number) =>
  Array.from({ length: count }, (_, i) => `arn:aws:iam::444444444444:role/${"p".repeat(60)}${i + 10}`);
const inTooling = (changes: Values) => problemsOf(tooling(changes));

describe("the shape of a stack's settings", () => {
  refuses({
    "a stack without any setting": [
      () => problemsOf({}),
      [
        `aws:region: is missing; ${REGION}`,
        "kind: is missing; allowed are tooling, environment",
        `account: is missing; ${ACCOUNT}`,
      ],
    ],
    "an unknown kind, with the nearest, without guesses about the rest": [
      () =>
        inTooling({ kind: "enviroment", vpc: { vpcId: "vpc-1", subnets: [], securityGroupIds: ["sg-1"] } }),
      [
        'kind: received "enviroment"; did you mean "environment"? allowed are tooling, environment',
        "vpc.subnets: received []; allowed is a list of ids of subnets, 1 to 16",
      ],
    ],
    "tooling without Region, account, environments and pipelines": [
      () => problemsOf({ kind: "tooling" }),
      [
        `aws:region: is missing; ${REGION}`,
        `account: is missing; ${ACCOUNT}`,
        "environments: is missing; allowed is a list of environments, { name, account, … }, in the order of promotion",
        "pipelines: is missing; allowed is a list of pipelines, { name, source, … }",
      ],
    ],
    "a zone for a Region": [
      () => inTooling({ "aws:region": "eu-west-1a" }),
      [`aws:region: received "eu-west-1a"; did you mean "eu-west-1"? ${REGION}`],
    ],
    "the Region as a key of the project": [
      () => problemsOf(environment({ region: "eu-west-1" }), "test"),
      ['region: received "eu-west-1"; the Region is aws:region: set that key'],
    ],
    "an account id that YAML has cut": [
      () => inTooling({ account: 12345678901 }),
      [`account: received "12345678901"; ${ACCOUNT}`],
    ],
    "an unknown key, with the nearest": [
      () => inTooling({ pipline: [], loggRetentionInDays: 3 }),
      [
        'loggRetentionInDays: received 3; this key is unknown: did you mean "logRetentionInDays"? allowed are kind, account, environments, pipelines, chats, vpc, image, logRetentionInDays, artifactRoles, replication, selfUpdate, iam, previews, deletable',
        'pipline: received []; this key is unknown: did you mean "pipelines"? allowed are kind, account, environments, pipelines, chats, vpc, image, logRetentionInDays, artifactRoles, replication, selfUpdate, iam, previews, deletable',
      ],
    ],
    "an unknown key that is near to none, without a guess": [
      () => inTooling({ notifications: {}, updates: { source: "x" }, Account: 1, regions: [] }),
      [
        'Account: received 1; this key is unknown: did you mean "account"? allowed are KEYS',
        "notifications: received {}; this key is unknown: allowed are KEYS",
        "regions: received []; this key is unknown: allowed are KEYS",
        'updates: received {"source":"x"}; this key is unknown: allowed are KEYS',
      ].map((each) => each.replace("KEYS", KEYS)),
    ],
    "keys of an environment's stack in tooling's": [
      () => inTooling({ environment: "test", tooling: "a/b/c" }),
      [`environment: received "test"; ${ENVIRONMENT_ONLY}`, `tooling: received "a/b/c"; ${ENVIRONMENT_ONLY}`],
    ],
    "keys of tooling's stack in an environment's": [
      () =>
        problemsOf(
          environment({ environments: [1], pipelines: [2], image: "x", logRetentionInDays: 7 }),
          "test",
        ),
      [
        `environments: received [1]; ${TOOLING_ONLY}`,
        `image: received "x"; ${TOOLING_ONLY}`,
        `logRetentionInDays: received 7; ${TOOLING_ONLY}`,
        `pipelines: received [2]; ${TOOLING_ONLY}`,
      ],
    ],
    "a stack's name that can't be its environment's": [
      () => problemsOf(environment(), "Prod_EU"),
      ["environment: is missing; the stack's name, Prod_EU, can't be its default: name the environment"],
    ],
    "the reserved name and a name of tooling's stack that is not full": [
      () => problemsOf(environment({ environment: "br", tooling: "tooling" }), "x"),
      [
        'environment: received "br"; br is reserved for the environments of branches: choose another name',
        'tooling: received "tooling"; allowed is the full name of tooling\'s stack: <organization>/<project>/<stack>',
      ],
    ],
    "keys of aws: that no provider would get": [
      () =>
        inTooling({
          "aws:assumeRole": {},
          "aws:assumeRoles": [1],
          "aws:defaultTags": { tags: { a: 1 } },
          "aws:x": "y",
        }),
      [
        "aws:assumeRoles[0]: received 1; allowed is a map such as { roleArn: … }",
        "aws:defaultTags.tags.a: received 1; allowed is text: write it in quotes",
        'aws:assumeRole: received {}; this key does not reach the provider: did you mean "assumeRoles"? allowed are region, profile, assumeRoles, defaultTags',
        'aws:x: received "y"; this key does not reach the provider: allowed are region, profile, assumeRoles, defaultTags',
      ],
    ],
    "tags that AWS has not": [
      () => {
        const tags = { "aws:x": "a", "": "b", "AWS:y": "c", team: "a,b", long: "v".repeat(257) };
        return inTooling({ "aws:defaultTags": { tags } });
      },
      [
        `aws:defaultTags.tags.team: received "a,b"; ${TAG_VALUE}`,
        `aws:defaultTags.tags.long: received "${"v".repeat(98)}…; ${TAG_VALUE}`,
        `aws:defaultTags.tags.aws:x: received "a"; ${TAG_KEY}`,
        `aws:defaultTags.tags[""]: received "b"; ${TAG_KEY}`,
        `aws:defaultTags.tags.AWS:y: received "c"; ${TAG_KEY}`,
      ],
    ],
    "more readers than the trust policy of their role takes": [
      () => inTooling({ environments: [{ name: "test", account: "222222222222", readers: readers(20) }] }),
      [
        `environments[0].readers: received ${JSON.stringify(readers(20)).slice(0, 99)}…; the trust policy that lets these in would have 2132 characters, and IAM allows 2048: name fewer, such as a role that the others take`,
      ],
    ],
    "tags that IAM takes for one, and the program's own": [
      () => inTooling({ "aws:defaultTags": { tags: { Team: "a", team: "b", "Delivery:stack": "c" } } }),
      [
        'aws:defaultTags.tags.team: received "b"; IAM takes it for Team, which is there too, and refuses a key that is given twice: remove one',
        'aws:defaultTags.tags.Delivery:stack: received "c"; keys that begin with delivery: are this program\'s own, and its permissions go by them: choose another key',
      ],
    ],
    "more tags than AWS takes of a resource": [
      () => inTooling({ "aws:defaultTags": { tags: tags(TAGS + 1) } }),
      [
        `aws:defaultTags.tags: received ${JSON.stringify(tags(TAGS + 1)).slice(0, 99)}…; AWS allows 50 tags of a resource, of which the stacks add ${50 - TAGS}: remove some`,
      ],
    ],
    "lists and maps that are none": [
      () =>
        inTooling({
          environments: "test",
          pipelines: { name: "a" },
          iam: "/",
          vpc: 1,
          "aws:defaultTags": "x",
        }),
      [
        'aws:defaultTags: received "x"; allowed is a map of tags',
        'environments: received "test"; allowed is a list of environments, { name, account, … }, in the order of promotion',
        'pipelines: received {"name":"a"}; allowed is a list of pipelines, { name, source, … }',
        "vpc: received 1; allowed is a map of vpcId, subnets, securityGroupIds",
        'iam: received "/"; allowed is a map of path, permissionsBoundary',
      ],
    ],
    "booleans and days that are none": [
      () => inTooling({ deletable: "yes", logRetentionInDays: 31 }),
      [
        "logRetentionInDays: received 31; allowed are CloudWatch's 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
        'deletable: received "yes"; allowed are true and false',
      ],
    ],
    "an image of another account, which CodeBuild cannot pull": [
      () => inTooling({ image: "999999999999.dkr.ecr.eu-west-1.amazonaws.com/ci:1" }),
      [
        'image: received "999999999999.dkr.ecr.eu-west-1.amazonaws.com/ci:1"; it is in a repository of account 999999999999, and CodeBuild pulls images of ECR from tooling\'s own, 111111111111, alone: copy it into a repository there that lets codebuild.amazonaws.com pull',
      ],
    ],
    "an image that is none": [
      () => inTooling({ image: "aws/codebuild/standard:" }),
      [
        "image: received \"aws/codebuild/standard:\"; allowed is an image of CodeBuild's or a registry's, such as aws/codebuild/standard:7.0",
      ],
    ],
    "ids of a network that are none": [
      () =>
        inTooling({
          vpc: {
            vpcId: "my-vpc",
            subnets: ["subnet-1", 5, "subnet-1"],
            securityGroupIds: ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5", 6],
          },
        }),
      [
        'vpc.vpcId: received "my-vpc"; allowed is an id such as vpc-0123456789abcdef0',
        "vpc.subnets[1]: received 5; allowed is an id such as subnet-0123456789abcdef0",
        'vpc.subnets: received ["subnet-1",5,"subnet-1"]; an entry is there twice: remove one',
        "vpc.securityGroupIds[5]: received 6; allowed is an id such as sg-0123456789abcdef0",
        'vpc.securityGroupIds: received ["sg-1","sg-2","sg-3","sg-4","sg-5",6]; allowed is a list of ids of security groups, 1 to 5',
      ],
    ],
    "a path without slashes, and an ARN for a policy's name": [
      () =>
        inTooling({
          iam: { path: "delivery", permissionsBoundary: "arn:aws:iam::111111111111:policy/limits" },
        }),
      [
        `iam.path: received "delivery"; ${PATH}`,
        'iam.permissionsBoundary: received "arn:aws:iam::111111111111:policy/limits"; allowed is the name of a managed policy, which every account has: write its name only, no ARN and no path',
      ],
    ],
    "a path that policies would read as a pattern": [
      () => problemsOf(environment({ iam: { path: "/team-*/" } }), "test"),
      ['iam.path: received "/team-*/"; allowed is an IAM path without *, ? and $: policies name roles by it'],
    ],
    "a path that is too long, shown cut": [
      () => inTooling({ iam: { path: `/${"a".repeat(511)}/` } }),
      [`iam.path: received "/${"a".repeat(97)}…; ${PATH}`],
    ],
    "values that are still encrypted": [
      () => inTooling({ account: { secure: "v1:abc" }, iam: { secure: "v1:abc" } }),
      [
        `account: received an encrypted value; write it in plain; ${ACCOUNT}`,
        'iam.secure: received "v1:abc"; this is an encrypted value: write it in plain',
      ],
    ],
  });

  it("takes as many tags as there is room for, of the longest that there are", () => {
    const longest = { ["Ä".repeat(128)]: "v ".repeat(128), ...tags(TAGS - 1) };
    settingsOf(tooling({ "aws:defaultTags": { tags: longest } }));
  });
});
