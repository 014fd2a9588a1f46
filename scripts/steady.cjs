/**
 * What makes a test depend on how fast this machine is, on what else runs on it, or on luck. eslint.config.mjs refuses it in
 * tests; what is sound all the same says why, where it stands.
 */
const refused = (selector, message) => ({ selector, message });

module.exports = [
  refused(
    'CallExpression[callee.property.name="timeout"]',
    "A slow machine meets a time limit: only a hang may, which is for .mocharc.cjs to say.",
  ),
  refused(
    'Property[key.name="timeout"][value.type="Literal"]',
    "A slow machine meets a time limit: wait for what must come, however long.",
  ),
  refused(
    ":matches(CallExpression[callee.name=/^set(Timeout|Interval)$/], ImportDeclaration[source.value=/timers.promises$/])",
    "Time shows nothing on a slow machine: wait for the event itself.",
  ),
  refused(
    'CallExpression[callee.property.name="listen"][arguments.0.value>0]',
    "Another process may have this port: listen on 0, and ask which it is.",
  ),
  refused(
    ':matches(Property[key.name="keepAlive"], MemberExpression[property.name="reusedSocket"])',
    "When a socket is back in its pool is chance: write both requests on one connection.",
  ),
  refused(
    "ForOfStatement > ArrayExpression:has(MemberExpression[property.name='stdout']):has(MemberExpression[property.name='stderr'])",
    "Which of two streams is read first is chance: give the child one pipe for both (2>&1), or keep them apart.",
  ),
  refused(
    'CallExpression[callee.property.name="toString"][callee.object.name="chunk"]',
    "A chunk may end inside a character: use setEncoding.",
  ),
  refused(
    'CallExpression[callee.object.name="fc"][callee.property.name="assert"]:not(:has(Property[key.name="seed"]))',
    "Without a seed each run has other cases: give one.",
  ),
  refused(
    ":matches(Literal[value=/^[.]out/], TemplateElement[value.raw=/(^|[/])[.]out[/]/])",
    "Tests run at once, and .out is shared: use a folder of the test's own.",
  ),
  refused(
    "MemberExpression[property.name=/^[acm]time(Ms)?$/]",
    "Times of files differ by machine: compare contents.",
  ),
  refused(
    "Program:has(> ExportNamedDeclaration) > ExpressionStatement > CallExpression[callee.name=/^(before|after)(Each)?$/]",
    "It is registered for the first file that loads this module, and no other: export a function that registers it.",
  ),
];
