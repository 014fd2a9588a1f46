/** Whether everything is tried: `npm run test:release -- --all`. Otherwise each job runs once or more, with a sample of the faults. */
export const WHOLE = process.env["DELIVERY_RELEASE"] === "all";

/** Which share of everything this machine runs: `1/4`. */
export const SHARD = process.env["DELIVERY_RELEASE_SHARD"];
