import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseRows, permissions } from "../../../../rehearsal/access/matrix/permissions";
import { FILE } from "../../../../rehearsal/access/matrix/rows";
import { UnusableFile } from "../../../../rehearsal/record/yamlFile";
import { ROOT } from "../../sample";

const FOLDER = "rehearsal/access/matrix";
const FIELDS =
  "forEach, needs, principal, actions, except, exceptPrincipals, resource, when, resourceConditions, reason, manual, atMost";

function refusal(yaml: string): string {
  try {
    parseRows(yaml, "a.yaml");
  } catch (error) {
    if (error instanceof UnusableFile) return error.message;
    throw error;
  }
  return assert.fail("it is not refused");
}

describe("The rows of the access matrix", () => {
  it("are those of every file in their folder, each with its place", () => {
    const files = readdirSync(join(ROOT, FOLDER, "permissions")).map(
      (each) => `${FOLDER}/permissions/${each}`,
    );
    const found = permissions().map(({ at }) => at.replace(/:\d+$/, ""));
    assert.deepEqual([...new Set(found)].sort(), files.sort());
    assert.ok(found.length > 180, `${found.length} rows`);
    for (const file of files)
      assert.match(
        readFileSync(join(ROOT, file), "utf8"),
        /^# yaml-language-server: \$schema=\.\.\/\.\.\/\.\.\/\.\.\/docs\/schemas\/permissions\.json\n/,
      );
  });

  it("need what their group needs beside what they need themselves", () => {
    const yaml = `
permissions:
  - { forEach: environment, principal: executor, resource: bucket, needs: uses s3, permissions: [
      { actions: s3:GetObject, reason: one },
      { actions: s3:PutObject, needs: [bounded, files], reason: two } ] }
`;
    assert.deepEqual(
      parseRows(yaml, "a.yaml").map(({ needs }) => needs),
      [["uses s3"], ["uses s3", "bounded", "files"]],
    );
  });

  it("take what they do not say from their group, and are one for each principal", () => {
    const yaml = `
permissions:
  - forEach: [pipeline, branch-pipeline]
    principal: [role a, role b]
    resource: bucket
    permissions:
      - { actions: s3:ListBucket, when: { s3:prefix: [a, b], s3:delimiter: { absent: true } }, reason: one }
      - { actions: s3:GetObject s3:PutObject, resource: [artifact a, key], needs: image, reason: two }
  - forEach: account
    principal: nobody
    actions: "*"
    except: sts:AssumeRole
    resource: anything
    when: { aws:a: { ifExists: x }, aws:b: { not: y } }
    reason: three
`;
    const shared = { forEach: ["pipeline", "branch-pipeline"], resource: ["bucket"] };
    const when = {
      "s3:prefix": { values: ["a", "b"] },
      "s3:delimiter": { values: [], absent: true },
    };
    const one = { ...shared, actions: ["s3:ListBucket"], when, reason: "one", at: "a.yaml:7" };
    const two = {
      ...{ ...shared, actions: ["s3:GetObject", "s3:PutObject"], resource: ["artifact a", "key"] },
      ...{ needs: ["image"], reason: "two", at: "a.yaml:8" },
    };
    assert.deepEqual(parseRows(yaml, "a.yaml"), [
      { ...one, principal: "role a" },
      { ...one, principal: "role b" },
      { ...two, principal: "role a" },
      { ...two, principal: "role b" },
      {
        ...{ forEach: ["account"], principal: "nobody", actions: ["*"], except: ["sts:AssumeRole"] },
        resource: ["anything"],
        when: {
          "aws:a": { values: ["x"], ifThere: true },
          "aws:b": { values: ["y"], otherThan: true },
        },
        ...{ reason: "three", at: "a.yaml:9" },
      },
    ]);
  });

  it("are refused with file, line, row and what is allowed, all problems at once", () => {
    const yaml = `
permisions: []
permissions:
  - forEach: [pipeline, stak]
    principal: rol {own}-plan
    actions: s3:GetObject, s3:PutObject
    resource: bukket
    when: { aws:SecureTransport: false }
    reason: first
    need: image
  - forEach: environment
    needs: [image, aproval]
    permissions:
      - { actions: s3:GetObject, resource: bucket, reason: second }
      - { principal: nobody, actions: s3:GetObject, resource: [bucket, kee], atMost: false }
`;
    const allowed = /(there is no (?:place|trait|kind) .*), allowed are [\w -]+(?:, [\w -]+)+$/gm;
    assert.deepEqual(refusal(yaml).replace(allowed, "$1, ...").split("\n"), [
      "a.yaml:2: there is no field permisions; the nearest is permissions, allowed are permissions",
      'a.yaml:4: row "first": forEach: there is no place stak; the nearest is store, ...',
      'a.yaml:5: row "first": principal: there is no kind of principal rol; the nearest is role, ...',
      'a.yaml:6: row "first": actions: received "s3:GetObject, s3:PutObject"; allowed are names of actions with spaces between, or *',
      'a.yaml:7: row "first": resource: there is no kind of resource bukket; the nearest is bucket, ...',
      'a.yaml:8: row "first": aws:SecureTransport: received false; allowed are a text, a list of texts, { ifExists: a text or list }, { literal: a text or list }, { not: a text }, { absent: true }',
      `a.yaml:10: row "first": there is no field need; the nearest is needs, allowed are ${FIELDS}, permissions`,
      "a.yaml:12: needs: there is no trait aproval; the nearest is approval, ...",
      'a.yaml:14: row "second": principal is missing; it or its group must say it',
      'a.yaml:15: row "s3:GetObject": resource: there is no kind of resource kee; the nearest is key, ...',
      'a.yaml:15: row "s3:GetObject": atMost: received false; allowed is true, or no such field',
      'a.yaml:15: row "s3:GetObject": reason is missing; it or its group must say it',
    ]);
    assert.match(refusal("permissions: ["), /^a\.yaml:1: Flow sequence in block collection must be/);
  });

  it("have a JSON schema for editors, as `npm run docs:permissions` writes it", () => {
    const written: unknown = JSON.parse(readFileSync(join(ROOT, "docs/schemas/permissions.json"), "utf8"));
    assert.deepEqual(written, z.toJSONSchema(FILE, { io: "input", reused: "ref" }));
  });
});
