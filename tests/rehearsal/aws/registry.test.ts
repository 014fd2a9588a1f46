import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { USES } from "../../../components/uses/list";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { possible } from "../../../rehearsal/access/calls/handlers";
import {
  cloudFormationTypes,
  knownCloudFormationType,
  knownPulumiType,
  pulumiType,
  pulumiTypes,
  SERVICES,
} from "../../../rehearsal/aws/registry";
import type { Declared, Site } from "../../../rehearsal/aws/physicalNames";
import { answer } from "../../../rehearsal/aws/mockOutputs";
import { ROOT } from "../sample";

/** What of rehearsal/aws is no service's file. */
const BESIDE = [
  "awsManagedPolicies",
  "functionNetworks",
  "openApi",
  "mockOutputs",
  "mockRows",
  "physicalNames",
  "policyDocuments",
  "registry",
  "requests",
  "types",
];

const SITE: Site = {
  stack: "catalog--test",
  environment: "test",
  account: "222222222222",
  region: "eu-west-1",
};
const declared = (type: string): Declared => ({
  logicalId: "Thing",
  type,
  properties: {
    ApiId: "api",
    FunctionName: "name",
    TargetFunctionArn: "name",
    ListenerArn: "arn:aws:x:y:z:listener/a",
    Bucket: "name",
    Queue: "https://sqs.eu-west-1.amazonaws.com/222222222222/name",
    SecretId: "arn:aws:secretsmanager:eu-west-1:222222222222:secret:name-AbCdEf",
    TopicArn: "arn:aws:sns:eu-west-1:222222222222:name",
    Topics: ["arn:aws:sns:eu-west-1:222222222222:name"],
    Queues: ["https://sqs.eu-west-1.amazonaws.com/222222222222/name"],
  },
  generation: 1,
});

describe("aws/registry", () => {
  it("has every service's file of its folder, under the file's own name, and each type in one of them", () => {
    const files = readdirSync(join(ROOT, "rehearsal/aws")).map((name) => name.replace(/\.ts$/, ""));
    assert.deepEqual(
      SERVICES.map(({ file }) => file).sort(),
      files.filter((each) => !BESIDE.includes(each)).sort(),
    );
    const types = [...cloudFormationTypes(), ...pulumiTypes()].map(([type]) => type);
    assert.equal(new Set(types).size, types.length);
    const prefixes = SERVICES.flatMap(({ prefix }) => prefix ?? []);
    assert.equal(new Set(prefixes).size, prefixes.length);
  });

  for (const [type, known] of cloudFormationTypes())
    it(`says of ${type} all that a template with it takes`, () => {
      const { ref, attributes, arn, handlers, conditions = [], carries, passes = [], runs, meantFor } = known;
      const resource = declared(type);
      assert.match(arn(SITE, resource), /^arn:aws:[a-z0-9]+:/);
      for (const make of [ref, ...Object.values(attributes)])
        assert.equal(typeof make(SITE, resource), "string");
      assert.ok(handlers.create && handlers.delete, "its handlers make and delete it");
      assert.equal(typeof runs, "boolean");
      for (const { why, actions } of conditions) assert.ok(why !== "" && actions !== "");
      // A role is passed where, and only where, the type says which.
      assert.equal(possible(known).includes("iam:PassRole"), passes.length > 0);
      if (carries !== "nothing")
        assert.ok(carries.guards ?? carries.grants ?? carries.identity, "what it carries is of one of these");
      if (typeof meantFor === "string")
        assert.ok(["every kind", "functions", "shifted functions", "containers", "none"].includes(meantFor));
      else {
        assert.ok(meantFor.uses.length > 0);
        for (const use of meantFor.uses) assert.ok(Object.hasOwn(USES, use), use);
      }
    });

  for (const [type, { answer: row, carries, setOn, limits = [] }] of pulumiTypes())
    it(`says of ${type} all that a stack with it takes`, () => {
      if (row !== "the rehearsal") {
        const request = {
          type,
          name: "thing",
          identity: "thing",
          inputs: {},
          account: "111111111111",
          region: "eu-west-1",
        };
        assert.equal(typeof answer(request).id, "string");
      }
      const others = [
        ...(setOn?.slice(2) ?? []),
        ...(carries === "nothing" ? [] : (carries.guards?.setBy?.slice(0, 1) ?? [])),
      ];
      for (const other of others) assert.ok(pulumiType(other), `${other} is not known`);
      for (const { input, words } of limits) assert.ok(input !== "" && words !== "");
    });

  const refused = (
    title: string,
    known: typeof knownPulumiType | typeof knownCloudFormationType,
    type: string,
    message: string,
  ) =>
    it(`refuses ${title}, and names the file and what it must say`, () =>
      assert.throws(() => known("Thing of a test", type), new NotKnown(message)));
  const template =
    "it must say what Ref and GetAtt give, which changes replace it, which calls its handlers make when and on what, which roles it passes, and what of access it carries (rehearsal/aws/types.ts)";
  const stacks =
    "it must say what the provider answers, and what of access it carries (rehearsal/aws/types.ts)";
  const message = (type: string, add: string, must: string) =>
    `Thing of a test is of type ${type}, which no file of rehearsal/aws knows and which may carry a policy: do without it, or ${add}; ${must}`;
  const glue = "add rehearsal/aws/glue.ts, and a line for it in rehearsal/aws/registry.ts";
  refused(
    "a type of a template of a new service",
    knownCloudFormationType,
    "AWS::Glue::Job",
    message("AWS::Glue::Job", glue, template),
  );
  refused(
    "a type of a template of a service of which types of stacks are there",
    knownCloudFormationType,
    "AWS::KMS::Key",
    message("AWS::KMS::Key", "add it to rehearsal/aws/kms.ts", template),
  );
  refused(
    "another type of a service that is there",
    knownCloudFormationType,
    "AWS::ElasticLoadBalancingV2::Listener",
    message("AWS::ElasticLoadBalancingV2::Listener", "add it to rehearsal/aws/elbv2.ts", template),
  );
  refused(
    "a type of a stack of a new service",
    knownPulumiType,
    "aws:glue/job:Job",
    message("aws:glue/job:Job", glue, stacks),
  );
  refused(
    "another type of the provider's for a service that is there",
    knownPulumiType,
    "aws:lb/targetGroup:TargetGroup",
    message("aws:lb/targetGroup:TargetGroup", "add it to rehearsal/aws/elbv2.ts", stacks),
  );
  refused(
    "another component of awsx",
    knownPulumiType,
    "awsx:ecs:FargateService",
    message("awsx:ecs:FargateService", "add it to rehearsal/aws/ecs.ts", stacks),
  );
});
