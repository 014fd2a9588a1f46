import assert from "node:assert/strict";
import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE } from "../workloads/site";

describe("uses streams", () => {
  const functions = using(lambdaZip, ["streams"]);

  it("lets CloudFormation map them to functions as it maps queues", () => {
    const byQueues = using(lambdaZip, ["sqs"]).further?.(SITE) ?? [];
    const [queues, ...mappings] = byQueues;
    assert.equal(queues?.Sid, "ManageQueues");
    assert.deepEqual(functions.further?.(SITE), mappings);
    // Both together map no more than one of them.
    assert.deepEqual(using(lambdaZip, ["sqs", "streams"]).further?.(SITE), byQueues);
  });

  it("lets Lambda read the streams of the workload's tables for functions", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("ReadStreams", "dynamodb", "DescribeStream GetRecords GetShardIterator", [
        arn("dynamodb", "table/cat--test-*"),
      ]),
      may("ListStreams", "dynamodb", "ListStreams", ["*"]),
    ));
});
