import { type Action, actionsOf, projectOf } from "../../../rehearsal/record/pipelines";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { pasted } from "../../../rehearsal/rules/pasted";
import { artifactStores, projectKeys, projects } from "../../../rehearsal/rules/projects";
import { action, breaks, configuration, first, inputs, one } from "../sample";
import { list, map, type Values } from "../../../packages/iam/src/json";

const PROJECT = "aws:codebuild/project:Project";
const pipeline = (record: Rehearsed): Resource => first(record, "aws:codepipeline/pipeline:Pipeline");
const isLeaf = (each: Values): boolean => each["provider"] === "CodeBuild" && each["namespace"] === undefined;
function leaf(record: Rehearsed): { action: Action; project: Resource; where: string } {
  const found = actionsOf(pipeline(record)).find(
    (each) => each.provider === "CodeBuild" && each.namespace === undefined,
  );
  const project = found && projectOf(record, pipeline(record), found);
  if (!project) throw new Error("the pipeline has no action without a namespace");
  return { action: found, project, where: `action ${found.name} of stage ${found.stage}` };
}
/** Every action that runs a project, as findings name it. */
const runs = (record: Rehearsed, project: Resource): string[] =>
  actionsOf(pipeline(record))
    .filter((each) => projectOf(record, pipeline(record), each) === project)
    .map(({ name, stage }) => `action ${name} of stage ${stage}`);
const store = (change: (store: Values) => Values) => (resource: Resource) =>
  inputs({ artifactStores: list(resource.inputs["artifactStores"]).map((each) => change(map(each))) })(
    resource,
  );

