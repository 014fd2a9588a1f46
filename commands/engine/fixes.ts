/** The commands that fix a stack whose update was killed, without making anything twice. */
import type { PendingOperation } from "./engine";
import { importId, type Whereabouts } from "./importIds";
import { shortType } from "../../rehearsal/record/listing";
import { count, logicalName, resourceLabel } from "../format";

/** What `pulumi import --file` reads. */
interface ImportFile {
  readonly nameTable: Record<string, string>;
  readonly resources: {
    readonly type: string;
    readonly name: string;
    readonly id: string;
    readonly parent?: string;
    readonly provider?: string;
  }[];
}

/** Each created thing as Pulumi would have remembered it: with its parent and its provider, so that it is the same resource. */
export function importFile(creates: readonly PendingOperation[], at: Whereabouts): ImportFile {
  const nameTable: Record<string, string> = {};
  /** Names must not be those of resources. */
  const named = (kind: string, urn: string): string => {
    const name = `${kind} ${logicalName(urn)}`;
    const taken = nameTable[name] !== undefined && nameTable[name] !== urn;
    const free = taken ? `${kind} ${urn}` : name;
    nameTable[free] = urn;
    return free;
  };
  const resources = creates.map(({ resource: { type, urn, inputs, parent = "", provider = "" } }) => ({
    type,
    name: logicalName(urn),
    id: importId(type, inputs, at).id ?? "<id>",
    ...(parent !== "" && !parent.includes("::pulumi:pulumi:Stack::") && { parent: named("parent", parent) }),
    ...(provider !== "" && { provider: named("provider", provider.replace(/::[^:]*$/, "")) }),
  }));
  return { nameTable, resources };
}

const described = ({ type, resource }: PendingOperation): string => `${type} ${resourceLabel(resource.urn)}`;

/** One create: what to look for. */
function toLookUp({ resource: { type, urn, inputs } }: PendingOperation, at: Whereabouts): string {
  const { id, lookUp } = importId(type, inputs, at);
  return `#   ${shortType(type)} ${logicalName(urn)}: ${id ?? lookUp}`;
}

/** What happened to a stack. */
export const pendingProblem = (pending: readonly PendingOperation[]): string =>
  [
    `an update was killed, and ${count(pending.length, "operation is", "operations are")} pending:`,
    ...pending.map(described),
  ].join("\n  ");

/** Commands to carry out in this order. Lines that begin with # are for people. */
export function fixCommands(
  stack: string,
  pending: readonly PendingOperation[],
  { at, locked }: { readonly at: Whereabouts; readonly locked: boolean },
): string[] {
  const creates = pending.filter(({ type, resource }) => type === "creating" && resource.custom === true);
  const cancel = locked ? [`pulumi cancel --stack ${stack} --yes`] : [];
  const refresh = `pulumi refresh --stack ${stack} --clear-pending-creates --yes --skip-preview`;
  if (creates.length === 0) return [...cancel, refresh, "npm run up"];
  const file = `import-${stack}.json`;
  return [
    ...cancel,
    refresh,
    `# look in account ${at.account} for which of these were made, and put what stands in <> into the file:`,
    ...creates.map((each) => toLookUp(each, at)),
    `cat > ${file} <<'END'\n${JSON.stringify(importFile(creates, at), null, 2)}\nEND`,
    "# take those out of the file that were not made; without any, go on with npm run up",
    `pulumi import --stack ${stack} --file ${file} --yes --skip-preview --generate-code=false --protect=false`,
    "npm run up",
  ];
}
