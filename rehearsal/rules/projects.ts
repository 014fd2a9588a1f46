import { exportedVariables, pipelines, projectOf } from "../record/pipelines";
import { before, ofType, type Rehearsed, type Resource } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { list, map, text } from "../../packages/iam/src/json";

const runOf = (record: Rehearsed, resource: Resource) => record.find(({ stack }) => stack === resource.stack);

const dependsOn = (record: Rehearsed, resource: Resource, on: Resource): boolean => {
  const run = runOf(record, resource);
  return run !== undefined && before(run, resource).has(on.urn);
};

/** Every CodeBuild action, with the project that it names where there is one. */
const builds = (record: Rehearsed) =>
  pipelines(record).flatMap(({ resource, actions }) =>
    actions
      .filter(({ provider }) => provider === "CodeBuild")
      .map((action) => ({ resource, action, project: projectOf(record, resource, action) })),
  );

/** The run's variables come as JSON in one configuration value. */
function variableProblems(given: string | undefined): string[] {
  if (given === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch {
    return ["EnvironmentVariables is not JSON"];
  }
  if (!Array.isArray(parsed)) return ["EnvironmentVariables is not a JSON list"];
  const names = parsed.map((each) => map(each)["name"]);
  const wrong = parsed
    .map(map)
    .filter(({ name, value }) => typeof name !== "string" || typeof value !== "string");
  return [
    ...wrong.map(
      (each) => `EnvironmentVariables has ${JSON.stringify(each)}, not a name and a value as text`,
    ),
    ...(new Set(names).size === names.length ? [] : ["EnvironmentVariables has a name twice"]),
  ];
}

/** CodePipeline does not look for the project before it runs it. */
export const projects: Rule = {
  id: "project",
  title:
    "a CodeBuild action runs a project that exists, is made for pipelines, and is there before the pipeline",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html",
  judge: (record) =>
    judgeEach(builds(record), ({ resource, action, project }) => {
      const found = variableProblems(action.configuration["EnvironmentVariables"]);
      if (!project) {
        found.push(
          `project ${action.configuration["ProjectName"]} does not exist in account ${resource.account}`,
        );
      } else {
        if (!dependsOn(record, resource, project))
          found.push(`the pipeline does not depend on project ${project.name}`);
        const type = map(project.inputs["source"])["type"];
        if (type !== "CODEPIPELINE")
          found.push(`project ${project.name} has source ${String(type)}, not CODEPIPELINE`);
        if (exportedVariables(project) === undefined)
          found.push(`the buildspec of project ${project.name} is not YAML`);
      }
      return found.map((problem) => `action ${action.name} of stage ${action.stage}: ${problem}`);
    }),
};

/** An alias would be looked up in the account of each action, and AWS's own key cannot be used from another account. */
export const artifactStores: Rule = {
  id: "artifact-store",
  title: "artifacts are in a bucket of the pipeline's stack, under a customer key that is given by its ARN",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html",
  judge: (record) => {
    const stores = pipelines(record).flatMap(({ resource }) => {
      const all = list(resource.inputs["artifactStores"]).map(map);
      return (all.length > 0 ? all : [{}]).map((store) => ({ resource, store: map(store) }));
    });
    return judgeEach(stores, ({ resource, store }) => {
      const found: string[] = [];
      for (const [what, type, output, value] of [
        ["bucket", "aws:s3/bucket:Bucket", "bucket", store["location"]],
        ["encryption key", "aws:kms/key:Key", "arn", map(store["encryptionKey"])["id"]],
      ] as const) {
        const made = ofType(record, type).find(
          (each) => each.stack === resource.stack && each.outputs[output] === value,
        );
        if (!made) found.push(`its ${what} ${String(value)} is not the ${output} of one in this stack`);
        else if (!dependsOn(record, resource, made))
          found.push(`it does not depend on its ${what} ${made.name}`);
      }
      return found;
    });
  },
};

/** CodeBuild ignores the pipeline's key, and would hand over what no other account can decrypt. */
export const projectKeys: Rule = {
  id: "project-key",
  title: "every project that a pipeline runs encrypts with the key of the pipeline's artifacts",
  source: "https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html",
  judge: (record) => {
    const pairs = builds(record).flatMap(({ resource, project }) => {
      const [store] = list(resource.inputs["artifactStores"]);
      const key = text(map(map(store)["encryptionKey"]), "id");
      return project ? [{ resource: project, pipeline: resource, key }] : [];
    });
    const once = pairs.filter(
      (pair, index) =>
        pairs.findIndex((each) => each.resource === pair.resource && each.pipeline === pair.pipeline) ===
        index,
    );
    return judgeEach(once, ({ resource, pipeline, key }) =>
      key === undefined || resource.inputs["encryptionKey"] === key // artifact-store finds a missing one
        ? []
        : [
            `its encryptionKey is ${String(resource.inputs["encryptionKey"])}, that of pipeline ${pipeline.name} ${key}`,
          ],
    );
  },
};
