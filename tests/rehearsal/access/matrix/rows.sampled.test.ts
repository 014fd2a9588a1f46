import assert from "node:assert/strict";
import { ROWS } from "../../../../rehearsal/access/matrix/expand";
import { judgeCharter } from "../../../../rehearsal/access/matrix/judge";
import { of, type Row } from "../../../../rehearsal/access/matrix/rows";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { unbrokenWorld } from "../worlds";
import { sampled } from "../../../whole/sample";

/** What is found in the sample with other rows; no calls are walked. */
const findings = async (rows: readonly Row[]): Promise<readonly string[]> =>
  (await judgeCharter(await unbrokenWorld(), { calls: [], rows })).findings;

describe("A row of the charter", () => {
  it("that is missing is a finding, whichever it is", async () => {
    const lost = (row: Row) => ROWS.filter((each) => each !== row);
    const find = (who: string, action: string) =>
      ROWS.find((each) => each.who === who && each.may.includes(action)) ??
      assert.fail(`no row ${who} ${action}`);
    const cases: readonly (readonly [Row, RegExp])[] = [
      [
        find("tooling-role {job}", "s3:GetBucketAcl"),
        /^role delivery-catalog-build may s3:GetBucketAcl .*by FindBucket in/,
      ],
      [
        find("service lambda.amazonaws.com", "ecr:BatchGetImage"),
        /^service lambda.amazonaws.com may ecr:BatchGetImage .*by PullToRunFunctions in/,
      ],
      [
        find("holder {operator}", "codepipeline:RollbackStage"),
        /^whoever has policy catalog-operator\S* may codepipeline:.*by RetryAndRollBack in/,
      ],
      [find("workload-role {workload}-*", "dynamodb:Scan"), /may dynamodb:.* and UseTables in/],
      [
        find("rewritten-role {own}-plan", "s3:GetObject"),
        /rewritten by an administrator of \d+, may s3:GetObject .*by .*ReadCatalog in/,
      ],
      [find("administrator {account}", "*"), /^an administrator of \d+ may /],
      [
        find("nobody", "sns:Publish"),
        /^role delivery-catalog-pipeline may not sns:Publish .*aws:SecureTransport=false.*explicit deny/,
      ],
    ];
    for (const [row, message] of sampled(cases, (_, index) => index % 3 === 0)) {
      const found = await findings(lost(row));
      assert.ok(
        found.some((each) => message.test(each)),
        `${row.why}: ${found.join("\n")}`,
      );
    }
  });

  it("that nothing can ask for is a finding", async () => {
    const row: Row = {
      ...{
        over: "project",
        who: "service batch.amazonaws.com",
        may: of("s3", "PutObject"),
        on: "artifact a/*",
      },
      ...{ when: { "aws:SecureTransport": "false" }, why: "never", atMost: true },
    };
    assert.deepEqual(await findings([...ROWS, row]), [
      'nothing was asked of the row "service batch.amazonaws.com: s3:PutObject on artifact bucket, a/* in 111111111111": its names fit nothing, or its conditions exclude each other',
    ]);
  });

  it("with a kind or a word that the charter does not know is refused", async () => {
    const row = (on: string): Row => ({
      over: "project",
      who: "anonymous",
      may: of("s3", "GetObject"),
      on,
      why: "x",
    });
    const refused = (on: string, message: string) =>
      assert.rejects(findings([row(on)]), new NotKnown(message));
    await refused("bukket", "the charter knows no kind of thing bukket");
    await refused("stack {workload}/*", "the charter's {account} needs account, which is not known here");
  });
});
