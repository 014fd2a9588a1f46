import assert from "node:assert/strict";
import { branchWorld, deployBranch } from "./branches";
import type { Result } from "./harness";
import { pool, release } from "./inputs";
import { RELEASED_FUNCTION } from "./kinds";
import { liveStack } from "./stack";
import { EXECUTION_ID, emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

/** Every status that ECR's API names: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html */
const STATUSES = [
  "IN_PROGRESS", "COMPLETE", "FAILED", "UNSUPPORTED_IMAGE", "ACTIVE", "PENDING", "SCAN_ELIGIBILITY_EXPIRED",
  "FINDINGS_UNAVAILABLE", "LIMIT_EXCEEDED", "IMAGE_ARCHIVED",
] as const; // prettier-ignore
const scan = (status: string, counts?: object, completed = true): object => ({
  imageScanStatus: { status },
  imageScanFindings: {
    ...(completed && { imageScanCompletedAt: "2026-01-01" }),
    ...(counts && { findingSeverityCounts: counts }),
  },
});
const added = {
  ResourceChange: {
    Action: "Add",
    LogicalResourceId: "Function",
    ResourceType: "AWS::Lambda::Function",
    AfterContext: RELEASED_FUNCTION,
  },
};
const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [added] };
const withScans = (...scans: World["scans"]): World => ({ ...emptyWorld(), outcome, scans });

type Gate = (scans: World["scans"], variables?: Record<string, string>) => Promise<[Result, World]>;
const planned: Gate = async (scans, variables = {}) => {
  const world = withScans(...scans);
  return [await release("plan", world, variables), world];
};
/** The jobs that look at the scan, each with its own world. */
const GATES: Readonly<Record<string, Gate>> = {
  plan: planned,
  "deploy without an approval": async (scans, variables = {}) => {
    const world = withScans(...scans);
    return [await release("deploy", world, { APPROVAL: "false", ...variables }), world];
  },
  "deploy of a branch": async (scans, variables = {}) => {
    const world = branchWorld("fix", { outcome, scans });
    return [await deployBranch(world, "fix", variables), world];
  },
};
const looks = ({ calls }: Result): number =>
  calls.filter((call) => call === "aws - ecr describe-image-scan-findings").length;

