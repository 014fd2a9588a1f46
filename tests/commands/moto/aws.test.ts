import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Place, placeOf } from "../../../commands/aws/accounts";
import { realAws } from "../../../commands/aws/clients";
import { findTagged } from "../../../commands/down/leftovers";
import { holderIn, locksInBucket } from "../../../commands/engine/locks";
import { readDelivery } from "../../../commands/delivery";
import { type Desk, desk } from "../../../commands/pipelines/desk";
import { logs } from "../../../commands/pipelines/logs";
import { deleteWorkload, findWorkloads, type Workload } from "../../../commands/down/workloads";
import { projectFolder } from "../fake";
import type { ProviderSettings } from "../../../stacks/settings/model";

const REGION = "eu-west-1";
/** moto's account of credentials that name none. */
const OWN = "123456789012";
const PROVIDER: ProviderSettings = { region: REGION, account: OWN, assumeRoles: [], defaultTags: {} };
const inAccount = (account: string, ...through: string[]): ProviderSettings => ({
  ...PROVIDER,
  account,
  assumeRoles: [...through, account].map((each) => ({
    roleArn: `arn:aws:iam::${each}:role/deployer`,
    sessionName: "up",
  })),
});
const TEMPLATE = JSON.stringify({ Resources: { Topic: { Type: "AWS::SNS::Topic" } } });
const TAGS = [{ Key: "delivery:workload", Value: "cat--test" }];
const PATIENCE = { pause: () => Promise.resolve(), tell: () => undefined };

async function deploy(place: Place, StackName: string, RoleARN: string): Promise<void> {
  const client = realAws.cloudFormation(place);
  const stack = { StackName, RoleARN, TemplateBody: TEMPLATE, Tags: TAGS }; // moto cannot take protection away
  await client.send(new CreateStackCommand(stack));
}

describe("the commands' calls to AWS", () => {
  it("learn the account of credentials, and the one that roles lead to, in order", async () => {
    assert.equal(await realAws.account(PROVIDER), OWN);
    assert.equal(await realAws.account(inAccount("222222222222")), "222222222222");
    assert.equal(await realAws.account(inAccount("333333333333", "222222222222")), "333333333333");
  });

  it("find a workload's stack in its own account only, and delete it", async () => {
    const place = placeOf(inAccount("222222222222"));
    const role = "arn:aws:iam::222222222222:role/delivery-cat--test-execution";
    await deploy(place, "cat--test", role);
    const client = realAws.cloudFormation(place);
    const about = { project: "delivery", stack: "test", roleArns: [role] };
    const elsewhere = realAws.cloudFormation(placeOf(inAccount("333333333333")));
    assert.deepEqual(await findWorkloads(elsewhere, ["cat--test"], about), []);
    const found = await findWorkloads(client, ["cat--prod", "cat--test"], about);
    assert.deepEqual(
      found.map(({ name, guarded }) => [name, guarded]),
      [["cat--test", false]],
    );
    assert.deepEqual(await deleteWorkload(client, found[0] as Workload, PATIENCE), []);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: found[0]?.id }));
    assert.deepEqual(
      Stacks?.map(({ StackStatus }) => StackStatus),
      ["DELETE_COMPLETE"],
    );
    assert.deepEqual(await findWorkloads(client, ["cat--test"], about), []);
  });

  it("refuse a stack whose execution role is gone", async () => {
    const place = placeOf(inAccount("444444444444"));
    await deploy(place, "cat--test", "arn:aws:iam::444444444444:role/delivery-cat--test-execution");
    const about = { project: "delivery", stack: "test", roleArns: [] };
    await assert.rejects(
      findWorkloads(realAws.cloudFormation(place), ["cat--test"], about),
      /which it is deleted with, is not: npm run up -- test, then this again$/,
    );
  });

  it("find a workload by its tag, and nothing once it is deleted", async () => {
    const place = placeOf(inAccount("555555555555"));
    await deploy(place, "cat--test", "arn:aws:iam::555555555555:role/delivery-cat--test-execution");
    const sought = { project: "delivery", stacks: ["test"], workloads: ["cat--test"] };
    const arns = await findTagged(realAws.tagging(place), sought);
    assert.deepEqual(
      arns.map((arn) => arn.replace(/[^/]+$/, "…")),
      ["arn:aws:cloudformation:eu-west-1:555555555555:stack/cat--test/…"],
    );
    assert.deepEqual(await findTagged(realAws.tagging(place), { ...sought, workloads: ["other"] }), []);
    await realAws.cloudFormation(place).send(new DeleteStackCommand({ StackName: "cat--test" }));
    assert.deepEqual(await findTagged(realAws.tagging(place), sought), []);
  });

  it("read the locks that a bucket holds for one stack", async () => {
    const client = new S3Client({ ...placeOf(PROVIDER), forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await client.send(new CreateBucketCommand({ Bucket: "state", CreateBucketConfiguration }));
    const folder = ".pulumi/locks/organization/delivery/test";
    const lock = { pid: 42, username: "alice", hostname: "host", timestamp: "2026-01-02T03:04:05.678Z" };
    for (const Key of [`${folder}/1.json`, `${folder}-2/1.json`])
      await client.send(new PutObjectCommand({ Bucket: "state", Key, Body: JSON.stringify(lock) }));
    const locks = await locksInBucket(client, "state", folder);
    assert.deepEqual(locks.map(holderIn), ["alice@host (pid 42) since 2026-01-02T03:04:05Z"]);
  });

  it("print what a service has said, from the log group of its stack, by the stack's own credentials", async () => {
    const folder = projectFolder();
    const role = (account: string) =>
      `  aws:assumeRoles: [{ roleArn: arn:aws:iam::${account}:role/deployer, sessionName: logs }]\n`;
    const file = join(folder, "Pulumi.test.yaml");
    writeFileSync(file, `${readFileSync(file, "utf8")}${role("222222222222")}`);
    const delivery = readDelivery(folder);
    const place = placeOf(inAccount("222222222222"));
    const group = "/aws/lambda/catalog--test-api";
    const TemplateBody = JSON.stringify({
      Resources: { Logs: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: group } } },
    });
    await realAws
      .cloudFormation(place)
      .send(new CreateStackCommand({ StackName: "catalog--test", TemplateBody }));
    const client = realAws.logs(place);
    await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: "one" }));
    const timestamp = Date.now();
    const logEvents = [{ timestamp, message: "it works" }];
    await client.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: "one", logEvents }));
    const said: string[] = [];
    const table: Desk = { ...desk(), say: (line) => said.push(line) };
    assert.equal(await logs(table, delivery, ["catalog", "test"], { service: true, follow: false }), 0);
    assert.deepEqual(said, [
      `catalog--test in account 222222222222: ${group}; 1 line of the last hour`,
      `${new Date(timestamp).toISOString().slice(0, 19).replace("T", " ")} it works`,
    ]);
    await assert.rejects(logs(table, delivery, ["catalog", "prod"], { service: true, follow: false }), {
      message: /^prod: its credentials are of account 123456789012, its settings say 333333333333: /,
    });
  });
});
