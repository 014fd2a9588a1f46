/** Settings whose answers are kept: between them every kind of workload, source, account plan and option. */
import { CASES } from "../stacks/together.cases";

/** Titles of `tests/stacks/together.cases.ts`, by the folder that keeps their answers. */
export const SETS = {
  sample: "the sample",
  kinds: "every kind of workload over one store",
  uses: "functions, their branches and tasks that use further services",
  permissions: "functions, their branches and tasks that have permissions of their own",
  branches: "branches of a repository in CodeCommit, and behind a connection",
  previews: "previews in pull requests, and sources on GitHub",
  "pull-requests": "previews of pull requests in CodeCommit",
  "self-update": "a pipeline that brings the stacks up",
  waves: "waves, and environments that one pipeline changes",
  "code-alone": "code alone, to functions that other stacks own",
  "code-alone-ecs": "code alone, to services of ECS that other stacks own",
  "code-alone-instances": "code alone, to services of ECS on instances that other stacks own",
  "one-account": "functions in zips, in the one account",
  regions: "environments in three Regions",
  "region-images": "images in three Regions",
  "region-branches": "branches in another Region",
  replication: "kept releases and images in another Region",
  vpc: "a VPC",
  partition: "another project, Region and partition",
} as const satisfies Record<string, keyof typeof CASES>;

export type SetName = keyof typeof SETS;
