/** What every release through test and an approval to prod goes through, and what is there in the end. */
export const TO_PROD = [
  "Source/Source Succeeded",
  "Build/Build Succeeded",
  "Deploy-test/Deploy Succeeded",
  "Deploy-test/Verify Succeeded",
  "Deploy-test/Promote Succeeded",
  "Approve-prod/Plan Succeeded",
];
/** Attempts of a run that waits for its approval. */
export const WAITS = [...TO_PROD, "Approve-prod/Approval InProgress"];
/** Of one that is in prod. */
export const RELEASED = [
  ...TO_PROD,
  "Approve-prod/Approval Succeeded",
  "Deploy-prod/Deploy Succeeded",
  "Deploy-prod/Verify Succeeded",
  "Deploy-prod/Promote Succeeded",
];

interface Live {
  readonly stack: string;
  readonly promoted: string;
  readonly sets: string[];
}
/** An environment whose stack a run has made. */
export const made = (id: string): Live => ({ stack: `CREATE_COMPLETE ${id}`, promoted: id, sets: [] });
export const updated = (id: string): Live => ({ ...made(id), stack: `UPDATE_COMPLETE ${id}` });
export const nothing: Live = { stack: "none", promoted: "none", sets: [] };
