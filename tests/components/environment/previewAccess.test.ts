import assert from "node:assert/strict";
import { PreviewAccess, type PreviewAccessArgs } from "../../../components/environment/previewAccess";
import { inputsOf, names, only, registered, resolved, roleStatements, SCOPE } from "../../programs";

const REPOSITORY = "org@1/repo@2";
const EXISTING = { repository: REPOSITORY, provider: "existing" } as const;
const ISSUER = "token.actions.githubusercontent.com";
const PROVIDER = `arn:aws:iam::444444444444:oidc-provider/${ISSUER}`;
const KEY = "arn:aws:kms:eu-central-1:444444444444:key/1";
let component: PreviewAccess | undefined;
const access = (change: Partial<PreviewAccessArgs> = {}) =>
  registered(
    (opts) =>
      (component = new PreviewAccess(
        "pr",
        {
          ...{ scope: SCOPE, account: "444444444444", roleName: "acme-preview" },
          ...{ of: { repository: REPOSITORY, provider: "create" }, ...change },
        },
        opts,
      )),
  );
const trust = (audience = "sts.amazonaws.com", provider = PROVIDER) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "AssumedByPullRequests",
      Effect: "Allow",
      Principal: { Federated: provider },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: audience,
          [`${ISSUER}:sub`]: "repo:org@1/repo@2:pull_request",
        },
      },
    },
  ],
});
const role = {
  name: "acme-preview",
  path: "/team/",
  description: "Previews in pull requests of org@1/repo@2",
  assumeRolePolicy: trust(),
  maxSessionDuration: 3600,
};
const PROVIDERS = "iam/openIdConnectProvider:OpenIdConnectProvider";

describe("PreviewAccess", () => {
  it("is a role without any permission, for an hour and for pull requests of this one repository", async () => {
    const made = await access();
    assert.deepEqual(names(made), [
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider pr",
      "aws:iam/role:Role pr",
      "delivery:index:PreviewAccess pr",
    ]);
    assert.deepEqual(inputsOf(made, "iam/role:Role"), { pr: role });
    assert.deepEqual(inputsOf(made, PROVIDERS), {
      pr: { url: `https://${ISSUER}`, clientIdLists: ["sts.amazonaws.com"] },
    });
    assert.ok(only(made, "iam/role:Role").dependsOn.includes(only(made, PROVIDERS).urn));
    assert.equal(await resolved(component?.roleArn), "arn:aws:iam::444444444444:role/team/acme-preview");
  });

  it("takes the provider that the account has, and makes none", async () => {
    const made = await access({ of: EXISTING });
    assert.deepEqual(inputsOf(made, PROVIDERS), {});
    assert.deepEqual(inputsOf(made, "iam/role:Role"), { pr: role });
  });

  it("is for the one job of tooling's where pull requests are in CodeCommit, and makes no provider", async () => {
    const made = await access({ account: "222222222222", of: { codecommit: "platform" } });
    assert.deepEqual(inputsOf(made, PROVIDERS), {});
    assert.deepEqual(inputsOf(made, "iam/role:Role"), {
      pr: {
        ...role,
        description: "Previews in pull requests of platform",
        assumeRolePolicy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "AssumedByPreviewJob",
              Effect: "Allow",
              Principal: { AWS: "arn:aws:iam::444444444444:root" },
              Action: "sts:AssumeRole",
              Condition: {
                ArnEquals: {
                  "aws:PrincipalArn": ["arn:aws:iam::444444444444:role/team/acme-pull-requests-preview"],
                },
              },
            },
          ],
        },
      },
    });
  });

  it("is bound by the organization's boundary where there is one", async () => {
    const permissionsBoundary = "arn:aws:iam::444444444444:policy/org";
    const made = await access({ permissionsBoundary });
    assert.deepEqual(inputsOf(made, "iam/role:Role"), { pr: { ...role, permissionsBoundary } });
  });

  it("reads state of the projects that it is told of, and nothing else of the bucket", async () => {
    const state = { bucket: "state", projects: ["acme", "other", "acme"], keys: [KEY] };
    assert.deepEqual(roleStatements(await access({ state }), "pr"), [
      {
        Sid: "ReadState",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [
          "arn:aws:s3:::state/.pulumi/meta.yaml",
          "arn:aws:s3:::state/.pulumi/stacks/acme/*",
          "arn:aws:s3:::state/.pulumi/stacks/other/*",
        ],
      },
      { Sid: "ListState", Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::state"] },
      { Sid: "DecryptState", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [KEY] },
    ]);
  });

  it("reads state in a folder of the bucket, and uses no key where none is named", async () => {
    const state = { bucket: "state", folder: "team/a", projects: ["acme"], keys: [] };
    const statements = roleStatements(await access({ state }), "pr");
    assert.deepEqual(
      statements.map(({ Sid, Resource }) => [Sid, Resource]),
      [
        [
          "ReadState",
          ["arn:aws:s3:::state/team/a/.pulumi/meta.yaml", "arn:aws:s3:::state/team/a/.pulumi/stacks/acme/*"],
        ],
        ["ListState", ["arn:aws:s3:::state"]],
      ],
    );
  });

  it("has the audience and the ARNs of its Region's partition", async () => {
    const scope = { ...SCOPE, region: "cn-north-1" };
    const state = { bucket: "state", projects: [], keys: [] };
    const made = await access({ scope, state, of: EXISTING });
    const { assumeRolePolicy } = only(made, "iam/role:Role").inputs;
    assert.deepEqual(
      assumeRolePolicy,
      trust("sts.amazonaws.com.cn", PROVIDER.replace("arn:aws:", "arn:aws-cn:")),
    );
    assert.deepEqual(roleStatements(made, "pr")[0]?.Resource, ["arn:aws-cn:s3:::state/.pulumi/meta.yaml"]);
  });
});
