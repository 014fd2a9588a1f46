import assert from "node:assert/strict";
import { judgeAccess } from "../../../../rehearsal/access/matrix/judge";
import { parseRows, permissions } from "../../../../rehearsal/access/matrix/permissions";
import type { Row } from "../../../../rehearsal/access/matrix/rows";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { unbrokenWorld } from "../worlds";
import { sampled, whole } from "../../../whole/sample";

const ROWS = permissions();

/** What is found in the sample with other rows; no calls are walked. */
const findings = async (rows: readonly Row[]): Promise<readonly string[]> =>
  (await judgeAccess(await unbrokenWorld(), { calls: [], rows })).findings;

const parsed = (row: string): Row[] => parseRows(`permissions:\n  - ${row}`, "rows.yaml");

describe("A row of the access matrix", () => {
  whole("that is missing is a finding, whichever it is", async () => {
    const lost = (row: Row) => ROWS.filter((each) => each !== row);
    const find = (principal: string, action: string, reason = "") =>
      ROWS.find(
        (each) =>
          each.principal === principal && each.actions.includes(action) && each.reason.includes(reason),
      ) ?? assert.fail(`no row ${principal} ${action}`);
    const cases: readonly (readonly [Row, RegExp])[] = [
      [
        find("tooling-role {job}", "s3:GetBucketAcl"),
        /^role delivery-catalog-build may s3:GetBucketAcl .*by FindBucket in/,
      ],
      [
        find("service lambda.amazonaws.com", "ecr:BatchGetImage", "functions of this workload only"),
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
    for (const [row, message] of sampled(cases, (_, index) => index === 3)) {
      const found = await findings(lost(row));
      assert.ok(
        found.some((each) => message.test(each)),
        `${row.reason}: ${found.join("\n")}`,
      );
    }
  });

  whole("that nothing can ask for is a finding", async () => {
    const never = parsed(
      `{ forEach: project, principal: service batch.amazonaws.com, actions: s3:PutObject, resource: artifact a/*,
         when: { aws:SecureTransport: "false" }, reason: never, atMost: true }`,
    );
    const [first = "", ...others] = await findings([...ROWS, ...never]);
    assert.deepEqual(
      [first.replace(/artifacts-\w+/, "artifacts"), ...others],
      [
        'rows.yaml:2: nothing was asked of the row "service batch.amazonaws.com: s3:PutObject on arn:aws:s3:::artifacts/a/*": its names fit nothing, or its conditions exclude each other',
      ],
    );
  });

  it("with a word that stands for nothing there is refused, with its file and line", async () => {
    const row = `{ forEach: project, principal: nobody, actions: s3:GetObject, resource: "stack {workload}/*", reason: x }`;
    await assert.rejects(
      findings(parsed(row)),
      new NotKnown('rows.yaml:2: row "x": {account} needs account, which is not known here'),
    );
  });
});
