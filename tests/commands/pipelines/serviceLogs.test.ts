import assert from "node:assert/strict";
import { serviceLogs } from "../../../commands/pipelines/serviceLogs";

describe("logs of a service that another stack owns", () => {
  it("are refused where it is one of ECS, whose task definition says where they are: nothing is asked of AWS", () =>
    assert.rejects(
      serviceLogs(
        {} as never,
        {} as never,
        {} as never,
        { ownersService: { cluster: "main", name: "quotes-prod" } } as never,
        { follow: false },
      ),
      {
        message:
          "service quotes-prod of cluster main is another stack's, whose task definition says where it logs: ask its owner, then " +
          "'aws logs tail LOG-GROUP' there",
      },
    ));
});