describe("rules/projects", () => {
  breaks(projects, "a project that does not exist", (record) =>
    one(
      pipeline(record),
      action(isLeaf, configuration({ ProjectName: "nothing" })),
      `${leaf(record).where}: project nothing does not exist in account ${record[0]?.account}`,
    ),
  );
  breaks(projects, "a pipeline that does not wait for a project", (record) => {
    const { project } = leaf(record);
    const waiting = record[0]?.resources.filter(({ dependsOn }) => dependsOn.includes(project.urn)) ?? [];
    return {
      // Also what the pipeline depends on may not wait for the project: it would wait along.
      changes: waiting.map((each) => [
        each,
        (one) => ({ ...one, dependsOn: one.dependsOn.filter((urn) => urn !== project.urn) }),
      ]),
      found: runs(record, project).map(
        (where) =>
          [pipeline(record), `${where}: the pipeline does not depend on project ${project.name}`] as const,
      ),
    };
  });
  breaks(projects, "a project that takes its source from elsewhere", (record) => {
    const { project } = leaf(record);
    const source = { ...map(project.inputs["source"]), type: "NO_SOURCE" };
    return {
      changes: [[project, inputs({ source })]],
      found: runs(record, project).map(
        (where) =>
          [
            pipeline(record),
            `${where}: project ${project.name} has source NO_SOURCE, not CODEPIPELINE`,
          ] as const,
      ),
    };
  });
  breaks(projects, "a buildspec that is not YAML", (record) => {
    const { project } = leaf(record);
    const source = { ...map(project.inputs["source"]), buildspec: "version: [" };
    return {
      changes: [[project, inputs({ source })]],
      found: runs(record, project).map(
        (where) =>
          [pipeline(record), `${where}: the buildspec of project ${project.name} is not YAML`] as const,
      ),
    };
  });
  const variables = (title: string, given: string, problem: string): void =>
    breaks(projects, title, (record) =>
      one(
        pipeline(record),
        action(isLeaf, configuration({ EnvironmentVariables: given })),
        `${leaf(record).where}: ${problem}`,
      ),
    );
  // Another rule, which comes before, can't tell what is pasted into them.
  for (const [title, given, problem] of [
    ["variables that are not JSON", "A=1", "EnvironmentVariables is not JSON"],
    ["variables that are a map", '{"A":"1"}', "EnvironmentVariables is not a JSON list"],
  ] as const)
    breaks(pasted, title, (record) => ({
      ...one(
        pipeline(record),
        action(isLeaf, configuration({ EnvironmentVariables: given })),
        `${leaf(record).where} has EnvironmentVariables that are no JSON list`,
      ),
      others: [[projects, pipeline(record), `${leaf(record).where}: ${problem}`]],
    }));
  variables(
    "a number as a variable's value",
    '[{"name":"A","value":1}]',
    'EnvironmentVariables has {"name":"A","value":1}, not a name and a value as text',
  );
  variables(
    "a variable that is given twice",
    '[{"name":"A","value":""},{"name":"A","value":""}]',
    "EnvironmentVariables has a name twice",
  );

  breaks(artifactStores, "a bucket that is not the stack's", (record) =>
    one(
      pipeline(record),
      store((each) => ({ ...each, location: "elsewhere" })),
      "its bucket elsewhere is not the bucket of one in this stack",
    ),
  );
  breaks(artifactStores, "a pipeline that does not wait for its bucket", (record) => {
    const bucket = first(record, "aws:s3/bucket:Bucket", ({ outputs }) =>
      list(pipeline(record).inputs["artifactStores"]).some(
        (each) => map(each)["location"] === outputs["bucket"],
      ),
    );
    // What it depends on waits for the bucket as well, and it would do so by that.
    const others = record[0]?.resources.filter(({ dependsOn }) => dependsOn.includes(bucket.urn)) ?? [];
    const without = (each: Resource): Resource => ({
      ...each,
      dependsOn: each.dependsOn.filter((urn) => urn !== bucket.urn),
    });
    const attached = others.filter(({ type }) => type.startsWith("aws:s3/"));
    const changed = others.filter((each) => !attached.includes(each));
    return {
      changes: changed.map((each) => [
        each,
        each.urn === pipeline(record).urn
          ? (one) => ({
              ...without(one),
              dependsOn: without(one).dependsOn.filter((urn) => !attached.some((a) => a.urn === urn)),
            })
          : without,
      ]),
      found: [[pipeline(record), `it does not depend on its bucket ${bucket.name}`]],
    };
  });
  breaks(artifactStores, "a store without a key", (record) =>
    one(
      pipeline(record),
      store((each) => ({ ...each, encryptionKey: undefined })),
      "its encryption key undefined is not the arn of one in this stack",
    ),
  );
  breaks(artifactStores, "a pipeline without a store", (record) => ({
    changes: [[pipeline(record), inputs({ artifactStores: undefined })]],
    found: [
      [pipeline(record), "its bucket undefined is not the bucket of one in this stack"],
      [pipeline(record), "its encryption key undefined is not the arn of one in this stack"],
    ],
  }));
  breaks(projectKeys, "a project under AWS's own key", (record) => {
    const { project } = leaf(record);
    const [artifacts] = list(pipeline(record).inputs["artifactStores"]).map(map);
    const key = String(map(artifacts?.["encryptionKey"])["id"]);
    return one(
      project,
      inputs({ encryptionKey: undefined }),
      `its encryptionKey is undefined, that of pipeline ${pipeline(record).name} ${key}`,
    );
  });
  breaks(projectKeys, "every project that a pipeline runs is looked at, and only once", (record) => {
    const all = record[0]?.resources.filter(({ type }) => type === PROJECT) ?? [];
    const used = actionsOf(pipeline(record)).flatMap(
      (each) => projectOf(record, pipeline(record), each) ?? [],
    );
    const [artifacts] = list(pipeline(record).inputs["artifactStores"]).map(map);
    const key = String(map(artifacts?.["encryptionKey"])["id"]);
    return {
      changes: all.map((project) => [project, inputs({ encryptionKey: "alias/aws/s3" })]),
      found: [...new Set(used)].map(
        (project) =>
          [
            project,
            `its encryptionKey is alias/aws/s3, that of pipeline ${pipeline(record).name} ${key}`,
          ] as const,
      ),
    };
  });
});
