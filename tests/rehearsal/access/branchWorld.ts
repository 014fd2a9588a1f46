/** The world of settings with branches: of an image, of a zip, and of the Serverless Framework. */
import type { World } from "../../../rehearsal/access/estate/world";
import { worldOf } from "./worlds";

export const BRANCHES_TITLE = "branches of a repository in CodeCommit, and behind a connection";
export const branchWorld = (): Promise<World> => worldOf(BRANCHES_TITLE);

/** Of the two branches that stand for all. */
export const [ONE, OTHER] = ["db2b56b9", "dca5f4ed"];
