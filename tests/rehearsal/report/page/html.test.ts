import assert from "node:assert/strict";
import { count, html } from "../../../../rehearsal/report/page/html";

describe("html", () => {
  it("escapes whatever is put in, in text and in attributes, in lists too", () => {
    const hostile = `<script>alert("1")</script>&'`;
    const safe = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;";
    assert.equal(
      html`<p title="${hostile}">${[hostile, [hostile]]}</p>`.text,
      `<p title="${safe}">${safe}${safe}</p>`,
    );
  });

  it("leaves what it made itself as it is, and leaves out what is undefined", () => {
    const items = ["a", "<b>"].map((each) => html`<i>${each}</i>`);
    assert.equal(html`<p>${items}${undefined}</p>`.text, "<p><i>a</i><i>&lt;b&gt;</i></p>");
  });

  it("leaves out how the template is indented, and nothing of what is put in", () => {
    const lines = "a\n    b";
    const indented = html`<section>
      <p>${lines}</p>
    </section>`;
    assert.equal(indented.text, "<section>\n<p>a\n    b</p>\n</section>");
  });

  it("counts one and many", () => {
    assert.deepEqual(
      [count(1, "stack"), count(0, "stack"), count(1234, "entry", "entries")],
      ["1 stack", "0 stacks", "1,234 entries"],
    );
  });
});
