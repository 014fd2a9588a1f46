import { holderOf } from "./cast";
import { replaced } from "./change";
import { approved, arnIn, logOf } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** Those who have one of the policies for people, and want the other. */
export const PEOPLE: readonly Attack[] = [
  {
    id: "approver-starts",
    title: "An approver starts a run of a commit of his own and approves it",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      const approver = holderOf(facts, last.approver);
      return {
        story:
          `Whoever approves for ${last.name} could just as well choose what is approved: start the ` +
          "pipeline with a commit from any branch, and answer yes. Four eyes would be two. Approvers " +
          "watch and answer, and starting is the operator's.",
        steps: [
          call(approver, "codepipeline:PutApprovalResult", last.approval),
          stopped(approver, "codepipeline:StartPipelineExecution", facts.main.arn),
        ],
        change: replaced({ managed: last.approver }, "WatchPipeline", "with every action of CodePipeline", {
          Action: ["codepipeline:*"],
        }),
      };
    },
  },
  {
    id: "operator-approves",
    title: "An operator approves what she has started",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      const operator = holderOf(facts, facts.main.operator);
      return {
        story:
          "An operator may start any commit, retry, and roll back. With one more action she would not " +
          `need anybody: she would answer the approval for ${last.name} herself. She has rights on ` +
          "stages of the pipeline, even by a wildcard; answering is not among them.",
        steps: [
          call(operator, "codepipeline:StartPipelineExecution", facts.main.arn),
          stopped(operator, "codepipeline:PutApprovalResult", last.approval),
        ],
        change: replaced(
          { managed: facts.main.operator },
          "RetryAndRollBack",
          "with every action of CodePipeline",
          {
            Action: ["codepipeline:*"],
          },
        ),
      };
    },
  },
  {
    id: "approver-rolls-back",
    title: "An approver rolls the environment back without asking",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `A roll-back asks nobody. An approver who dislikes what ${last.name} runs could go back to ` +
          "last month's version, with last month's holes, on his own. His right is on one action of one " +
          "stage, the question itself.",
        steps: [stopped(holderOf(facts, last.approver), "codepipeline:RollbackStage", last.stage)],
        change: replaced(
          { managed: last.approver },
          "Approve",
          "with every action of CodePipeline on all stages",
          { Action: ["codepipeline:*"], Resource: [`${facts.main.arn}/*`] },
        ),
      };
    },
  },
  {
    id: "approver-of-one-approves-another",
    title: "The approver of one environment approves for another",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      const first = facts.main.environments.find(
        ({ name, approver }) => approver !== undefined && name !== last.name,
      );
      if (first?.approver === undefined) return { lacks: "two environments with approvals" };
      return {
        story:
          `Many people approve for ${first.name}, few for ${last.name}. One of the many opens the other ` +
          "question, where the button is the same, and says yes. The policy names stage and action, and " +
          "so the environment.",
        steps: [stopped(holderOf(facts, first.approver), "codepipeline:PutApprovalResult", last.approval)],
        change: replaced({ managed: first.approver }, "Approve", "for every approval of the pipeline", {
          Resource: [`${facts.main.arn}/*`],
        }),
      };
    },
  },
  {
    id: "operator-starts-another-pipeline",
    title: "An operator starts another team's pipeline",
    scene: (facts) => {
      const operator = holderOf(facts, facts.main.operator);
      return {
        story:
          "An operator of this pipeline starts another team's with a commit of an abandoned branch, " +
          "where the old hole is still open. Whether by mistake or not: the policy names one pipeline.",
        steps: [
          stopped(
            operator,
            "codepipeline:StartPipelineExecution",
            facts.other?.arn ?? `${facts.main.arn}-payroll`,
          ),
        ],
        change: replaced({ managed: facts.main.operator }, "StartAndStop", "for every pipeline", {
          Resource: [arnIn(facts, "codepipeline", facts.tooling, "*")],
        }),
      };
    },
  },
  {
    id: "approver-reads-build-logs",
    title: "An approver reads the log of a build",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      const approver = holderOf(facts, last.approver);
      return {
        story:
          `Whoever approves for ${last.name} reads what Plan says, and could be anybody of the business. Build runs ` +
          "the repository's own scripts, and whatever these print is in its log: a token, when somebody was careless. " +
          "Approvers read the log of their environment's plan job.",
        steps: [
          call(approver, "codepipeline:GetPipelineState", facts.main.arn),
          stopped(approver, "logs:GetLogEvents", logOf(facts, facts.main.build)),
        ],
        change: replaced({ managed: last.approver }, "ReadPlanLog", "for the logs of every job", {
          Resource: [arnIn(facts, "logs", facts.tooling, "log-group:/aws/codebuild/*")],
        }),
      };
    },
  },
];
