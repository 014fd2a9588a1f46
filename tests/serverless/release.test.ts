import { join } from "node:path";
import { APP, HTTP_API, showsItsOwn, TESTED } from "../rehearsal/release/altered";
import { configWith } from "../rehearsal/release/service";

const OSLS = join(APP, "serverless/node_modules/.bin/osls");

describe("release of the sample service, altered and packaged by osls", () => {
  it("runs its own scripts, and shows its own table, route, answer and output", async () => {
    await showsItsOwn(configWith({ workload: "serverless" }), HTTP_API, {
      ...TESTED,
      // Without its own installation of packages, which takes a network.
      package: `npm run bundle && cd serverless && "${OSLS}" package`,
    });
  });
});
