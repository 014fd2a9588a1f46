import assert from "node:assert/strict";
import type { AccessMatrix } from "../../src/matrix/matrix";
import { policiesOf } from "../../src/model";
import { formsFor, judgePolicy } from "../../src/mutation/mutate";
import type { Verdict } from "../../src/mutation/verdict";
import { NotKnown } from "../../src/policy/notKnown";
import { policy } from "../../src/policy/policies";
import { allow, deny, document, documentedKeys, without, withKeys } from "../asked";
import { GALLERY, gallery, GUIDE, LIMITS, PERMISSIONS } from "../gallery";

withKeys();

/** Verdicts by policy. */
async function judged(matrix: AccessMatrix): Promise<ReadonlyMap<string, readonly Verdict[]>> {
  const forms = await formsFor(matrix);
  return new Map(
    [...policiesOf(matrix.estate.model)].map(([own, owner]) => [
      own.name,
      judgePolicy(matrix, forms, { policy: own, owner }),
    ]),
  );
}
const told = (verdicts: readonly Verdict[], ...outcomes: readonly Verdict["outcome"][]) =>
  verdicts
    .filter(({ outcome }) => outcomes.includes(outcome))
    .map(({ outcome, by, direction, name }) => [outcome, by, direction, name].filter(Boolean).join(", "));

describe("The policies of a made-up estate, changed in one place", () => {
  it("are told from what they are, or shown to say the same", async () => {
    const all = await judged(await gallery());
    assert.deepEqual(
      [...all].map(([name, verdicts]) => [name, verdicts.length, told(verdicts, "killed").length]),
      [
        ["managed policy limits", 7, 7],
        ["trust of role painter", 6, 6],
        ["inline policy of role painter", 14, 14],
        ["trust of role guide", 6, 6],
        ["inline policy of role guide", 5, 5],
        ["bucket policy of arn:aws:s3:::pictures", 19, 12],
      ],
    );
    assert.deepEqual(
      [...all.values()].flatMap((each) => told(each, "excused", "survived", "unjudged")),
      [
        "excused, own resource, narrowing, RequireTls: resource *",
        "excused, own resource, narrowing, RequireTls: resource arn:aws:s3:::pictures as arn:aws:s3:::*",
        "excused, own resource, narrowing, RequireTls: resource arn:aws:s3:::pictures/* as arn:aws:s3:::*",
        "excused, key always there, narrowing, RequireTls: BoolIfExists aws:SecureTransport",
        "excused, key always there, widening, ShowPublic: ArnEqualsIfExists aws:PrincipalArn",
        "excused, accounts of the condition, widening, ShowPublic: principal *",
        "excused, accounts of the condition, widening, ShowPublic: principal arn:aws:iam::999999999999:root as well",
      ],
    );
    assert.deepEqual(all.get("trust of role guide")?.[0], {
      ...{ policy: "trust of role guide", mutator: "delete statement", direction: "narrowing" },
      ...{ name: "AssumedByService: without the statement", outcome: "killed", by: "access matrix" },
      finding:
        "service lambda.amazonaws.com may not sts:AssumeRole on arn:aws:iam::222222222222:role/guide, which the access matrix has (service lambda.amazonaws.com works), for lack of resource; add the statement, or take the row out",
    });
  });

  it("survive where a permission is only the most that somebody may, unless another killer sees them", async () => {
    const matrix = await gallery(
      GALLERY,
      PERMISSIONS.map((each) => ({ ...each, atMost: each.who === `role ${GUIDE}` })),
    );
    const forms = await formsFor(matrix);
    const own = [...policiesOf(matrix.estate.model)].find(
      ([{ name }]) => name === "inline policy of role guide",
    );
    assert.ok(own);
    const about = { policy: own[0], owner: own[1] };
    const gone = ["survived, narrowing, Show: without the statement", "survived, narrowing, Show: as Deny"];
    assert.deepEqual(told(judgePolicy(matrix, forms, about), "survived"), gone);
    const finds = ({ name }: { readonly name: string }) =>
      name === "Show: as Deny" ? "no picture" : undefined;
    const with2 = judgePolicy(matrix, forms, about, [{ name: "visitors", finds }]);
    assert.deepEqual(told(with2, "survived"), gone.slice(0, 1));
    assert.deepEqual(
      with2.filter(({ by }) => by === "visitors").map(({ finding }) => finding),
      ["no picture"],
    );
  });

  it("are not judged where they have a finding as they are", async () => {
    const [, ...others] = PERMISSIONS; // painting is permitted no more
    const all = await judged(await gallery(GALLERY, others));
    assert.deepEqual(
      told(all.get("inline policy of role painter") ?? [], "killed", "excused", "survived", "unjudged"),
      ["unjudged, access matrix, widening, unchanged"],
    );
    assert.match(
      all.get("inline policy of role painter")?.[0]?.finding ?? "",
      /^role painter may s3:PutObject on /,
    );
  });

  it("are refused where they are nobody's, or no change of them is worked out", async () => {
    const matrix = await gallery();
    const forms = await formsFor(matrix);
    const refuses = (
      attached: "identity" | "trust" | "bucket",
      statement: object,
      message: string,
      owner: string = LIMITS,
    ) =>
      assert.throws(
        () =>
          judgePolicy(matrix, forms, {
            owner,
            policy: policy("it", attached, document({ ...statement }), documentedKeys()),
          }),
        new NotKnown(message),
      );
    refuses("identity", allow(), "it belongs to no principal of the access matrix");
    refuses("bucket", deny({ Principal: "*" }), "it is of nothing that is in the model");
    refuses(
      "trust",
      without(allow({ Action: "sts:AssumeRole", Principal: "*" }), "Resource"),
      "it is of no role that is in the model",
    );
  });
});
