/** What is still to be done by people, once all stacks are up. Pure. */
import { cloneUrl } from "../../components/pipeline/source";
import type { ToolingSettings } from "../../stacks/settings/model";
import { consoleOf } from "../aws/connections";
import type { Part } from "../delivery";

import { logicalName } from "../format";
import { changedPipelines } from "../runs";
import type { Outcome } from "../stackRuns";

const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription::";

/** Addresses that SNS has just asked: their names in the program end with them. */
const asked = (outcomes: readonly Outcome[]): string[] => [
  ...new Set(
    outcomes
      .flatMap(({ ledger }) => ledger.changes)
      .filter(({ op, urn }) => (op === "create" || op === "replace") && urn.includes(SUBSCRIPTION))
      .flatMap(({ urn }) => {
        const name = logicalName(urn);
        const at = name.indexOf("--");
        return at < 0 ? [] : [name.slice(at + 2)];
      }),
  ),
];

const CHATS = /::aws:chatbot\/(slack|teams)ChannelConfiguration:.*--([^-]+(?:-[^-]+)*)$/;

/** Chats that were just made: nobody is told there before the channel has let Amazon Q Developer in. */
const invited = (outcomes: readonly Outcome[]): string[] =>
  outcomes
    .flatMap(({ ledger }) => ledger.changes)
    .filter(({ op }) => op === "create" || op === "replace")
    .flatMap(({ urn }) => {
      const [, kind, chat] = CHATS.exec(urn) ?? [];
      const how =
        kind === "slack" ? "/invite @Amazon Q in its channel" : "add Amazon Q Developer to its team";
      return chat === undefined ? [] : [`  let Amazon Q Developer into chat ${chat}: ${how} (docs/chat.md)`];
    });

/** The next steps, a line each: first releases, mails to confirm, where to look. */
export function nextSteps(tooling: readonly Part<ToolingSettings>[], outcomes: readonly Outcome[]): string[] {
  const made = changedPipelines(
    outcomes.flatMap(({ ledger }) => ledger.changes.filter(({ op }) => op === "create")),
  );
  const pipelines = tooling.flatMap(({ settings }) =>
    settings.pipelines.map((pipeline) => ({ pipeline, settings })),
  );
  const first = pipelines
    .filter(({ pipeline }) => made.includes(pipeline.id.name))
    .map(({ pipeline: { id, source }, settings: { scope } }) =>
      source.kind === "codecommit"
        ? `  release ${id.name} for the first time: git push ${cloneUrl(scope, source)} HEAD:${source.branch}`
        : `  release ${id.name} for the first time: push to branch ${source.branch} of ${source.repository}`,
    );
  const mails = asked(outcomes);
  const confirm =
    mails.length === 0
      ? []
      : [`  confirm the mail from AWS Notifications, or none will follow: ${mails.join(", ")}`];
  const pages = pipelines.map(
    ({ pipeline: { id }, settings: { scope } }) =>
      `  ${id.name} in the console: ${consoleOf(scope.region)}/codesuite/codepipeline/pipelines/${id.name}/view?region=${scope.region}`,
  );
  const lines = [...first, ...confirm, ...invited(outcomes), ...pages];
  return lines.length === 0 ? [] : ["Next:", ...lines, "  npm run status shows what runs where"];
}
