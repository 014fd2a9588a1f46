import { arn } from "../names";
import { allow, type Statement } from "../policies";
import type { WorkloadSite } from "./workload";

/** The tag that every change set puts on all that it makes; HTTP APIs have ids, so nothing else tells them apart. */
const WORKLOAD_TAG = "delivery:workload";

/** What CloudFormation may do to make and change the workload's own HTTP API. Pure. */
export function httpApiStatements({ scope, name }: WorkloadSite): Statement[] {
  const api = (path: string) => arn(scope, "apigateway", "", path);
  const request = { StringEquals: { [`aws:RequestTag/${WORKLOAD_TAG}`]: name } };
  const resource = { StringEquals: { [`aws:ResourceTag/${WORKLOAD_TAG}`]: name } };
  return [
    allow("CreateApi", ["apigateway:POST"], [api("/apis")], request),
    allow(
      "ManageApi",
      [
        "apigateway:DELETE",
        "apigateway:GET",
        "apigateway:PATCH",
        "apigateway:POST",
        "apigateway:PUT",
        "apigateway:TagResource", // of stages; CloudFormation's schema has it, IAM's reference has not
        "apigateway:UntagResource",
      ],
      [api("/apis/*")],
      resource,
    ),
    // Tags are written through a path of their own, where AWS tells nothing of the API: ours can be put on another's.
    allow("TagApi", ["apigateway:POST", "apigateway:PUT"], [api("/tags/*")], request),
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
