import { isPermission, type Site } from "../../aws/physicalNames";
import { cloudFormationType, whereToAdd } from "../../aws/registry";
import type { Evaluated, Resources, StackResource } from "./stack";
import type { Values } from "../../../packages/iam/src/json";

/** What a release does to one resource. */
export interface Change {
  readonly action: "replace" | "add" | "remove" | "modify";
  readonly logicalId: string;
  readonly type: string;
  /** It gives or takes rights. */
  readonly permission: boolean;
  /** `runs`: it does here; `planned`: nothing of it is here; `not rehearsed`: its type is not known here. */
  readonly rehearsal: "runs" | "planned" | "not rehearsed";
  /** What people know it by; empty where its logical id is all. */
  readonly title: string;
  /** `Environment.Variables.RELEASE: a -> b` for what is modified or replaced. */
  readonly details: readonly string[];
}

const isPlain = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => {
  const text = value === undefined ? "(none)" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 38)}...${text.slice(-38)}` : text;
};

/** Paths of what differs; numbers and their text are the same to CloudFormation. */
export function differences(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if ((isPlain(before) || Array.isArray(before)) && (isPlain(after) || Array.isArray(after))) {
    const [left, right] = [before as Values, after as Values];
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => differences(left[key], right[key], [...path, key]));
  }
  const [left, right] = [before, after].map((value) =>
    value === undefined ? undefined : JSON.stringify(value),
  );
  if (left?.replace(/^"(.*)"$/, "$1") === right?.replace(/^"(.*)"$/, "$1")) return [];
  return [`${path.join(".")}: ${shown(before)} -> ${shown(after)}`];
}

/** Statements that name whom they are about, wherever they are. */
const hasPrincipal = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasPrincipal)
    : isPlain(value) &&
      (("Effect" in value && ("Principal" in value || "NotPrincipal" in value)) ||
        Object.values(value).some(hasPrincipal));

function change(
  site: Site,
  before: StackResource | undefined,
  after: StackResource | undefined,
): Change | undefined {
  const resource = after ?? before;
  if (!resource) return undefined;
  const { logicalId, type, properties } = resource;
  const known = cloudFormationType(type);
  const details =
    before && after
      ? [...differences(before.properties, after.properties), ...differences(before.policies, after.policies)]
      : [];
  if (before && after && details.length === 0) return undefined;
  const action = !before
    ? "add"
    : !after
      ? "remove"
      : after.generation > before.generation
        ? "replace"
        : "modify";
  return {
    action,
    logicalId,
    type,
    permission: isPermission(type) || hasPrincipal(properties),
    rehearsal: known ? (known.runs ? "runs" : "planned") : "not rehearsed",
    title: known?.title?.(site, resource) ?? "",
    details,
  };
}

const rank = ({ action, permission }: Change): number =>
  action === "replace" ? 0 : permission ? 1 : { remove: 2, add: 3, modify: 4 }[action];

/** What would change, what matters most first: replacements, permissions, removals, the rest. */
export function changesOf(site: Site, before: Resources, { resources }: Evaluated): Change[] {
  const names = [...new Set([...before.keys(), ...resources.keys()])];
  return names
    .flatMap((name) => change(site, before.get(name), resources.get(name)) ?? [])
    .sort((left, right) => rank(left) - rank(right));
}

/** `1 replaced (Version), 2 changed`: a line that sums up. */
export function summaryOf(changes: readonly Change[]): string {
  const counted = (position: number, what: string, named: boolean): string[] => {
    const found = changes.filter((each) => rank(each) === position).map(({ logicalId }) => logicalId);
    const names = `${found.slice(0, 4).join(", ")}${found.length > 4 ? ", ..." : ""}`;
    return found.length === 0 ? [] : [`${found.length} ${what}${named ? ` (${names})` : ""}`];
  };
  const parts = [
    ...counted(0, "replaced", true),
    ...counted(
      1,
      changes.filter((each) => rank(each) === 1).length === 1 ? "permission" : "permissions",
      true,
    ),
    ...counted(2, "removed", true),
    ...counted(3, "added", false),
    ...counted(4, "changed", false),
  ];
  return parts.join(", ") || "no changes";
}

/** `REPLACE Version (AWS::Lambda::Version) Description: a -> b` */
export function changeLine({
  action,
  logicalId,
  type,
  permission,
  rehearsal,
  title,
  details,
}: Change): string {
  return [
    `${action.toUpperCase()}${permission ? " PERMISSION" : ""} ${logicalId} (${type})`,
    ...(title ? [title] : []),
    ...(rehearsal === "not rehearsed"
      ? [`(not rehearsed: nothing here knows this type; ${whereToAdd(type)})`]
      : []),
    ...(details.length > 0 ? [details.join("; ")] : []),
  ].join(" ");
}
