import { on } from "../../aws/requests";
import { service } from "../../../packages/iam/src/policy/principals";
import type { Rehearsed } from "../../record/record";
import { takenFor } from "../estate/branches";
import { type Call, calls, type Phase, type Place } from "./call";
import { codebuildCalls } from "./codebuildCalls";
import { type As, type JobSite, sitesOf } from "./jobSite";
import type { Row } from "./jobRow";
import { ROWS } from "./jobTable";
import { stepOf } from "./pipelineCalls";
import type { Job, Pipeline } from "../../record/inventory";

const PROFILE = "https://docs.aws.amazon.com/cli/latest/topic/config-vars.html#using-aws-iam-roles";
const TAGS =
  "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required";
const SERVICE_ROLE =
  "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html";

/** Where an approval comes first, Deploy makes its own change set only to roll back. */
function phaseOf({ job }: JobSite, { phase }: Row, as: As): Phase {
  if (phase !== undefined) return phase;
  if (job.kind === "cleanup") return "failure";
  if (job.kind === "branch-cleanup") return "deletion";
  return job.kind === "deploy" && as === "plan" && job.variables["APPROVAL"] === "true"
    ? "roll-back"
    : "every release";
}

/** What the commands of one job call, its roles' taking included. */
function commandCalls(site: JobSite, place: Place): Call[] {
  const { kind } = site.job;
  const profiles = new Set<As>();
  const made = ROWS.filter(({ code = site.code }) => code === site.code).flatMap((row) =>
    row.by
      .filter(([job]) => job === kind)
      .flatMap(([, as]) => {
        if (as !== "job") profiles.add(as);
        const at = { ...place, phase: phaseOf(site, row, as) };
        return calls(at, site.principal(as), row.asks(site), `${row.command} in ${row.script}`, row.source);
      }),
  );
  const takes = [...profiles].flatMap((as) =>
    calls(
      place,
      site.principal("job"),
      site.branch
        ? on(site.roleArn(as), ["sts:AssumeRole", "sts:TagSession"], takenFor(site.branch))
        : on(site.roleArn(as), ["sts:AssumeRole"]),
      `the job takes the ${as} role${site.branch ? " for the branch" : ""}`,
      site.branch ? TAGS : PROFILE,
    ),
  );
  const passed = made.filter(({ action, context }) => action === "iam:PassRole" && context !== undefined);
  const trusted = passed.flatMap(({ resource, context, phase }) =>
    calls(
      { ...place, phase },
      service(String(context?.["iam:PassedToService"])),
      on(resource, ["sts:AssumeRole"]),
      "CloudFormation takes the execution role",
      SERVICE_ROLE,
    ),
  );
  return [...takes, ...made, ...trusted];
}

/** Everything that a pipeline's jobs call, by CodeBuild and by their own commands. */
export function jobCalls(record: Rehearsed, pipeline: Pipeline): Call[] {
  const of = (job: Job, step: string): Call[] =>
    sitesOf(pipeline, job).flatMap((site) => {
      const phase =
        job.kind === "cleanup" ? "failure" : job.kind === "branch-cleanup" ? "deletion" : "every release";
      const place: Place = { pipeline: pipeline.name, environment: site.environment, phase, step };
      return [...codebuildCalls(record, pipeline, job, place), ...commandCalls(site, place)];
    });
  return pipeline.jobs.flatMap((job) => of(job, stepOf(job)));
}
