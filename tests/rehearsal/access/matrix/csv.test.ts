import assert from "node:assert/strict";
import { matrixRows, csv } from "../../../../rehearsal/access/matrix/csv";
import { unbrokenWorld } from "../worlds";

describe("The access matrix as CSV", () => {
  it("quotes what has commas, quotes and breaks in it, and nothing else", () => {
    const row = {
      who: 'a "role"',
      may: ["s3:GetObject", "s3:PutObject"],
      on: "bucket, a/*",
      when: "",
      why: "one\ntwo",
    };
    assert.equal(
      csv([row, { ...row, who: "b", on: "c", why: "d" }]),
      'who,may,on,when,why\r\n"a ""role""",s3:GetObject s3:PutObject,"bucket, a/*",,"one\ntwo"\r\nb,s3:GetObject s3:PutObject,c,,d',
    );
  });

  it("says in words whom and what a row is about, and when", async () => {
    const rows = matrixRows(await unbrokenWorld());
    const about = (who: string, action: string) =>
      rows
        .filter((each) => each.who === who && each.may.includes(action))
        .map(({ on, when, why }) => [on, when, why]);
    assert.deepEqual(about("role delivery-catalog--prod-plan in 333333333333", "kms:Decrypt"), [
      [
        "artifact key in 111111111111",
        "kms:ViaService is s3.eu-west-1.amazonaws.com",
        "the template is encrypted; through S3 and not otherwise",
      ],
    ]);
    assert.deepEqual(about("administrators and root of 222222222222", "*"), [
      [
        "anything in its own account",
        "",
        "who administers an account may do everything in it; a role is taken only as its trust says",
      ],
    ]);
    assert.deepEqual(
      about("whoever has policy catalog--prod-approver in 111111111111", "codepipeline:PutApprovalResult"),
      [
        [
          "pipeline catalog/Approve-prod/Approval in 111111111111",
          "",
          "approvers answer for this environment and no other, and do nothing else with its stages",
        ],
      ],
    );
    assert.deepEqual(
      about("nobody", "s3:PutObject").map(([, when]) => when),
      [
        "s3:x-amz-server-side-encryption is given and not aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id is given and not the artifact key",
        "s3:x-amz-server-side-encryption-customer-algorithm is *",
      ],
    );
  });

  it("has no word left that stands for a name", async () => {
    for (const { who, on, when } of matrixRows(await unbrokenWorld()))
      assert.doesNotMatch(`${who} ${on} ${when}`, /[{}]/);
  });
});
