/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
import { list as listed, map, texts } from "../../../../packages/iam/src/json";
import { type Asks, type Caller, context, type Input, type Looked, type Need, said } from "./ask";
import { readNeeds } from "./s3";

/** Name of a change set that may be given by its ARN. */
const setName = (input: Input): string | undefined => {
  const given = said(input, "ChangeSetName");
  return /^arn:[^:]+:cloudformation:[^:]*:\d{12}:changeSet\/([^/]+)\//.exec(given ?? "")?.[1] ?? given;
};

/** What a stack is: its ARN, or that of the change set's. */
const stack = (input: Input, caller: Caller, looked: Looked): string => {
  const name = said(input, "StackName");
  return name === undefined ? "*" : looked.stackArn(caller, name);
};

const on =
  (action: string, keys: (input: Input) => Need["context"] = () => ({})): Asks[string] =>
  (input, caller, looked) => [
    {
      action: `cloudformation:${action}`,
      resource: stack(input, caller, looked),
      context: keys(input) ?? {},
    },
  ];

const onSet = (action: string): Asks[string] =>
  on(action, (input) => context({ "cloudformation:ChangeSetName": setName(input) }));

export interface TemplateFile {
  readonly bucket: string;
  readonly key: string;
}

/** A template's object, by either form of its address; undefined where the template comes with the call. */
export function templateFile(input: Input): TemplateFile | undefined {
  const url = said(input, "TemplateURL");
  if (url === undefined) return undefined;
  const { hostname, pathname } = new URL(url);
  const [, virtual] = /^(.+)\.s3[.-][a-z0-9-]+\.amazonaws\.com$/.exec(hostname) ?? [];
  const path = decodeURIComponent(pathname.slice(1));
  const [bucket = "", ...rest] = path.split("/");
  return virtual === undefined ? { bucket, key: rest.join("/") } : { bucket: virtual, key: path };
}

/** CloudFormation reads the template as whoever asks. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
function template(input: Input, caller: Caller, looked: Looked): Need[] {
  const file = templateFile(input);
  return file ? readNeeds(file.bucket, file.key, caller, looked) : [];
}

function tagsOf(input: Input): Readonly<Record<string, string | readonly string[]>> {
  const tags = listed(input["Tags"]).map(
    (each) => [String(map(each)["Key"]), String(map(each)["Value"])] as const,
  );
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    "aws:TagKeys": tags.map(([key]) => key),
  };
}

/**
 * A role that is given is passed to CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
 */
const passed = (input: Input): Need[] => {
  const role = said(input, "RoleARN");
  return role === undefined
    ? []
    : [
        {
          action: "iam:PassRole",
          resource: role,
          context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
        },
      ];
};

const createChangeSet: Asks[string] = (input, caller, looked) => {
  const resource = stack(input, caller, looked);
  const tags = tagsOf(input);
  const types = texts(input["ResourceTypes"]);
  return [
    {
      action: "cloudformation:CreateChangeSet",
      resource,
      context: {
        ...tags,
        ...context({
          "cloudformation:ChangeSetName": setName(input),
          "cloudformation:RoleArn": said(input, "RoleARN"),
          "cloudformation:TemplateUrl": said(input, "TemplateURL"),
          "cloudformation:ImportResourceTypes": undefined,
          "cloudformation:ResourceTypes": types.length > 0 ? types : undefined,
        }),
      },
    },
    ...(Object.keys(tags).length > 0
      ? [
          {
            action: "cloudformation:TagResource",
            resource,
            context: { ...tags, "cloudformation:CreateAction": "CreateChangeSet" },
          },
        ]
      : []),
    ...passed(input),
    ...template(input, caller, looked),
  ];
};

export const CLOUDFORMATION: Asks = {
  DescribeStacks: on("DescribeStacks"),
  DescribeStackEvents: on("DescribeStackEvents"),
  ListChangeSets: on("ListChangeSets"),
  GetTemplate: on("GetTemplate"),
  DescribeChangeSet: onSet("DescribeChangeSet"),
  DeleteChangeSet: onSet("DeleteChangeSet"),
  ExecuteChangeSet: onSet("ExecuteChangeSet"),
  UpdateTerminationProtection: on("UpdateTerminationProtection"),
  CreateChangeSet: createChangeSet,
  ContinueUpdateRollback: (input, caller, looked) => [
    ...(on("ContinueUpdateRollback", () => context({ "cloudformation:RoleArn": said(input, "RoleARN") }))?.(
      input,
      caller,
      looked,
    ) ?? []),
    ...passed(input),
  ],
  DeleteStack: (input, caller, looked) => [
    ...(on("DeleteStack", () => context({ "cloudformation:RoleArn": said(input, "RoleARN") }))?.(
      input,
      caller,
      looked,
    ) ?? []),
    ...passed(input),
  ],
  ValidateTemplate: (input, caller, looked) => [
    { action: "cloudformation:ValidateTemplate", resource: "*" },
    ...template(input, caller, looked),
  ],
};
