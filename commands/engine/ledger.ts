/** What happens to one stack while the engine works on it, from the engine's events. */
import { isDeepStrictEqual } from "node:util";
import { type EngineEvent, type OpType, STACK_TYPE } from "./engine";
import { count, plain, resourceLabel } from "../format";

/** A resource that is not left as it is. */
export interface Change {
  readonly op: OpType;
  readonly urn: string;
  /** What of it changes, where the engine says. */
  readonly properties: readonly string[];
}

/** A step as somebody agrees to it: what is done to which resource, and how that is to be afterwards. */
export interface Step {
  readonly op: OpType;
  readonly urn: string;
  /** Undefined where it is not to be any more. */
  readonly to?: { readonly inputs: Readonly<Record<string, unknown>>; readonly protect: boolean };
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** Steps that change nothing that AWS has. */
const QUIET: readonly OpType[] = ["same", "read", "refresh"];
/** Parts of a replacement, which is told as a whole by `replace`. */
const HALVES: readonly OpType[] = ["create-replacement", "delete-replaced"];
/** What the engine says when it ends, whatever the reason: not what went wrong. */
const ENDING = /^(update|preview|destroy) (failed|canceled)$|grpc: the client connection is closing$/;

const GERUNDS: Partial<Record<OpType, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating",
  "delete-replaced": "deleting",
  import: "importing",
};

export class Ledger {
  readonly changes: Change[] = [];
  /** The same with the halves of replacements, and with what the resources are to be. */
  readonly steps: Step[] = [];
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  /** By kind of step, as the engine sums up at the end; empty before. */
  counts: Partial<Record<OpType, number>> = {};
  /** Whether the stack's outputs change, which is no step. */
  outputsChange = false;
  /** Whether the engine was told to stop. */
  cancelled = false;
  private seen = 0;
  private changed = 0;
  private readonly underWay = new Map<string, OpType>();

  /** Takes an event; true where `phase` may be another now. */
  add(event: EngineEvent): boolean {
    const { resourcePreEvent: begun, resOutputsEvent: ended, resOpFailedEvent: failed } = event;
    if (begun) this.begin(begun.metadata);
    if (ended || failed) this.end((ended ?? failed)?.metadata.urn ?? "", failed === undefined);
    if (ended?.metadata.type === STACK_TYPE) {
      const { old, new: next } = ended.metadata; // twice: when it is registered, and with the outputs at the end
      this.outputsChange = !isDeepStrictEqual(old?.outputs, next?.outputs);
    }
    if (event.summaryEvent) this.counts = event.summaryEvent.resourceChanges;
    if (event.diagnosticEvent) this.tell(event.diagnosticEvent);
    if (/received; cancelling/.test(event.stdoutEvent?.message ?? "")) this.cancelled = true;
    return (begun ?? ended ?? failed) !== undefined;
  }

  /** `60 resources, 12 changed, creating aws:iam:Role catalog-build and 3 others` */
  get phase(): string {
    const [first, ...others] = [...this.underWay];
    const done = `${count(this.seen, "resource")}, ${this.changed} changed`;
    if (!first) return done;
    const [urn, op] = first;
    const rest = others.length > 0 ? ` and ${count(others.length, "other")}` : "";
    return `${done}, ${GERUNDS[op] ?? op} ${resourceLabel(urn)}${rest}`;
  }

  private begin({ op, urn, diffs, detailedDiff, old, new: next }: Metadata): void {
    // Of a resource that stays the same in AWS the engine says this nowhere else.
    const guarded = old && next && (old.protect ?? false) !== (next.protect ?? false) ? ["protect"] : [];
    const quiet = QUIET.includes(op);
    if (quiet && guarded.length === 0) return;
    if (!quiet) this.underWay.set(urn, op);
    if (/::pulumi:providers:\w+::default/.test(urn)) return; // the engine's own
    const to = next && { inputs: next.inputs, protect: next.protect ?? false };
    this.steps.push({ op, urn, ...(to && { to }) });
    if (HALVES.includes(op)) return;
    const detailed = Object.keys(detailedDiff ?? {});
    const properties = [...(detailed.length > 0 ? detailed : (diffs ?? [])), ...guarded];
    this.changes.push({ op: quiet ? "update" : op, urn, properties });
  }

  private end(urn: string, well: boolean): void {
    this.seen += 1;
    if (this.underWay.delete(urn) && well) this.changed += 1;
  }

  private tell({ severity, message, urn = "" }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const text = plain(message).trim();
    if (ENDING.test(text) || (severity !== "error" && severity !== "warning")) return;
    const line = urn === "" || /::pulumi:pulumi:Stack::/.test(urn) ? text : `${resourceLabel(urn)}: ${text}`;
    const lines = severity === "error" ? this.errors : this.warnings;
    if (!lines.includes(line)) lines.push(line);
  }
}
