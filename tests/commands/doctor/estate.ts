/** The sample's stacks, as Pulumi remembers them, and what is found where accounts have other policies. */
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { readPolicies } from "../../../commands/doctor/access/reading";
import type { Documents } from "../../../rehearsal/access/live/documents";
import { judgeLive, type LiveEstate, liveEstate } from "../../../rehearsal/access/live/live";
import { recordOf } from "../../../rehearsal/record/states";
import { ROOT, SAMPLE, unbroken } from "../../rehearsal/sample";
import { accountsWith } from "./accounts";
import { exported } from "./states";

let made: Promise<LiveEstate> | undefined;
/** Read once for all tests. */
export const estate = (): Promise<LiveEstate> =>
  (made ??= unbroken().then(({ runs }) => liveEstate(SAMPLE, recordOf(exported(runs)), [ROOT])));

/** Nobody is asked there. */
export const PLACE = { region: "eu-west-1", credentials: fromNodeProviderChain() };

/** What is found where the accounts have these documents; `refused` are actions that whoever asks does not have. */
export async function found(documents: Documents, refused: readonly string[] = []) {
  const up = await estate();
  const places = new Map([...up.sought.roles, ...up.sought.guarded].map(({ stack }) => [stack, PLACE]));
  const { there, unread } = await readPolicies(up.sought, places, accountsWith(documents, refused));
  return { ...judgeLive(up, there, new Set(unread.map(({ arn }) => arn))), there, unread };
}
