import type { World } from "../../../access/estate/world";
import { allResources, type Resource } from "../../../record/record";
import { instance, readable } from "./instances";
import { list, map, text } from "../../../../packages/iam/src/json";
import type { Guarded } from "../../../../packages/iam/src/model";
import { type Found, nameOf } from "./thing";

/** Kinds of resources that are drawn by themselves; all others are part of something. */
const DRAWN: Readonly<Partial<Record<Guarded["attached"], string>>> = {
  bucket: "S3 bucket",
  key: "KMS key",
  repository: "image repository",
  topic: "SNS topic",
};

/** By every ARN that a resource answers to; awsx answers with the repository as one object. */
const byArn = ({ record }: World): Map<string, Resource> =>
  new Map(
    allResources(record).flatMap((each) =>
      [text(each.outputs, "arn"), text(map(each.outputs["repository"]), "arn")].flatMap((arn) =>
        arn === undefined ? [] : [[arn, each] as const],
      ),
    ),
  );

/** Resources with a policy of their own, without those of the services' templates. */
function guarded(world: World): Found[] {
  const made = byArn(world);
  const templates = new Set(world.deployments.flatMap(({ resources }) => resources.map(({ arn }) => arn)));
  return [...world.model.guarded.values()].flatMap(({ arn, account, attached, policy }): Found[] => {
    const kind = DRAWN[attached];
    if (kind === undefined || templates.has(arn)) return [];
    return [
      {
        name:
          attached === "key"
            ? (made.get(arn)?.name ?? nameOf(arn))
            : arn
                .split(":")
                .slice(5)
                .join(":")
                .replace(/^repository\//, ""),
        kind,
        shape: "resource",
        account,
        stack: made.get(arn)?.stack,
        arns: [arn],
        has: (other) => attached === "bucket" && other.startsWith(`${arn}/`),
        policy,
        notes: [],
      },
    ];
  });
}

/** Every ARN that a role's own policies speak of, with the stack that makes the role. */
function spokenOf(world: World): Map<string, string | undefined> {
  const made = byArn(world);
  const found = new Map<string, string | undefined>();
  for (const { arn, identity } of world.model.roles.values()) {
    for (const { content } of identity.flatMap(({ statements }) => statements)) {
      for (const written of list(content["Resource"]).map(String)) {
        if (found.get(written) === undefined) found.set(written, made.get(arn)?.stack);
      }
    }
  }
  return found;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A CloudFormation stack, and all that bears its name or that its template makes. */
function stackCalled({ deployments }: World, arn: string, name: string, stack: string | undefined): Found {
  const account = arn.split(":")[4] ?? "";
  const [called, written] = [instance(name), readable(name)];
  const inside = new RegExp(`[:/]${escaped(called)}([-/:]|$)`);
  const resources = deployments
    .filter((each) => each.stackName === called && each.account === account)
    .flatMap((each) => each.resources);
  const made = new Set(resources.map((each) => each.arn));
  return {
    name: written,
    kind: "CloudFormation stack",
    shape: "stack",
    account,
    stack,
    arns: [instance(arn)],
    has: (other) => made.has(other) || (other.split(":")[4] === account && inside.test(other)),
    notes: resources.map(({ logicalId, type }) => `${logicalId} (${type})`),
  };
}

/** What statements speak of and no stack of ours makes: the source, and the services' own stacks. */
function spoken(world: World): Found[] {
  const all = [...spokenOf(world)].sort(([left], [right]) => (left < right ? -1 : 1));
  return all.flatMap(([arn, stack]): Found[] => {
    const [, stackName] = /:stack\/((?:\$\{[^}]*\}|[^/*?$])+)\/\*$/.exec(arn) ?? [];
    if (stackName !== undefined) return [stackCalled(world, arn, stackName, stack)];
    const [, service] =
      /^arn:[^:]+:(codecommit|codeconnections|codestar-connections):[^*?]+$/.exec(arn) ?? [];
    if (service === undefined) return [];
    const kind = service === "codecommit" ? "source in CodeCommit" : "connection to the source";
    const account = arn.split(":")[4] ?? "";
    return [
      { name: nameOf(arn), kind, shape: "source", account, stack, arns: [arn], has: () => false, notes: [] },
    ];
  });
}

/** Everything that is asked for and asks for nothing itself. */
export const askedOf = (world: World): Found[] => [...guarded(world), ...spoken(world)];
