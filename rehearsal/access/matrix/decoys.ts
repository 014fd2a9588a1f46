/** What is asked about: everything of ours, what just misses it, and others' things beside it. */
import { allResources } from "../../record/record";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { World } from "../estate/world";
import type { PlacedRow } from "./expand";
import { instance, nearMiss } from "./fits";
import { fill, type Thing } from "./kinds";
import { texts, text } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Facts } from "./bindings";

/** Something that is asked about. */
export interface Asked {
  /** `*` for actions that know no resource. */
  readonly arn: string;
  readonly account: string;
}

/** Others' things, in every account. */
const DECOYS = [
  "arn:{partition}:apigateway:{region}::/apis/others",
  "arn:{partition}:apigateway:{region}::/restapis/others",
  "arn:{partition}:cloudformation:{region}:{account}:changeSet/others/1",
  "arn:{partition}:cloudformation:{region}:{account}:stack/others/1",
  "arn:{partition}:cloudformation:{region}:aws:transform/Others",
  "arn:{partition}:cloudwatch:{region}:{account}:alarm:others",
  "arn:{partition}:codebuild:{region}:{account}:project/others",
  "arn:{partition}:codebuild:{region}:{account}:report-group/others",
  "arn:{partition}:codecommit:{region}:{account}:others",
  "arn:{partition}:codeconnections:{region}:{account}:connection/others",
  "arn:{partition}:codestar-connections:{region}:{account}:connection/others",
  "arn:{partition}:codedeploy:{region}:{account}:application:others",
  "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:others/others",
  "arn:{partition}:codepipeline:{region}:{account}:others",
  "arn:{partition}:codepipeline:{region}:{account}:others/Deploy/Approval",
  "arn:{partition}:dynamodb:{region}:{account}:table/others",
  "arn:{partition}:ec2:{region}:{account}:instance/i-1",
  "arn:{partition}:ecr:{region}:{account}:repository/others",
  "arn:{partition}:ecs:{region}:{account}:service/others/others",
  "arn:{partition}:ecs:{region}:{account}:task-definition/others:1",
  "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/app/others/1/1",
  "arn:{partition}:elasticloadbalancing:{region}:{account}:listener-rule/app/others/1/1/1",
  "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/others/1",
  "arn:{partition}:events:{region}:{account}:rule/others",
  "arn:{partition}:iam::{account}:policy/others",
  "arn:{partition}:iam::{account}:role/others",
  "arn:{partition}:iam::{account}:user/others",
  "arn:{partition}:kms:{region}:{account}:alias/others",
  "arn:{partition}:kms:{region}:{account}:key/0ther",
  "arn:{partition}:lambda:{region}:{account}:function:others",
  "arn:{partition}:logs:{region}:{account}:log-group:others",
  "arn:{partition}:secretsmanager:{region}:{account}:secret:others",
  "arn:{partition}:ssm:{region}:{account}:parameter/others",
  "arn:{partition}:s3:::others-{account}",
  "arn:{partition}:s3:::others-{account}/object",
  "arn:{partition}:sns:{region}:{account}:others",
] as const;

/** What is one, two, … folders above: `releases/1` for `releases/catalog/*`. */
function above(pattern: string): string[] {
  const [start = "", ...folders] = pattern.split("/");
  return folders.slice(0, -1).map((_, index) => instance([start, ...folders.slice(0, index), "1"].join("/")));
}

function around({ arn, guarded }: Thing): string[] {
  if (arn === "*") return [arn];
  // A bucket or key of a slightly other name is one that the model does not have.
  return [instance(arn), ...(guarded ? [] : [nearMiss(arn), ...above(arn)])];
}

/** An instance of what a statement names, wherever it is: what names no account is taken for the holder's own. */
export function namedBy(
  policies: readonly Policy[],
  holder: string,
  buckets: AccessModel["guarded"],
): Asked[] {
  const patterns = policies.flatMap(({ statements }) =>
    statements.flatMap(({ content }) => texts(content["Resource"])),
  );
  return patterns
    .filter((each) => each.startsWith("arn:"))
    .map((pattern) => {
      const [arn, partition, service, region, account = "", ...rest] = pattern.split(":");
      const own = account === "" ? (buckets.get(pattern.split("/")[0] ?? "")?.account ?? holder) : account;
      const owner = /^\d{12}$/.test(own) ? own : holder;
      const name = rest
        .join(":")
        .replaceAll("${aws:PrincipalAccount}", holder)
        .replace(/\$\{[^}]*\}/g, "1");
      const filled = account === "" || account === "aws" ? account : owner;
      return { arn: instance([arn, partition, service, region, filled, name].join(":")), account: owner };
    });
}

/** Everything that is asked about, each once. */
export function askedAbout(
  { record, deployments, model }: World,
  facts: Facts,
  rows: readonly PlacedRow[],
): Asked[] {
  const found = new Map<string, Asked>();
  const add = (arn: string, account: string) => {
    if (/^(\*$|arn:)/.test(arn)) found.set(`${account} ${arn}`, { arn, account });
  };
  for (const thing of rows.flatMap(({ on }) => on)) {
    const accounts = thing.account === undefined ? facts.accounts : [thing.account];
    for (const account of accounts) for (const arn of around(thing)) add(arn, account);
  }
  for (const account of facts.accounts) {
    for (const decoy of DECOYS)
      for (const arn of fill(decoy, { ...facts.project.values, account })) add(arn, account);
    add("*", account);
  }
  for (const { outputs, account = "" } of allResources(record)) add(text(outputs, "arn") ?? "", account);
  for (const { resources, account } of deployments) for (const { arn } of resources) add(arn, account);
  for (const [arn, { account, identity }] of model.roles) {
    add(arn, account);
    for (const each of namedBy(identity, account, model.guarded)) add(each.arn, each.account);
  }
  for (const [arn, managed] of model.managed)
    for (const each of namedBy([managed], arn.split(":")[4] ?? "", model.guarded))
      add(each.arn, each.account);
  return [...found.values()];
}
