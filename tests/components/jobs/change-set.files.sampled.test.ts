import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { serverless } from "../../../components/workloads/serverless";
import { type Workload } from "../../../components/workloads/workload";
import { run } from "./harness";
import { ASKED, BUILDSPECS, pool, releaseFolder, releaseVariables, seal } from "./inputs";
import { BUCKET, type World } from "./world";

import { codeOf, hash, plan, planned, PREFIX } from "./planning";
import { whole } from "../../whole/sample";
/** Resources of the template that the change set was made with. */
const deployed = ({ commands, objects }: World): string[] => {
  const command = commands.find((each) => each.includes("create-change-set")) ?? [];
  assert.equal(
    command[command.indexOf("--template-url") + 1],
    `https://${BUCKET}.s3.eu-west-1.amazonaws.com/${PREFIX.slice(0, -1)}.template.json`,
  );
  const template = String(objects.get(`${BUCKET}/${PREFIX.slice(0, -1)}.template.json`));
  return Object.keys((JSON.parse(template) as { Resources: object }).Resources);
};

describe("change-set: the files of a release", () => {
  whole("have a template of the environment's own, or the one that all have", async () => {
    const { files, digest } = codeOf("one");
    const logs = (name: string): string => `{"Resources":{"${name}":{"Type":"AWS::Logs::LogGroup"}}}`;
    const own = Object.fromEntries(
      ["test", "prod", "tests"].map((name) => [`templates/${name}.json`, logs(name)]),
    );
    const common = { "template.yaml": "Resources: { common: { Type: AWS::Logs::LogGroup } }\n" };
    const variables = { CODE_DIGEST: digest };
    const [single, each, other] = await Promise.all([
      plan({ workload: lambdaZip, files: { ...files, ...common }, variables }),
      plan({ workload: serverless, files: { ...files, ...common, ...own }, variables }),
      plan({ workload: serverless, files: { ...files, ...common, "templates/prod.json": "{}" }, variables }),
    ]);
    assert.deepEqual(
      [single, each, other].map(({ world }) => deployed(world)),
      [["common"], ["test"], ["common"]],
    );
  });

  it("refuses a release that has neither, before anything is put anywhere", async () => {
    const { folder } = releaseFolder();
    rmSync(join(folder, "template.yaml"));
    const world = planned();
    const result = await run(BUILDSPECS.plan, folder, releaseVariables(seal(folder)), world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: the release has no template for environment test: start a new release\n/,
    );
    assert.equal(world.objects.size, 0);
  });

  whole(
    "refuses a release without the code that a parameter names, before anything is put anywhere",
    async () => {
      const cases: [Workload, Record<string, string>, RegExp][] = [
        [
          lambdaZip,
          {},
          /error: the release has no code\/(d1){32}\.zip, which a parameter of its template names/,
        ],
        [serverless, {}, /error: the release has no code\/, which a parameter of its template names/],
      ];
      await pool(cases, async ([workload, files, message]) => {
        const { result, world } = await plan({ workload, files });
        assert.equal(result.code, 1, workload.kind);
        assert.match(result.output, message);
        assert.equal(world.objects.size, 0);
      });
      const { files, digest } = codeOf("one", "two");
      const more = await plan({ workload: lambdaZip, files, variables: { CODE_DIGEST: digest } });
      assert.equal(more.result.code, 1);
      assert.match(
        more.result.output,
        new RegExp(`error: the release has no code/${digest.slice(7)}.zip, which`),
      );
    },
  );

  whole(
    "hold just the code that the digest says, or the release is refused before anything is done",
    async () => {
      const { files, digest } = codeOf("one");
      const cases: [Record<string, string>, RegExp][] = [
        [
          { [`code/${hash("two")}.zip`]: "two" },
          /error: the release holds other code than Build said, sha256:\w{64}/,
        ],
        [{ [`code/${hash("one")}.zip`]: "two" }, /error: a file in code\/ is not called by its checksum/],
        [{ "code/run.sh": "touch pwned" }, /error: a file in code\/ is not called by its checksum/],
        [{ [`code/x/${hash("two")}.zip`]: "two" }, /error: a file in code\/ is not called by its checksum/],
        [{ [`code/${hash("two")}.zip.zip`]: "two" }, /error: a file in code\/ is not called by its checksum/],
        [
          { "code/$(touch pwned).zip": "x" },
          /error: the release holds something that is no file or folder with a plain name/,
        ],
        [
          { "code/a\nb.zip": "x" },
          /error: the release holds something that is no file or folder with a plain name/,
        ],
      ];
      const jobs = ["plan", "deploy"] as const;
      await pool(
        cases.flatMap((one) => jobs.map((job) => [job, ...one] as const)),
        async ([job, more, message]) => {
          const { result, folder } = await plan({
            workload: lambdaZip,
            job,
            files: { ...files, ...more },
            variables: { CODE_DIGEST: digest },
          });
          assert.equal(result.code, 1);
          assert.match(result.output, message);
          assert.deepEqual(
            result.calls.filter((call) => call.startsWith("aws ")),
            ASKED,
          );
          assert.ok(!existsSync(join(folder, "pwned")));
        },
      );
    },
  );
});