describe("the scan gate", () => {
  for (const [what, gate] of Object.entries(GATES)) {
    const inSample = what === "plan" ? it : whole;
    inSample(
      `makes job ${what} wait for the scan, basic or enhanced, until it has a time, before any change set`,
      async () => {
        const [result, world] = await gate([
          null,
          scan("PENDING"),
          scan("IN_PROGRESS"),
          scan("ACTIVE", undefined, false),
          scan("ACTIVE", { MEDIUM: 7, LOW: 1 }),
        ]);
        assert.equal(result.code, 0, result.output);
        assert.equal(looks(result), 5);
        assert.match(result.output, /findings of the image scan: 7 MEDIUM, 1 LOW\n/);
        const create = world.calls.findIndex((call) => call.endsWith(" create-change-set"));
        assert.ok(create > world.calls.lastIndexOf("aws - ecr describe-image-scan-findings"));
      },
    );

    inSample(
      `stops job ${what} at findings and at scans that say nothing, with no change set made`,
      async () => {
        const cases: [string, World["scans"][number], RegExp][] = [
          [
            "HIGH",
            scan("COMPLETE", { CRITICAL: 1, HIGH: 2, LOW: 9 }),
            /error: 3 findings of severity HIGH or worse/,
          ],
          ["HIGH", scan("LIMIT_EXCEEDED"), /error: ECR's scan of sha256:\w+ ended in LIMIT_EXCEEDED/],
          [
            "HIGH",
            "gone",
            /error: image sha256:\w+ is not in catalog: it may have been removed; start a new/,
          ],
          ["high", scan("COMPLETE"), /error: variable SCAN_THRESHOLD must match/],
        ];
        await pool(cases, async ([SCAN_THRESHOLD, answer, message]) => {
          const [result, world] = await gate([answer], { SCAN_THRESHOLD });
          assert.equal(result.code, 1, String(message));
          assert.match(result.output, message);
          assert.deepEqual(result.exported, {});
          assert.ok(!world.calls.some((call) => call.endsWith(" create-change-set")));
        });
      },
    );

    inSample(
      `isn't asked by job ${what} when the threshold is NONE, which it says, nor where code is files`,
      async () => {
        const [none] = await gate([null], { SCAN_THRESHOLD: "NONE" });
        assert.match(none.output, /SCAN_THRESHOLD is NONE: what ECR's scan finds is not looked at/);
        const [files] = await gate([null], { REPOSITORY_NAME: "", SCAN_THRESHOLD: "" });
        for (const result of [none, files])
          assert.deepEqual([result.code, looks(result)], [0, 0], result.output);
      },
    );
  }

  whole("knows every status that ECR has: a release waits, goes on or ends with one line", async () => {
    const waits = ["IN_PROGRESS", "PENDING"];
    const ended: Record<string, string> = {};
    await pool(STATUSES, async (status) => {
      const [result] = await planned([scan(status), scan("COMPLETE")]);
      const errors = result.output.split("\n").filter((line) => line.startsWith("error: "));
      assert.equal(errors.length, result.code);
      ended[status] = result.code === 0 ? `goes on after ${looks(result)}` : (errors[0] ?? "");
    });
    const [digest] = /sha256:\w+/.exec(ended["FAILED"] ?? "") ?? [];
    const failed = (status: string) =>
      `error: ECR's scan of ${digest} ended in ${status}: no release without a scan (scanThreshold NONE in the pipeline's settings ` +
      `does without); see 'aws ecr describe-image-scan-findings --repository-name catalog --image-id imageDigest=${digest}'`;
    const expired = (status: string) =>
      `error: ECR doesn't scan ${digest} any more (${status}): no release without a scan. Release a new commit, or have ` +
      "Amazon Inspector scan images for longer";
    assert.deepEqual(
      ended,
      Object.fromEntries(
        STATUSES.map((status) => [
          status,
          waits.includes(status)
            ? "goes on after 2"
            : ["COMPLETE", "ACTIVE"].includes(status)
              ? "goes on after 1"
              : ["SCAN_ELIGIBILITY_EXPIRED", "IMAGE_ARCHIVED"].includes(status)
                ? expired(status)
                : failed(status),
        ]),
      ),
    );
  });

  whole(
    "counts findings by their severity, those of a severity that it doesn't know as the lowest",
    async () => {
      const counts = { CRITICAL: 1, HIGH: 2, MEDIUM: 4, LOW: 8, INFORMATIONAL: 16, UNTRIAGED: 32 };
      const sums = [1, 3, 7, 15, 31, 63];
      const thresholds = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"];
      await pool(thresholds, async (SCAN_THRESHOLD) => {
        const [result] = await planned([scan("ACTIVE", counts)], { SCAN_THRESHOLD });
        assert.match(
          result.output,
          new RegExp(
            `\nerror: ${sums[thresholds.indexOf(SCAN_THRESHOLD)]} findings of severity ${SCAN_THRESHOLD} or worse in sha256:`,
          ),
        );
      });
    },
  );

  whole("ends after 20 minutes without a result, and says what to look at", async () => {
    for (const answer of [null, scan("ACTIVE", undefined, false)]) {
      const [result, world] = await planned([answer]);
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        /error: ECR's scan of sha256:\w+ has no result after 20 minutes: is scanning on push switched on for catalog\? Retry this stage, or set scanThreshold to NONE/,
      );
      assert.equal(world.slept, 1200);
    }
  });

  whole(
    "isn't asked again for what was approved, and stops no roll-back: findings may be newer than the release",
    async () => {
      const approved = withScans(scan("COMPLETE", { CRITICAL: 1 }));
      approved.stacks = [liveStack("UPDATE_COMPLETE", { protected: false })];
      for (const APPROVAL of ["true", "false"]) {
        const world = withScans(scan("COMPLETE", { CRITICAL: 1 }));
        world.executions = { [EXECUTION_ID]: { type: "ROLLBACK", status: "InProgress" } };
        world.stacks = [liveStack("UPDATE_COMPLETE", { protected: false })];
        const result = await release("deploy", world, { APPROVAL });
        assert.equal(result.code, 0, result.output);
        assert.equal(looks(result), 0);
        assert.match(
          result.output,
          /what a roll-back goes back to has run here: what its scan found since then doesn't stop it\n/,
        );
      }
      const none = await release(
        "deploy",
        {
          ...approved,
          outcome: { status: "FAILED", reason: "No updates are to be performed.", changes: [] },
        },
        { CHANGE_SET: "none" },
      );
      assert.deepEqual([none.code, looks(none)], [0, 0], none.output);
    },
  );
});
