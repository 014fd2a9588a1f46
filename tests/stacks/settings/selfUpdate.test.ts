import assert from "node:assert/strict";
import { tooling as program } from "../../../stacks/tooling";
import { codecommit } from "../together.case";
import {
  environments,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef";
const SELF = { source: { codecommit: "platform" }, state: { url: "s3://state/a" }, role: "ops/platform-up" };
const to = (changes: Values = {}, more: Values = {}) =>
  tooling({ selfUpdate: { ...SELF, ...changes }, ...more });
const RESERVED = "selfUpdate has roles and jobs of this name: choose another name";
const ROLE =
  "allowed is the name of a role, with its path before it and no slash at the beginning: every account has the role";

describe("selfUpdate", () => {
  it("is none by default", () => assert.equal("selfUpdate" in settingsOf(tooling()), false));

  it("is a source, the state of the stacks and a role; nobody is told, and an approval waits a week", () => {
    const settings = settingsOf(to({ state: { url: "s3://state/a?region=eu-west-1", keys: [KEY] } }));
    assert.ok(settings.kind === "tooling");
    assert.deepEqual(settings.selfUpdate, {
      source: { kind: "codecommit", repository: "platform", branch: "main", create: true },
      state: { url: "s3://state/a?region=eu-west-1", bucket: "state", folder: "a", keys: [KEY] },
      role: "ops/platform-up",
      emails: [],
      timeoutDays: 7,
    });
  });

  it("leaves names beside its own to pipelines and environments", () => {
    const named = to(
      {},
      {
        environments: environments("selfish", "test"),
        pipelines: [codecommit("self-service"), codecommit("delivery-selves")],
      },
    );
    assert.equal(settingsOf(named).kind, "tooling");
    const without = tooling({ environments: environments("self"), pipelines: [pipeline({ name: "self" })] });
    assert.equal(settingsOf(without).kind, "tooling");
  });

  it("is refused to a program of one's own before it makes anything: that has not the jobs' commands", () => {
    const settings = settingsOf(to());
    assert.ok(settings.kind === "tooling");
    assert.throws(() => program(settings, {}), {
      message:
        "the jobs of selfUpdate run this project's own commands, which another program has not: remove selfUpdate, or make tooling a stack of its own",
    });
  });

  refuses({
    "state that is in no S3 bucket": [
      () => problemsOf(to({ state: { url: "file://state" } })),
      [
        'selfUpdate.state.url: received "file://state"; allowed is the URL of an S3 backend, s3://<bucket> or s3://<bucket>/<folder>, as pulumi login takes it, ' +
          "and a bucket's name that S3 takes: 3 to 63 of a-z, 0-9, . and -, a letter or digit first and last, no two dots in a row, " +
          "no IP address, no beginning or end that S3 reserves, such as xn-- or -s3alias",
      ],
    ],
    "the alias of a key": [
      () => problemsOf(to({ state: { url: "s3://state", keys: ["alias/pulumi"] } })),
      [
        'selfUpdate.state.keys[0]: received "alias/pulumi"; allowed is the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>; an alias gives no permission',
      ],
    ],
    "a role by its ARN": [
      () => problemsOf(to({ role: "arn:aws:iam::111111111111:role/up" })),
      [`selfUpdate.role: received "arn:aws:iam::111111111111:role/up"; ${ROLE}`],
    ],
    "a role of any name": [() => problemsOf(to({ role: "*" })), [`selfUpdate.role: received "*"; ${ROLE}`]],
    "a role that these stacks make": [
      () => problemsOf(to({ role: "team/delivery-self-up" })),
      [
        'selfUpdate.role: received "team/delivery-self-up"; roles that begin with delivery- are made by these stacks: name one that people have made (docs/self-update.md)',
      ],
    ],
    "no role": [
      () => problemsOf(tooling({ selfUpdate: { source: SELF.source, state: SELF.state } })),
      [`selfUpdate.role: is missing; ${ROLE}`],
    ],
    "pull requests that would start it": [
      () => problemsOf(to({ source: { github: "acme/platform", pullRequests: { branches: ["main"] } } })),
      [
        'selfUpdate.source.pullRequests: received {"branches":["main"]}; an approval is of what has been merged: remove this key; previews of pull requests are another setting (docs/previews.md)',
      ],
    ],
    "a repository that it would create": [
      () => problemsOf(to({ source: { codecommit: "platform", create: true } })),
      [
        "selfUpdate.source.create: received true; the repository exists, since this program is in it: remove this key",
      ],
    ],
    "names that its own roles have": [
      () =>
        problemsOf(
          to(
            {},
            {
              environments: environments("self", "test"),
              pipelines: [
                pipeline({ name: "self" }),
                pipeline({ name: "mail", prefix: "self" }),
                pipeline({ name: "delivery-self" }),
              ],
            },
          ),
        ).filter((each) => /selfUpdate/.test(each)),
      [
        `environments[0].name: received "self"; ${RESERVED}`,
        `pipelines[0].name: received "self"; ${RESERVED}`,
        `pipelines[1].prefix: received "self"; ${RESERVED}`,
        'pipelines[2].name: received "delivery-self"; CodePipeline would put its artifacts where those of delivery-self are, the pipeline of selfUpdate: choose another name',
      ],
    ],
    "roles that the provider takes besides": [
      () => problemsOf(to({}, { "aws:assumeRoles": [{ roleArn: "arn:aws:iam::111111111111:role/x" }] })),
      [
        'aws:assumeRoles: received [{"roleArn":"arn:aws:iam::111111111111:role/x"}]; the jobs of selfUpdate take a role themselves: set aws:profile instead (a profile can take roles), or remove selfUpdate',
      ],
    ],
    "CodeCommit where AWS has none": [
      () =>
        problemsOf(to({}, { "aws:region": "ap-southeast-5" }))
          .filter((each) => /^selfUpdate/.test(each))
          .map((each) => each.split(";")[0] ?? ""),
      ['selfUpdate.source.codecommit: received "platform"'],
    ],
    "a project whose name leaves its roles no room": [
      () =>
        problemsOf(
          to({}, { environments: environments("a-long-environment") }),
          "tooling",
          "p".repeat(40),
        ).filter((each) => /^selfUpdate/.test(each)),
      [
        `selfUpdate: received ${JSON.stringify(SELF)}; its role ${"p".repeat(40)}-self-preview-a-long-environment has 72 characters, and IAM allows 64: rename the project in Pulumi.yaml, or the environment, shorter`,
      ],
    ],
  });
});
