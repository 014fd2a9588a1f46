import assert from "node:assert/strict";
import { credentialsIn } from "./state";

describe("the search for credentials", () => {
  // Put together here, so that nobody takes this file for one that holds some.
  const key = ["AS", "IA", "Q".repeat(16)].join("");
  const signature = ["X-Amz", "Signature=0a1b"].join("-");
  const login = `{"auths": {"registry": {"${"au" + "th"}": "QVdTOnBhc3M="}}}`;

  it("finds what was handed out, and what looks like a key, a signature or a registry's login", () => {
    const found = credentialsIn(
      {
        "1.log": "all is well",
        "2.log": `token is handed-out-token-1 here`,
        "3.log": `as ${key} does`,
        "4.log": `GET https://bucket/key?${signature}`,
        "5.log": login,
      },
      ["handed-out-token-1", "handed-out-token-2", ""],
    );
    assert.deepEqual(found, [
      "2.log holds a secret",
      "3.log holds what looks like a credential",
      "4.log holds what looks like a credential",
      "5.log holds what looks like a credential",
    ]);
  });

  it("finds nothing in what only resembles them", () => {
    const text = `${key.slice(0, -1)} x${key} auth: none, "auth": "" X-Amz-Date=1`;
    assert.deepEqual(credentialsIn({ log: text }, []), []);
  });
});
