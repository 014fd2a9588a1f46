import assert from "node:assert/strict";
import { roleParameters, wrongAccounts } from "../../../commands/aws/accounts";
import { allParts } from "../../../commands/delivery";
import { checkAccounts } from "../../../commands/preconditions";
import { realAws } from "../../../commands/aws/clients";
import { delivery } from "../sample";

const none = (): Promise<string> => Promise.reject(new Error("Could not load credentials\nat somewhere"));

describe("whose credentials a stack has", () => {
  it("is as it should be when the caller's account is the one in the settings", async () => {
    const parts = allParts(delivery());
    const asked: string[] = [];
    const accountOf = ({ account }: { account: string }) =>
      Promise.resolve(asked.push(account) > 0 ? account : "");
    assert.deepEqual(await wrongAccounts(parts, accountOf), []);
    assert.deepEqual(asked, ["444444444444", "555555555555", "666666666666"]);
  });

  it("takes a role with all that settings say of it but how long, and with nothing that they leave out", () => {
    const role = {
      ...{ roleArn: "arn:aws:iam::444444444444:role/up", sessionName: "ops", externalId: "42", policy: "{}" },
      ...{ sourceIdentity: "ann", durationSeconds: 900, tags: {} },
    };
    assert.deepEqual(roleParameters(role), {
      ...{
        RoleArn: "arn:aws:iam::444444444444:role/up",
        RoleSessionName: "ops",
        ExternalId: "42",
        Policy: "{}",
      },
      SourceIdentity: "ann",
    });
    assert.deepEqual(roleParameters({ roleArn: role.roleArn }), { RoleArn: role.roleArn });
  });

  it("is wrong when they are another account's, or missing; each stack says what fixes it", async () => {
    const accountOf = ({ account }: { account: string }) =>
      account === "555555555555" ? Promise.resolve("999999999999") : none();
    assert.deepEqual(await wrongAccounts(allParts(delivery()), accountOf), [
      {
        stack: "build",
        problem: "no credentials for account 444444444444 (Could not load credentials)",
        fix: "aws sso login --profile builder (or aws configure --profile builder)",
      },
      {
        stack: "qa",
        problem: "its credentials are of account 999999999999, its settings say 555555555555",
        fix: "give it credentials of 555555555555: set aws:profile or aws:assumeRoles in Pulumi.qa.yaml, or export AWS_PROFILE",
      },
      {
        stack: "eu-live",
        problem: "no credentials for account 666666666666 (Could not load credentials)",
        fix: "give it credentials of 666666666666: set aws:profile or aws:assumeRoles in Pulumi.eu-live.yaml, or export AWS_PROFILE",
      },
    ]);
  });

  it("says of a profile of another account what to give, since a login with it changes nothing", async () => {
    const [part] = allParts(delivery());
    assert.ok(part);
    assert.deepEqual(await wrongAccounts([part], () => Promise.resolve("999999999999")), [
      {
        stack: "build",
        problem: "its credentials are of account 999999999999, its settings say 444444444444",
        fix: "give it credentials of 444444444444: set aws:profile or aws:assumeRoles in Pulumi.build.yaml, or export AWS_PROFILE",
      },
    ]);
  });

  it("is refused in one line a stack", async () => {
    const [part] = allParts(delivery());
    assert.ok(part);
    await assert.rejects(checkAccounts({ ...realAws, account: none }, [part]), {
      message:
        "build: no credentials for account 444444444444 (Could not load credentials): " +
        "aws sso login --profile builder (or aws configure --profile builder)",
    });
  });
});
