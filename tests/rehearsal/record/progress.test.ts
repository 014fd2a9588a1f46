import assert from "node:assert/strict";
import { shownWhile } from "../../../rehearsal/record/progress";

describe("a step that takes long", () => {
  const during = async (isTTY: boolean, work: Promise<unknown>): Promise<string> => {
    let text = "";
    await shownWhile("npm ci", work, { isTTY, write: (more) => (text += more) }).catch(() => undefined);
    return text;
  };

  it("is shown on a terminal until it has ended, well or not, and leaves nothing there", async () => {
    const shown = "\r\u001b[K    npm ci … 0 s\r\u001b[K";
    assert.equal(await during(true, Promise.resolve(1)), shown);
    assert.equal(await during(true, Promise.reject(new Error("no"))), shown);
    assert.equal(await during(false, Promise.resolve(1)), "");
    assert.equal(await shownWhile("x", Promise.resolve(7), { write: () => undefined }), 7);
  });
});
