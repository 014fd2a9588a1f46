/** A build's `aws` does in every respect what AWS's own does, which it is: each command is run by both, one after the other. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { stacksOf } from "../../../rehearsal/bringUp/stacksOf";
import { ofType } from "../../../rehearsal/record/record";
import { startAws } from "../aws/start";
import { tools } from "../aws/tools";
import { Shell } from "../codebuild/shell";
import type { Aws } from "../model";
import { forkedCli } from "./forked";

const found = tools();

const TOOLING = "111111111111";
const PROD = "333333333333";
const JOB = `arn:aws:iam::${TOOLING}:role/delivery-catalog--prod-release-job`;
const PLAN = `arn:aws:iam::${PROD}:role/delivery-catalog--prod-plan`;

/** Processes of a group, without those that have ended and that nobody has asked after. */
const processesOf = (group: string): string[] =>
  readdirSync("/proc").filter((each) => {
    try {
      return /^\d+ \(.*\) [^Z] \d+ (\d+) /s.exec(readFileSync(`/proc/${each}/stat`, "utf8"))?.[1] === group;
    } catch {
      return false; // no process, or one that has just ended
    }
  });

(("skipped" in found ? describe.skip : describe) as Mocha.SuiteFunction)(
  "AWS's CLI as a build has it",
  () => {
    const work = mkdtempSync(join(tmpdir(), "delivery-forked-"));
    const both: Shell[] = [];
    let aws: Aws;
    let number = 0;

    before(async () => {
      assert.ok(!("skipped" in found));
      const { record } = await stacksOf(ROOT);
      const bucket = ofType(record, "aws:s3/bucket:Bucket").find(({ name }) => name === "artifacts");
      aws = await startAws(found, record);
      const session = aws.session({ roleArn: JOB, name: "AWSCodeBuild-1" });
      const administrator = aws.administrator(TOOLING);
      writeFileSync(
        join(work, "config"),
        `[profile plan]\nrole_arn = ${PLAN}\ncredential_source = EcsContainer\nrole_session_name = delivery-1\nregion = eu-west-1\n`,
      );
      for (const name of ["direct", "forked"]) {
        const [bin, home] = [join(work, name, "bin"), join(work, name, "home")];
        for (const each of [bin, home]) mkdirSync(each, { recursive: true });
        if (name === "forked") {
          writeFileSync(join(bin, "aws"), forkedCli(join(work, name, "cli"), found.python, aws.cli));
          chmodSync(join(bin, "aws"), 0o755);
        }
        both.push(
          new Shell({
            ...{ folder: join(work, name, "agent"), source: home, log: join(work, `${name}.log`) },
            env: {
              ...session.env,
              ...{
                PATH: `${bin}:${session.env["PATH"]}`,
                LANG: "C.UTF-8",
                HOME: home,
                BUCKET: String(bucket?.outputs["bucket"]),
              },
              ...{ AWS_CONFIG_FILE: join(work, "config"), AWS_PAGER: "" },
              ADMINISTRATOR: `env ${Object.entries(administrator.env)
                .filter(([name]) => name.startsWith("AWS_CONTAINER_"))
                .map((each) => each.join("="))
                .join(" ")}`,
            },
          }),
        );
      }
    });
    after(async () => {
      for (const each of both) await each.close();
      await aws.stop();
      rmSync(work, { recursive: true });
    });

    /** What a command prints and ends with, which is the same with both. */
    async function same(command: string): Promise<string> {
      const outputs: string[] = [];
      for (const each of both) {
        const output = join(work, `output-${++number}`);
        const code = await each.run(`(\n${command}\n) >'${output}' 2>'${output}.error'`);
        outputs.push(
          [
            readFileSync(output, "latin1"),
            readFileSync(`${output}.error`, "latin1"),
            `exit code ${code}`,
          ].join("\n--\n"),
        );
      }
      const [direct = "", forked] = outputs;
      assert.equal(forked, direct, command);
      return direct;
    }

    it("is started once, also where two calls are the first", async () => {
      const forked = both[1] ?? assert.fail();
      const code = await forked.run(
        "aws sts get-caller-identity & aws sts get-caller-identity & wait -n && wait -n && cut -d ' ' -f 5 /proc/self/stat >\"$HOME/group\"",
      );
      assert.equal(code, 0);
      const group = readFileSync(join(work, "forked/home/group"), "utf8").trim();
      const commands = processesOf(group).map((each) => readFileSync(`/proc/${each}/cmdline`, "utf8"));
      assert.equal(commands.filter((each) => each.includes("--version")).length, 1, commands.join("\n"));
    });

    const COMMANDS: Readonly<Record<string, readonly (readonly [command: string, says: RegExp])[]>> = {
      "its version and its errors": [
        ["aws --version", /^aws-cli\/2\.38\.5 [^]*exit code 0$/],
        ["aws", /exit code 252$/],
        ["aws s3api get-object --bucket b", /the following arguments are required: --key[^]*exit code 252$/],
        ["aws s3 cp missing s3://$BUCKET/x", /does not exist[^]*exit code 255$/],
        ["AWS_PROFILE=none aws sts get-caller-identity", /profile \(none\)[^]*exit code 255$/],
        [
          "aws sts assume-role --role-session-name someone --role-arn arn:aws:iam::222222222222:role/delivery-catalog--test-plan",
          /AccessDenied[^]*exit code 254$/,
        ],
      ],
      "whoever calls, by the environment of each call": [
        [
          "aws sts get-caller-identity --query Arn --output text",
          /role\/delivery-catalog--prod-release-job\/AWSCodeBuild-1\n/,
        ],
        [
          "aws --profile plan sts get-caller-identity --query Arn --output text",
          /delivery-catalog--prod-plan\/delivery-1\n/,
        ],
        [
          "AWS_ACCESS_KEY_ID=AKIDNOBODY AWS_SECRET_ACCESS_KEY=none aws sts get-caller-identity",
          /InvalidClientTokenId[^]*exit code 254$/,
        ],
        [
          "$ADMINISTRATOR aws ssm put-parameter --name /forked/a --type String --value a --overwrite --query Tier",
          /Standard/,
        ],
        ["env -u AWS_CONFIG_FILE aws sts get-caller-identity --query Arn --output text", /AWSCodeBuild-1\n/],
      ],
      "a home of its own": [
        [
          'aws --profile plan sts get-caller-identity --query Arn --output text && ls "$HOME/.aws/cli/cache" | grep -c json',
          /delivery-catalog--prod-plan\/delivery-1\n1\n/,
        ],
        [
          "mkdir -p other && export HOME=$PWD/other && aws --profile plan sts get-caller-identity --query Arn --output text && ls other/.aws/cli/cache | grep -c json",
          /delivery-catalog--prod-plan\/delivery-1\n1\n/,
        ],
      ],
      "files, streams and what is open": [
        [
          "printf 'a\\0b\\377\\n' | $ADMINISTRATOR aws s3 cp - s3://$BUCKET/kept/catalog/stream",
          /exit code 0$/,
        ],
        ["$ADMINISTRATOR aws s3 cp s3://$BUCKET/kept/catalog/stream - | od -c", /a {2}\\0 {3}b 377/],
        [
          "printf 'first\\nsecond\\n' >lines; { read -r line; $ADMINISTRATOR aws s3 cp - s3://$BUCKET/kept/catalog/lines; } <lines; $ADMINISTRATOR aws s3 cp s3://$BUCKET/kept/catalog/lines -",
          /^second\n\n--/,
        ],
        [
          'aws sts assume-role --cli-input-json file://<(printf \'{"RoleSessionName": "a", "RoleArn": "%s"}\' none)',
          /exit code 25\d$/,
        ],
        [
          "{ echo before; aws sts get-caller-identity --query Account --output text; echo after; } >all; cat all",
          /^before\n111111111111\nafter\n/,
        ],
        ["{ aws s3 ls s3://$BUCKET 2>&1 >&3 | cat; } 3>&1", /AccessDenied/],
        [
          "mkdir -p folder && cd folder && umask 027 && $ADMINISTRATOR aws s3 cp s3://$BUCKET/kept/catalog/lines copy --no-progress && stat -c %a copy && cat copy",
          /\n640\nsecond\n/,
        ],
      ],
      "language and time of each call": [
        ["LC_ALL=C aws s3 cp ü s3://$BUCKET/x", /The user-provided path Ã¼ does not exist/],
        ["aws s3 cp ü s3://$BUCKET/x", /The user-provided path Ã¼ does not exist/],
        ["TZ=Asia/Tokyo $ADMINISTRATOR aws s3 ls s3://$BUCKET/kept/catalog/lines", / 7 lines\n/],
        ["TZ=UTC $ADMINISTRATOR aws s3 ls s3://$BUCKET/kept/catalog/lines", / 7 lines\n/],
      ],
      // It reads by then. What reads on would never end: what it writes to would stay open.
      "a signal ends it": [
        [
          "mkfifo pipe; exec 9<>pipe; { $ADMINISTRATOR aws s3 cp - s3://$BUCKET/kept/catalog/pipe <pipe & head -c 200000 /dev/zero >pipe; kill $!; wait $!; echo $?; } 2>/dev/null | cat",
          /^143\n/,
        ],
      ],
    };
    for (const [title, commands] of Object.entries(COMMANDS))
      it(title, async () => {
        for (const [command, says] of commands) assert.match(await same(command), says);
      });

    it("ends with all that its build has started", async () => {
      const forked = both[1] ?? assert.fail();
      const cli = join(work, "forked/cli");
      const group = readFileSync(join(work, "forked/home/group"), "utf8").trim();
      const [socket] = readdirSync(cli).filter((name) => new RegExp(`^${group}-\\w+$`).test(name));
      const connection = connect(join(cli, socket ?? assert.fail("no socket")));
      await once(connection, "connect");
      const closed = new Promise((resolve) => connection.on("error", () => undefined).once("close", resolve));
      forked.kill();
      await closed; // never, where it lives on
    });
  },
);
