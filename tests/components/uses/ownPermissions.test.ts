import assert from "node:assert/strict";
import { NO_PERMISSIONS, type OwnStatement } from "../../../components/uses/ownPermissions";
import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { ACCOUNT, itStartsTogether, made, refusals } from "../jobs/judging";
import { arn, SITE } from "../workloads/site";

const it = itStartsTogether();
const STREAMS = "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${AWS::StackName}-*";
const own = (Sid: string, Action: string, more: Partial<OwnStatement> = {}): OwnStatement => ({
  ...{ Sid, Action: [Action], Resource: [STREAMS] },
  ...more,
});
const FUNCTION = arn("lambda", "function:cat--test-*");
const STREAM = arn("kinesis", "stream/cat--test-*");
const types = ["AWS::Kinesis::ResourcePolicy", "AWS::Kinesis::Stream"];

describe("permissions of a team's own", () => {
  it("are CloudFormation's in managed policies, with what is different in each place filled in", async () => {
    const { further, execution } = using(lambdaZip, [], {
      ...NO_PERMISSIONS,
      execution: [
        own("Streams", "kinesis:CreateStream", {
          Condition: { StringEquals: { "aws:RequestTag/stack": ["${AWS::StackName}", "${AWS::Region}"] } },
        }),
      ],
    });
    assert.deepEqual(further?.(SITE), [
      {
        ...{
          Sid: "BySettingsStreams",
          Effect: "Allow",
          Action: ["kinesis:CreateStream"],
          Resource: [STREAM],
        },
        Condition: { StringEquals: { "aws:RequestTag/stack": ["cat--test", "eu-central-1"] } },
      },
    ]);
    assert.equal(execution, lambdaZip.execution);
    return Promise.resolve();
  });

  it("are functions' by their boundary, for calls out of the workload's own functions", () => {
    const { boundary } = using(lambdaZip, [], {
      ...NO_PERMISSIONS,
      workload: [
        own("Write", "kinesis:PutRecord", { Condition: { ArnLike: { "aws:PrincipalArn": "x" } } }),
        own("Read", "kinesis:GetRecords", { Condition: { Null: { "lambda:sourcefunctionarn": "true" } } }),
      ],
    });
    const common = { Effect: "Allow", Resource: [STREAM] };
    assert.deepEqual(boundary?.(SITE).slice(lambdaZip.boundary(SITE).length), [
      {
        ...{ Sid: "BySettingsWrite", ...common, Action: ["kinesis:PutRecord"] },
        Condition: { ArnLike: { "aws:PrincipalArn": "x", "lambda:SourceFunctionArn": FUNCTION } },
      },
      {
        ...{ Sid: "BySettingsRead", ...common, Action: ["kinesis:GetRecords"] },
        Condition: { Null: { "lambda:sourcefunctionarn": "true" } },
      },
    ]);
    return Promise.resolve();
  });

  it("are tasks' by their role, and for buckets of the own account alone", () => {
    const { roles } = using(ecsService, [], {
      ...NO_PERMISSIONS,
      workload: [
        own("Tag", "s3:PutObjectTagging", { Resource: ["arn:${AWS::Partition}:s3:::${AWS::StackName}-*"] }),
      ],
    });
    assert.deepEqual(roles.task?.statements(SITE).at(-1), {
      ...{ Sid: "BySettingsTag", Effect: "Allow", Action: ["s3:PutObjectTagging"] },
      Resource: ["arn:aws:s3:::cat--test-*"],
      Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } },
    });
    return Promise.resolve();
  });

  const rules = using(lambdaZip, [], { ...NO_PERMISSIONS, types }).template;
  const judged = async (type: string, properties: object, of = rules) =>
    (await refusals([made({ type, properties }, of)]))[0];

  it("let their types in, and no others", async () => {
    assert.deepEqual(await judged("AWS::Kinesis::Stream", { ShardCount: 1 }), []);
    const [line = ""] =
      (await judged("AWS::Kinesis::Stream", { ShardCount: 1 }, using(lambdaZip, []).template)) ?? [];
    assert.match(line, /^It \(AWS::Kinesis::Stream\) has a type that this kind of service may not have/);
  });

  it("leave to Plan whom such a resource lets in", async () => {
    const policy = (Principal: unknown) => ({
      ResourceArn: { "Fn::GetAtt": ["Stream", "Arn"] },
      ResourcePolicy: { Statement: [{ Effect: "Allow", Principal, Action: "kinesis:PutRecord" }] },
    });
    assert.deepEqual(await judged("AWS::Kinesis::ResourcePolicy", policy("*")), [
      "It (AWS::Kinesis::ResourcePolicy) opens to everybody (*)",
    ]);
    assert.deepEqual(await judged("AWS::Kinesis::ResourcePolicy", policy({ AWS: "999999999999" })), [
      `It (AWS::Kinesis::ResourcePolicy) opens to 999999999999, which is not account ${ACCOUNT}`,
    ]);
    assert.deepEqual(await judged("AWS::Kinesis::ResourcePolicy", policy({ AWS: ACCOUNT })), []);
  });
});
