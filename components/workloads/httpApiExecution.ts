import { arn, WORKLOAD_TAG } from "../names";
import { allow, deny, type Statement } from "../policies";
import { logGroups } from "./storageExecution";
import type { WorkloadSite } from "./workload";

const MANAGE = [
  "apigateway:DELETE",
  "apigateway:GET",
  "apigateway:PATCH",
  "apigateway:POST",
  "apigateway:PUT",
  "apigateway:TagResource", // of stages; CloudFormation's schema has it, IAM's reference has not
  "apigateway:UntagResource",
];

/** What CloudFormation may do to make and change the workload's own HTTP API, by its tag: such APIs have ids. Pure. */
export function httpApiStatements(site: WorkloadSite): Statement[] {
  const { scope, name } = site;
  const api = (path: string) => arn(scope, "apigateway", "", path);
  const request = { StringEquals: { [`aws:RequestTag/${WORKLOAD_TAG}`]: name } };
  const own = { [`aws:ResourceTag/${WORKLOAD_TAG}`]: name };
  const logging = "apigateway:Request/AccessLoggingDestination";
  return [
    allow("CreateApi", ["apigateway:POST"], [api("/apis")], request),
    allow("ManageApi", MANAGE, [api("/apis/*")], { StringEquals: own }),
    // Whether routes, integrations and stages have their API's tag, two of AWS's pages say differently: the reference lists
    // the key for them, https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
    // promises it for REST APIs alone. Where the tag is said, another workload's API stays closed below it, too.
    allow("ManagePartsOfApi", MANAGE, [api("/apis/*/*")], { StringEqualsIfExists: own }),
    // API Gateway delivers access logs to whichever log group of the account a stage names.
    deny("LogToOwnGroups", ["apigateway:PATCH", "apigateway:POST"], [api("/apis/*")], {
      StringNotLike: { [logging]: logGroups(site, ["/aws/lambda/", ""]) },
      Null: { [logging]: "false" },
    }),
    // Tags are written through a path of their own, where AWS tells nothing of the API: ours can be put on another's. For an
    // API that is made with tags, AWS has asked on an ARN within an ARN, and nothing says that it no longer does:
    // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/997
    allow("TagApi", ["apigateway:POST", "apigateway:PUT"], [api("/tags/*"), api(api("/tags/*"))], request),
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html: these know no resource.
    allow(
      "DeliverApiLogs",
      [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ],
      ["*"],
    ),
  ];
}
