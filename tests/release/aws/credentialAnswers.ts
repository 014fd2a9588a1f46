/** Calls for credentials, which the gate answers itself: who has which is its own knowledge. */
import { list, map } from "../../../packages/iam/src/json";
import type { Principal } from "../../../packages/iam/src/policy/principals";
import type { Call } from "../model";
import type { Credentials, Holder } from "./credentials";

type CredentialAnswer = (
  call: Call,
  holder: Holder,
  principal: Principal,
  credentials: Credentials,
) => unknown;

const role = (arn: string): string => arn.split("/").at(-1) ?? "";
const accountOf = (arn: string): string => arn.split(":")[4] ?? "";
/** AWS knows a role by an id of its own, which `UserId` begins with. */
const roleId = (arn: string): string =>
  `AROA${Buffer.from(arn)
    .toString("hex")
    .slice(-17)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "X")}`;

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
const authorizationToken: CredentialAnswer = ({ account, region }, holder, _who, credentials) => ({
  authorizationData: [
    {
      authorizationToken: Buffer.from(`AWS:${credentials.password(holder)}`).toString("base64"),
      expiresAt: 4_070_908_800,
      proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com`,
    },
  ],
});

export const CREDENTIAL_ANSWERS: Readonly<Record<string, CredentialAnswer>> = {
  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
  "sts:GetCallerIdentity": ({ principal, sessionName, account }, _holder, who) => ({
    UserId: `${roleId(principal)}:${sessionName}`,
    Account: account,
    Arn: "arn" in who ? who.arn : "",
  }),
  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
  "sts:AssumeRole": ({ input, sessionTags }, holder, _who, credentials) => {
    const arn = String(input["RoleArn"]);
    const name = String(input["RoleSessionName"]);
    const given = list(input["Tags"]).map(
      (each) => [String(map(each)["Key"]), String(map(each)["Value"])] as const,
    );
    void sessionTags; // none is transitive: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    const account = accountOf(arn);
    const keys = credentials.hand({
      ...{ session: holder.session, account },
      role: { arn, name, tags: Object.fromEntries(given) },
    });
    return {
      Credentials: keys,
      AssumedRoleUser: {
        AssumedRoleId: `${roleId(arn)}:${name}`,
        Arn: `arn:aws:sts::${account}:assumed-role/${role(arn)}/${name}`,
      },
    };
  },
  "ecr:GetAuthorizationToken": authorizationToken,
};
