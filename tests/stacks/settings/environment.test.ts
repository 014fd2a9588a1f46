import assert from "node:assert/strict";
import { asRead, problemsOf, refuses, settingsOf, tooling, type Values } from "../settingsSample";

const ACCOUNT = "allowed is an account id of 12 digits: write it in quotes";
const WORDS =
  "allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another";
const DAYS = "allowed are whole days from 1 to 60";
const inTooling = (changes: Values) => problemsOf(tooling(changes));
const inEnvironmentEntry = (changes: Values) => inTooling({ environments: [{ ...test, ...changes }] });

const test = { name: "test", account: "222222222222" };
const taken = (changes: Values) => {
  const settings = settingsOf(tooling({ environments: [{ ...test, ...changes }] }));
  return settings.kind === "tooling" && settings.environments;
};

describe("the shape of an environment", () => {
  refuses({
    "an account id that is a number": [
      () => inEnvironmentEntry({ account: 222222222222 }),
      [`environments[0].account: received 222222222222; ${ACCOUNT}`],
    ],
    "one without name and account": [
      () => inTooling({ environments: [{}] }),
      [`environments[0].name: is missing; ${WORDS} name`, `environments[0].account: is missing; ${ACCOUNT}`],
    ],
    "one that is no map": [
      () => inTooling({ environments: ["test", null] }),
      [
        'environments[0]: received "test"; allowed is a map of name, account, region, approval, verify, readers, platform, functionNetwork, runner',
        "environments[1]: received null; allowed is a map of name, account, region, approval, verify, readers, platform, functionNetwork, runner",
      ],
    ],
    "an unknown key, with the nearest": [
      () => inEnvironmentEntry({ aproval: true }),
      [
        'environments[0].aproval: received true; this key is unknown: did you mean "approval"? allowed are name, account, region, approval, verify, readers, platform, functionNetwork, runner',
      ],
    ],
    "the reserved name": [
      () => inEnvironmentEntry({ name: "br" }),
      [
        'environments[0].name: received "br"; br is reserved for the environments of branches: choose another name',
      ],
    ],
    "an approval that is a word": [
      () => inEnvironmentEntry({ approval: "yes" }),
      ['environments[0].approval: received "yes"; allowed are true, false, or a map of emails, timeoutDays'],
    ],
    "an approval without a value": [
      () => inEnvironmentEntry({ approval: null }),
      ["environments[0].approval: received null; allowed are true, false, or a map of emails, timeoutDays"],
    ],
    "mail addresses that are none or twice there": [
      () => inEnvironmentEntry({ approval: { emails: ["a@b.co", "team", "a@b.co"] } }),
      [
        'environments[0].approval.emails[1]: received "team"; allowed is an e-mail address',
        'environments[0].approval.emails: received ["a@b.co","team","a@b.co"]; an entry is there twice: remove one',
      ],
    ],
    "one mail address that is no list": [
      () => inEnvironmentEntry({ approval: { emails: "a@b.co" } }),
      ['environments[0].approval.emails: received "a@b.co"; allowed is a list of e-mail addresses'],
    ],
    "an unknown key of an approval": [
      () => inEnvironmentEntry({ approval: { timeoutInDays: 3 } }),
      [
        'environments[0].approval.timeoutInDays: received 3; this key is unknown: did you mean "timeoutDays"? allowed are emails, timeoutDays',
      ],
    ],
  });
  for (const timeoutDays of [0, 61, 1.5, "7", -1])
    it(`refuses an approval that waits for ${JSON.stringify(timeoutDays)} days`, () => {
      const received = JSON.stringify(timeoutDays);
      assert.deepEqual(inEnvironmentEntry({ approval: { timeoutDays } }), [
        `environments[0].approval.timeoutDays: received ${received}; ${DAYS}`,
      ]);
    });
  for (const name of ["Test", "test--eu", "-test", "test-", "te_st", "2nd", "", "te st", "tést", 5])
    it(`refuses the name ${JSON.stringify(name)}`, () =>
      assert.deepEqual(inEnvironmentEntry({ name }), [
        `environments[0].name: received ${JSON.stringify(name)}; ${WORDS} name`,
      ]));
  for (const name of ["t", "test2", "eu-west-1-prod", "brazil"])
    it(`takes the name ${name}`, () => assert.deepEqual(taken({ name }), asRead({ ...test, name })));
  const approvals: [unknown, unknown][] = [
    [true, { emails: [], timeoutDays: 7 }],
    [{}, { emails: [], timeoutDays: 7 }],
    [{ timeoutDays: 60 }, { emails: [], timeoutDays: 60 }],
    [
      { emails: ["a+b@example.co.uk"], timeoutDays: 1 },
      { emails: ["a+b@example.co.uk"], timeoutDays: 1 },
    ],
  ];
  for (const [written, approval] of approvals)
    it(`takes approval: ${JSON.stringify(written)}`, () => {
      assert.deepEqual(taken({ approval: written }), asRead({ ...test, approval }));
    });

  it("takes approval: false as none", () => {
    assert.deepEqual(taken({ approval: false }), asRead(test));
  });
});
