/** The access matrix of these settings against the policies that stacks and templates make. */
import {
  type AccessMatrix,
  accessMatrix,
  judgeMatrix,
  type MatrixResult,
} from "../../../packages/iam/src/matrix/matrix";
import { walk, type WalkedCall } from "../calls/walk";
import type { World } from "../estate/world";
import { boundaryFindings } from "./boundaries";
import { expand, type PlacedRow } from "./expand";
import { matrixFacts } from "./facts";
import type { MatrixRow, Row } from "./rows";
import { estateOf } from "./subjects";
import { unusedGrants } from "./unused";
import type { Facts } from "./bindings";

export interface AccessResult extends MatrixResult {
  readonly rows: readonly MatrixRow[];
  /** Rows that no step of a release uses. */
  readonly unused: readonly string[];
}

/** What is permitted with these settings, and all that it is held against. */
export interface Prepared {
  readonly facts: Facts;
  readonly rows: readonly PlacedRow[];
  readonly matrix: AccessMatrix;
}

/** Throws NotKnown for settings or resources that it cannot read. Rows: by default the access matrix's own. */
export async function prepareMatrix(world: World, written?: readonly Row[]): Promise<Prepared> {
  const facts = matrixFacts(world);
  const rows = expand(facts, written);
  return { facts, rows, matrix: await accessMatrix(estateOf(world, facts, rows), rows) };
}

export interface MatrixOptions {
  /** The rows. Default: the access matrix's own. */
  readonly rows?: readonly Row[];
  /** Calls that were simulated. Default: they are simulated here. */
  readonly calls?: readonly WalkedCall[];
}

/**
 * Holds the policies of a world against the access matrix: whatever it has must be allowed, whatever it does not have
 * denied, and every grant used by some step of a release. Throws NotKnown rather than guess.
 */
export async function judgeAccess(world: World, options: MatrixOptions = {}): Promise<AccessResult> {
  const { facts, rows, matrix } = await prepareMatrix(world, options.rows);
  const { findings, ...counted } = judgeMatrix(matrix);
  const boundaries = [...world.model.roles.values()].flatMap((role) => boundaryFindings(world, facts, role));
  return {
    ...counted,
    rows: rows.map(({ shown }) => shown),
    findings: [...findings, ...boundaries],
    unused: unusedGrants(facts, rows, options.calls ?? walk(world).calls),
  };
}
