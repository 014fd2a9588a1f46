import { partition } from "../../components/names";
import { map, text } from "../../packages/iam/src/json";
import { service, session } from "../../packages/iam/src/policy/principals";
import { after, arn, named } from "./physicalNames";
import { on } from "./requests";
import type { DeployedResource, DeployedStack, LaterCalls, Service } from "./types";

const SCHEDULER = "scheduler.amazonaws.com";
const GUIDE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/";

const schedule = named("Name");
const scheduleArn = arn("scheduler", after("schedule/default/", schedule));

/** For which schedules Scheduler takes a role. */
const source = ({ account, region }: DeployedStack) => ({
  "aws:SourceAccount": account,
  "aws:SourceArn": `arn:${partition(region)}:scheduler:${region}:${account}:schedule-group/default`,
});

/** Scheduler takes the role, and calls the function with it. */
function calls({ logicalId, properties }: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const target = map(properties["Target"]);
  const [roleArn, called] = [text(target, "RoleArn") ?? "", text(target, "Arn") ?? ""];
  return [
    {
      when: "in use",
      principal: service(SCHEDULER),
      asked: on(roleArn, ["sts:AssumeRole"], source(stack)),
      why: `Scheduler takes the role of ${logicalId}`,
      source: `${GUIDE}setting-up.html#setting-up-execution-role`,
    },
    {
      when: "in use",
      principal: session(roleArn, "schedule"),
      asked: on(called, ["lambda:InvokeFunction"]),
      why: `Scheduler calls what ${logicalId} is for`,
      source: `${GUIDE}managing-targets-templated.html`,
    },
  ];
}

export const scheduler: Service = {
  file: "scheduler",
  cloudFormation: {
    "AWS::Scheduler::Schedule": {
      createOnly: ["Name"],
      ref: schedule,
      attributes: { Arn: scheduleArn },
      title: schedule,
      runs: true,
      arn: scheduleArn,
      carries: "nothing",
      refused: ["KmsKeyArn"],
      handlers: {
        create: { scheduler: "CreateSchedule GetSchedule", iam: "PassRole" },
        read: { scheduler: "GetSchedule" },
        update: { scheduler: "UpdateSchedule GetSchedule", iam: "PassRole" },
        delete: { scheduler: "DeleteSchedule GetSchedule" },
      },
      // A schedule has no tags: its group has them.
      asked: ({ resource }, _, action) =>
        action.startsWith("scheduler:") ? on(resource.arn, [action]) : undefined,
      passes: [["Target.RoleArn", SCHEDULER]],
      later: calls,
      meantFor: { uses: ["scheduler"], functions: true },
    },
  },
  prefix: "scheduler",
  takes: { [SCHEDULER]: source },
};
