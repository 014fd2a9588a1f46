import type { ThreatResult } from "../../access/threats/run";
import type { AccessResult } from "../../access/matrix/judge";
import type { Walk } from "../../access/calls/walk";
import type { World } from "../../access/estate/world";
import type { Act1 } from "../../bringUp/check";
import type { Promotions } from "../../release/promotions";
import type { Act3 } from "../../release/report";
import type { StackFile } from "../../record/stackFiles";
import type { NotShown } from "../../record/notShown";

/** How large a document is, and how large AWS lets it be, in what AWS counts. */
export interface Size {
  readonly policy: string;
  readonly size: number;
  readonly limit: number;
}

/** When and of what a report was made, for those who file it. */
export interface Made {
  readonly at: Date;
  /** Of this project. */
  readonly version: string;
  /** Undefined outside a git repository. */
  readonly commit?: string | undefined;
  /** SHA-256 of all stack files, one behind the other in the order of their names. */
  readonly settings: string;
}

/** All that the report tells: the same input gives the same bytes. */
export interface PageInput {
  readonly made: Made;
  readonly project: string;
  /** Stack files, as they were read. */
  readonly settings: readonly StackFile[];
  /** Which pipeline releases where; empty where settings cannot be read. */
  readonly promotions: readonly Promotions[];
  readonly act1: Act1;
  /** The access check; undefined where the stacks did not come up. */
  readonly world?: World | undefined;
  readonly walk?: Walk | undefined;
  readonly charter?: AccessResult | undefined;
  readonly threats?: readonly ThreatResult[] | undefined;
  /** Text where there was no release, which says why. */
  readonly release: Act3 | string;
  /** Of all acts together. */
  readonly notShown: readonly NotShown[];
  readonly sizes?: readonly Size[] | undefined;
}
