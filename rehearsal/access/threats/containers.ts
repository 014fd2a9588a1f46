import { as } from "./cast";
import { type Change, replaced, withoutCondition } from "./change";
import { carriedOut } from "./execution";
import { arnIn } from "./pairs";
import { listenerOf, onPlatform, serviceOf } from "./platform";
import { type Attack, call, PLAIN_SERVICE, stopped } from "./scene";

const TAG = "delivery:workload";
/** What AWS says of who made something at a load balancer. */
const tagged = (name: string) => ({ [`aws:ResourceTag/${TAG}`]: name });
const tagging = (name: string) => ({ [`aws:RequestTag/${TAG}`]: name });

/** Services and what they stand behind, of others in the same account. */
export const CONTAINERS: readonly Attack[] = [
  {
    id: "anothers-service-stopped",
    title: "A template scales another team's service to nothing",
    scene: onPlatform((facts, last) => ({
      story:
        "All services of the environment run in one cluster. A poisoned template that imports another " +
        "team's service and sets its count to 0 takes it off the air, and the audit log names a release of " +
        "ours. Services have names, and the execution role's end with the workload's and a hyphen.",
      steps: [
        carriedOut(last),
        stopped(as(last.execution), "ecs:UpdateService", serviceOf(facts, last, "payroll-Api"), {
          absent: ["ecs:task-definition", ...PLAIN_SERVICE],
        }),
      ],
      change: replaced({ policyOf: last.execution }, "RunTasks", "for every service of the cluster", {
        Resource: [serviceOf(facts, last, "*")],
      }),
    })),
  },
  {
    id: "anothers-rule-rewritten",
    title: "A template sends another team's requests to its own tasks",
    scene: onPlatform((facts, last) => ({
      story:
        "One load balancer serves all teams, each by a rule. A poisoned template rewrites another's rule, so " +
        "that its log-ins arrive at tasks of ours, which say 'wrong password' and keep it. Rules have ids for " +
        "names; what tells them apart is the tag of the workload that made them.",
      steps: [
        carriedOut(last),
        stopped(
          as(last.execution),
          "elasticloadbalancing:ModifyRule",
          `${listenerOf(facts, last).replace(":listener/", ":listener-rule/")}/0f1e2d3c4b5a6978`,
          { context: tagged("payroll") },
        ),
      ],
      change: withoutCondition({ policyOf: last.execution }, "ManageRules"),
    })),
  },
  {
    id: "rule-on-anothers-listener",
    title: "A template puts a rule into another load balancer",
    scene: onPlatform((facts, last) => ({
      story:
        "A rule of one's own may be made, so a poisoned template makes one: in the listener of the company's " +
        "internal load balancer in the same account, before all others, for every path. The rule would carry " +
        "the right tag. The execution role makes rules in the one listener that the environment has.",
      steps: [
        carriedOut(last),
        stopped(
          as(last.execution),
          "elasticloadbalancing:CreateRule",
          arnIn(
            facts,
            "elasticloadbalancing",
            last.account,
            "listener/app/internal/0123456789abcdef/fedcba9876543210",
          ),
          { context: tagging(last.stackName) },
        ),
      ],
      change: replaced({ policyOf: last.execution }, "CreateRule", "for every listener of the account", {
        Resource: [arnIn(facts, "elasticloadbalancing", last.account, "listener/app/*")],
      }),
    })),
  },
  {
    id: "anothers-target-group-adopted",
    title: "A template puts its own tag on another team's target group, and deletes it",
    scene: onPlatform((facts, last) => {
      const theirs = arnIn(
        facts,
        "elasticloadbalancing",
        last.account,
        "targetgroup/payroll/0123456789abcdef",
      );
      const change: Change = {
        at: { policyOf: last.execution },
        sid: "TagWhatIsMade",
        words: "without its condition that the thing is only being made",
        to: (statement) => ({ ...statement, Condition: { StringEquals: tagging(last.stackName) } }),
      };
      return {
        story:
          "If a tag is all that tells ours from theirs, why not put ours on theirs? A poisoned template tags " +
          "another team's target group as its own and deletes it a moment later, by the book. Load balancing " +
          "says whether a tag comes with the making of a thing; the workload's tag may come with nothing else.",
        steps: [
          carriedOut(last),
          stopped(as(last.execution), "elasticloadbalancing:AddTags", theirs, {
            context: { ...tagging(last.stackName), ...tagged("payroll") },
            absent: ["elasticloadbalancing:CreateAction"],
          }),
          call(as(last.execution), "elasticloadbalancing:DeleteTargetGroup", theirs, {
            context: tagged(last.stackName),
          }),
        ],
        change,
      };
    }),
  },
];
