/** Whether everything is tried: `npm run test:release -- --all`. Otherwise each job runs once or more, with a sample of the faults. */
export const WHOLE = process.env["DELIVERY_RELEASE"] === "all";
