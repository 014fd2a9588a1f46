import assert from "node:assert/strict";
import { folderWith } from "../../folders";
import { aws } from "./aws";
import { parse } from "./commands";
import { run } from "./harness";
import { emptyWorld } from "./world";

const spec = (command: string): string =>
  `env: { shell: bash }\nphases: { build: { commands: ["${command}"] } }`;
const describeStacks = ["cloudformation", "describe-stacks", "--output", "json"];

describe("the double of the aws command", () => {
  it("refuses what the real one would not take", () => {
    const cases: [string[], RegExp][] = [
      [
        ["cloudformation", "deploy", "--output", "text"],
        /unknown option --output|unknown command 'cloudformation deploy'/,
      ],
      [["cloudformation", "update-stack"], /unknown command 'cloudformation update-stack'/],
      [
        ["cloudformation", "describe-stacks", "--stack", "x", "--output", "text"],
        /unknown option --stack of 'cloudformation describe-stacks'/,
      ],
      [["cloudformation", "list-change-sets", "--output", "text"], /needs --stack-name/],
      [["cloudformation", "describe-stacks"], /is without --output text or json/],
      [["cloudformation", "describe-stacks", "--output", "table"], /is without --output text or json/],
      [["cloudformation", "describe-stacks", "x", "--output", "text"], /takes no 'x'/],
      [["s3", "cp", "a"], /takes no 'a'/],
      [
        ["ecr", "batch-get-image", "--repository-name", "x", "--image-ids", "--output", "text"],
        /option --image-ids has no value/,
      ],
      [[...describeStacks, "--output", "text"], /option --output is given twice/],
    ];
    for (const [args, message] of cases) assert.throws(() => parse(args), message, args.join(" "));
    assert.equal(parse(describeStacks).operation, "cloudformation describe-stacks");
  });

  it("refuses a call without the role that may make it, and a pager", () => {
    const world = emptyWorld();
    const call = (env: Record<string, string>): number =>
      aws({ command: "aws", args: describeStacks, cwd: "/", env }, world).code;
    assert.deepEqual(
      [call({ AWS_REGION: "eu-west-1", AWS_PAGER: "" }), call({ AWS_REGION: "eu-west-1" })],
      [252, 252],
    );
    assert.match(world.refused[0] ?? "", /job may not call 'cloudformation describe-stacks'/);
    assert.match(world.refused[1] ?? "", /AWS_PAGER is not empty/);
  });

  it("makes a run throw, even when the job goes on after it", async () => {
    const folder = folderWith({});
    await assert.rejects(
      run(spec("AWS_PAGER= aws ec2 describe-instances || true"), folder, {}, emptyWorld()),
      /unknown command 'ec2 describe-instances'/,
    );
    await assert.rejects(
      run(spec("echo '{}' | jq --seq . || true"), folder, {}, emptyWorld()),
      /the double of jq has no option --seq/,
    );
    assert.equal((await run(spec("exit 7"), folder, {}, emptyWorld())).code, 7);
  });
});

describe("a run of a job", () => {
  it("has its lines in the order in which they were written, whichever stream each is on", async () => {
    const folder = folderWith({});
    const { output } = await run(
      spec("for i in {1..100}; do echo $i; echo $i >&2; done"),
      folder,
      {},
      emptyWorld(),
    );
    assert.equal(output, Array.from({ length: 100 }, (_, i) => `${i + 1}\n${i + 1}\n`).join(""));
  });
});
