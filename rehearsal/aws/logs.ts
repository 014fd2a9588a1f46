import { named as mockNamed, oneOf } from "./mockRows";
import { after, arn, generatedName, logGroupArn, named, property } from "./physicalNames";
import type { Service } from "./types";

const logGroup = named("LogGroupName");
const groupAttribute = arn("logs", after("log-group:", logGroup, ":*"));
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const logs: Service = {
  file: "logs",
  cloudFormation: {
    "AWS::Logs::LogGroup": {
      createOnly: ["LogGroupName"],
      ref: logGroup,
      attributes: { Arn: groupAttribute },
      title: logGroup,
      runs: false,
      arn: (site, resource) => logGroupArn(groupAttribute(site, resource)),
      carries: { guards: "logGroup" },
      refused: ["ResourcePolicyDocument"],
      handlers: {
        create: {
          logs: `DescribeLogGroups CreateLogGroup PutRetentionPolicy TagResource GetDataProtectionPolicy
          PutDataProtectionPolicy CreateLogDelivery PutResourcePolicy DescribeResourcePolicies
          PutIndexPolicy DescribeIndexPolicies PutBearerTokenAuthentication`,
          s3: "REST.PUT.OBJECT",
          firehose: "TagDeliveryStream",
        },
        read: {
          logs: `DescribeLogGroups ListTagsForResource GetDataProtectionPolicy DescribeIndexPolicies
          DescribeResourcePolicies`,
        },
        update: {
          logs: `DescribeLogGroups AssociateKmsKey DisassociateKmsKey PutRetentionPolicy
          DeleteRetentionPolicy TagResource UntagResource ListTagsForResource GetDataProtectionPolicy
          PutDataProtectionPolicy CreateLogDelivery PutIndexPolicy DeleteIndexPolicy PutResourcePolicy
          DescribeResourcePolicies DeleteResourcePolicy PutLogGroupDeletionProtection
          PutBearerTokenAuthentication`,
          s3: "REST.PUT.OBJECT",
          firehose: "TagDeliveryStream",
        },
        delete: { logs: "DescribeLogGroups DeleteLogGroup DeleteDataProtectionPolicy" },
        tagging: { logs: "TagResource UntagResource ListTagsForResource" },
      },
      conditions: [
        {
          why: "without it logs are kept for good",
          when: "RetentionInDays",
          actions: "logs:PutRetentionPolicy logs:DeleteRetentionPolicy",
        },
        {
          why: "data protection, and where its findings go",
          when: "DataProtectionPolicy",
          actions: `logs:PutDataProtectionPolicy logs:DeleteDataProtectionPolicy logs:CreateLogDelivery
          s3:REST.PUT.OBJECT firehose:TagDeliveryStream`,
        },
        {
          why: "a policy of the group's own",
          when: "ResourcePolicyDocument",
          actions: "logs:PutResourcePolicy logs:DeleteResourcePolicy",
        },
        {
          why: "indexed fields",
          when: "FieldIndexPolicies",
          actions: "logs:PutIndexPolicy logs:DeleteIndexPolicy",
        },
        {
          why: "a key of one's own",
          when: "KmsKeyId",
          actions: "logs:AssociateKmsKey logs:DisassociateKmsKey",
        },
        {
          why: "deletion protection",
          when: "DeletionProtectionEnabled",
          actions: "logs:PutLogGroupDeletionProtection",
        },
        {
          why: "ingestion by bearer token",
          when: "BearerTokenAuthenticationEnabled",
          actions: "logs:PutBearerTokenAuthentication",
        },
      ],
      meantFor: "every kind",
    },
    "AWS::Logs::MetricFilter": {
      createOnly: ["FilterName", "LogGroupName"],
      ref: property("FilterName", generatedName),
      attributes: {},
      runs: false,
      arn: arn("logs", after("log-group:", property("LogGroupName"))),
      carries: "nothing",
      handlers: {
        create: { logs: "PutMetricFilter DescribeMetricFilters" },
        read: { logs: "DescribeMetricFilters" },
        update: { logs: "PutMetricFilter DescribeMetricFilters" },
        delete: { logs: "DeleteMetricFilter" },
      },

      meantFor: "none",
    },
  },
  pulumi: {
    "aws:cloudwatch/logGroup:LogGroup": {
      answer: mockNamed("name", "logs", (name) => `log-group:${name}`),
      carries: { guards: { attached: "logGroup", named: (arn) => arn } },
      limits: [oneOf("retentionInDays", [0, ...RETENTION])],
    },
  },
  onNothing: [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeIndexPolicies",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DeleteResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
};
