import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { map, text } from "../../../packages/iam/src/json";
import { arnOf } from "../../../rehearsal/access/estate/collect";
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";
import type { Artifacts } from "../artifacts";
import { type Aws, AwsError, type Session } from "../model";
import { type Buildspec, readBuildspec } from "./buildspec";
import { type Lookup, type Variable, variablesOf } from "./environment";
import { matching, unzip, zipped } from "./files";
import { nodeOnLambda, onLambda, programsOnLambda, refuseOnLambda } from "./lambdaCompute";
import { nodeFolder } from "./nodejs";
import { type PhaseResult, runPhases } from "./phases";
import { Shell } from "./shell";

/** What CodePipeline hands to a build, and where it wants what comes out. */
export interface Handed {
  readonly artifacts: Artifacts;
  /** Key of the input artifact, and what CodePipeline says that it is: a commit, or nothing. */
  readonly input: { readonly name: string; readonly key: string; readonly revision: string | undefined };
  readonly outputs: readonly { readonly name: string; readonly key: string }[];
}

export interface StartBuild {
  readonly projectName: string;
  readonly environmentVariablesOverride?: readonly Variable[];
  /** `codepipeline/catalog`, or who else has started it. */
  readonly initiator: string;
  /** Not given to a project without source. */
  readonly handed?: Handed;
  /** Commit that a project with a source of its own clones. */
  readonly sourceVersion?: string;
}

export interface Report {
  readonly group: string;
  readonly format: string;
  readonly files: readonly string[];
}

export interface Build {
  readonly id: string;
  readonly arn: string;
  readonly project: string;
  readonly number: number;
  readonly initiator: string;
  readonly session: Session;
  readonly startTime: Date;
  readonly logGroup: string;
  readonly logStream: string;
  /** File that holds its log. */
  readonly log: string;
  readonly variables: Readonly<Record<string, string>>;
  status: "IN_PROGRESS" | "SUCCEEDED" | "FAILED";
  phases: readonly PhaseResult[];
  /** Why it failed, where no phase says so. */
  message: string;
  exported: Readonly<Record<string, string>>;
  reports: readonly Report[];
  readonly ended: Promise<void>;
  /** Ends its container, with all that runs in it. */
  readonly kill: () => void;
}

export interface CodeBuildOptions {
  readonly record: Rehearsed;
  readonly aws: Pick<Aws, "session" | "ask" | "request">;
  /** Ignored folder of the project with what is installed once. */
  readonly tools: string;
  /** Folder that is first on PATH after a runtime's: what stands in for docker and sleep. */
  readonly bin: string;
  /** Bash's start file, which has the jobs' scripts note what they run. */
  readonly bashEnv?: string | undefined;
  /** Further variables of every container. */
  readonly env?: Readonly<Record<string, string>>;
  /** File for the log of a build. */
  readonly logFile: (project: string, number: number) => string;
  readonly lookup?: Lookup;
  /** Files of a commit in CodeCommit, by the project's location, as a zip. */
  readonly clone?: (location: string, commit: string) => Promise<Buffer>;
  /** Called when a build starts, before its first command. */
  readonly started?: (build: Build) => void;
}

const refuse: Lookup = (type, name) => {
  throw new Error(`no ${type} value is named ${name} here`);
};

/** CodeBuild over registered projects. */
export class CodeBuild {
  readonly #options: CodeBuildOptions;
  readonly builds = new Map<string, Build>();
  readonly #numbers = new Map<string, number>();

  constructor(options: CodeBuildOptions) {
    this.#options = options;
  }

  project(name: string): Resource {
    const found = ofType(this.#options.record, "aws:codebuild/project:Project").find(
      ({ outputs }) => outputs["name"] === name,
    );
    if (!found) throw new AwsError("ResourceNotFoundException", `Project cannot be found: ${name}`);
    return found;
  }

  /** Starts a build as somebody who may. */
  start(by: Session, asked: StartBuild): Build {
    const resource = arnOf(this.project(asked.projectName));
    this.#options.aws.ask(by, { action: "codebuild:StartBuild", resource });
    return this.begin(asked);
  }

  /** Starts a build for somebody of whom AWS knows already that they may. */
  begin(asked: StartBuild): Build {
    const project = this.project(asked.projectName);
    const { number, ...identity } = this.#identity(project);
    const roleArn = String(project.inputs["serviceRole"]);
    const session = this.#options.aws.session({
      roleArn,
      name: `AWSCodeBuild-${identity.logStream}`,
      by: { service: "codebuild.amazonaws.com", sourceArn: arnOf(project) },
    });
    const log = this.#options.logFile(asked.projectName, number);
    writeFileSync(log, "");
    let shell: Shell | undefined;
    let killed = false;
    const build: Build = {
      ...identity,
      number,
      session,
      log,
      project: asked.projectName,
      initiator: asked.initiator,
      startTime: new Date(),
      variables: Object.fromEntries(
        (asked.environmentVariablesOverride ?? []).map((each) => [each.name, each.value]),
      ),
      status: "IN_PROGRESS",
      phases: [],
      message: "",
      exported: {},
      reports: [],
      ended: Promise.resolve().then(() =>
        killed
          ? this.#gone(build)
          : this.#run(build, project, asked, (made) => {
              shell = made;
              if (killed) made.kill();
            }),
      ),
      kill: () => {
        killed = true;
        shell?.kill();
      },
    };
    this.builds.set(build.id, build);
    this.#options.started?.(build);
    return build;
  }

  #identity(project: Resource) {
    const name = String(project.outputs["name"]);
    const uuid = randomUUID();
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    const id = `${name}:${uuid}`;
    const group = text(map(map(project.inputs["logsConfig"])["cloudwatchLogs"]), "groupName");
    return {
      id,
      arn: arnOf(project).replace(/:project\/.*$/, `:build/${id}`),
      number,
      logGroup: group ?? `/aws/codebuild/${name}`,
      logStream: uuid,
    };
  }

  async #run(build: Build, project: Resource, asked: StartBuild, use: (shell: Shell) => void): Promise<void> {
    const place = mkdtempSync(join(tmpdir(), "delivery-build-"));
    const shell = { made: undefined as Shell | undefined };
    try {
      const spec = readBuildspec(text(map(project.inputs["source"]), "buildspec") ?? "");
      if (onLambda(project)) refuseOnLambda(project, spec);
      const source = join(place, "src");
      mkdirSync(source);
      if (asked.handed)
        unzip(await asked.handed.artifacts.read(build.session, asked.handed.input.key), source);
      else await this.#clone(build, project, asked, source);
      shell.made = new Shell({
        folder: join(place, "agent"),
        source,
        log: build.log,
        env: this.#environment(build, project, spec, asked, place),
      });
      use(shell.made);
      build.phases = await runPhases(shell.made, spec.phases);
      if (shell.made.killed) throw new Error("the container is gone");
      build.reports = this.#report(build, spec, source);
      await this.#upload(build, spec, source, asked);
      build.exported = exportedOf(spec, shell.made.variables);
    } catch (error) {
      build.message = error instanceof Error ? error.message : String(error);
      shell.made?.say(`Phase context status code: CLIENT_ERROR Message: ${build.message}`);
    } finally {
      await shell.made?.close();
      rmSync(place, { recursive: true, force: true });
      await this.#close(build);
    }
  }

  /** Clones as the job: https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html */
  async #clone(
    build: Build,
    project: Resource,
    { sourceVersion = "" }: StartBuild,
    to: string,
  ): Promise<void> {
    const { type, location } = map(project.inputs["source"]);
    if (type !== "CODECOMMIT") return;
    const [, , , region = "", account = ""] = build.arn.split(":");
    const resource = `arn:aws:codecommit:${region}:${account}:${String(location).split("/").at(-1)}`;
    this.#options.aws.ask(build.session, { action: "codecommit:GitPull", resource });
    if (!this.#options.clone) throw new Error(`nothing is cloned from ${String(location)} here`);
    unzip(await this.#options.clone(String(location), sourceVersion), to);
  }

  #gone(build: Build): Promise<void> {
    build.message = "the container is gone";
    return this.#close(build);
  }

  /** Its log is put where people and the clean-up read it, and what became of it is told. */
  async #close(build: Build): Promise<void> {
    const { logGroup, logStream, session } = build;
    try {
      await this.#putLog(build, session, logGroup, logStream);
    } catch (error) {
      build.message ||= `the log could not be written: ${String(error)}`;
    }
    // What a command ended with is told first: without it there is often nothing to upload.
    build.message = build.phases.find(({ status }) => status === "FAILED")?.message ?? build.message;
    build.status = build.message !== "" || build.phases.length === 0 ? "FAILED" : "SUCCEEDED";
  }

  async #putLog(build: Build, session: Session, logGroupName: string, logStreamName: string): Promise<void> {
    const [, , , region = "", account = ""] = build.arn.split(":");
    const resource = `${build.arn.split(":", 2).join(":")}:logs:${region}:${account}:log-group:${logGroupName}:log-stream:${logStreamName}`;
    const { ask, request } = this.#options.aws;
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) ask(session, { action, resource });
    await request(account, "logs", "CreateLogStream", { logGroupName, logStreamName });
    const timestamp = Date.now();
    const lines = readFileSync(build.log, "utf8").split("\n").slice(0, -1);
    // At most 10,000 events and 1,048,576 bytes are taken at once.
    for (let at = 0; at < lines.length; at += 200)
      await request(account, "logs", "PutLogEvents", {
        logGroupName,
        logStreamName,
        logEvents: lines.slice(at, at + 200).map((line) => ({ timestamp, message: `${line}\n` })),
      });
  }

  #environment(
    build: Build,
    project: Resource,
    spec: Buildspec,
    { environmentVariablesOverride = [], handed }: StartBuild,
    place: string,
  ): Record<string, string> {
    const [home, temporary] = [join(place, "home"), join(place, "tmp")];
    for (const folder of [home, temporary]) mkdirSync(folder);
    const { bin, tools, bashEnv, lookup = refuse } = this.#options;
    const { env } = build.session;
    const runtimes = Object.entries(spec.phases.install?.["runtime-versions"] ?? {}).map(
      ([name, version]) => {
        if (name !== "nodejs") throw new Error(`Unknown runtime named '${name}'`);
        return nodeFolder(version, tools);
      },
    );
    const lambda = onLambda(project);
    const node = lambda ? nodeOnLambda(project) : undefined;
    if (node !== undefined) runtimes.push(nodeFolder(node, tools));
    const machine = lambda
      ? [programsOnLambda(join(place, "bin"), project)]
      : ["/usr/local/bin:/usr/bin:/bin"];
    return {
      // On Lambda a job has its keys where every function has them: no page of AWS's says so of CodeBuild's.
      ...Object.fromEntries(
        Object.entries(env).filter(([name]) => !lambda || !name.startsWith("AWS_CONTAINER_")),
      ),
      ...(lambda ? build.session.keys : {}),
      LANG: "C.UTF-8",
      TMPDIR: temporary,
      // /root in AWS's containers, /tmp on Lambda; here nobody's own.
      HOME: lambda ? temporary : home,
      CI: "true",
      CODEBUILD_CI: "true",
      CODEBUILD_BUILD_ARN: build.arn,
      CODEBUILD_BUILD_ID: build.id,
      CODEBUILD_BUILD_IMAGE: String(map(project.inputs["environment"])["image"]),
      CODEBUILD_BUILD_NUMBER: String(build.number),
      CODEBUILD_INITIATOR: build.initiator,
      CODEBUILD_KMS_KEY_ID: String(project.inputs["encryptionKey"]),
      CODEBUILD_LOG_PATH: build.logStream,
      CODEBUILD_PROJECT_ARN: arnOf(project),
      CODEBUILD_SRC_DIR: join(place, "src"),
      CODEBUILD_START_TIME: String(build.startTime.getTime()),
      ...(handed?.input.revision !== undefined && {
        CODEBUILD_RESOLVED_SOURCE_VERSION: handed.input.revision,
        CODEBUILD_SOURCE_VERSION: `arn:aws:s3:::${handed.artifacts.bucket}/${handed.input.key}`,
      }),
      // They say which runtimes a container's image has.
      ...(lambda ? {} : this.#options.env),
      ...variablesOf(project, spec, environmentVariablesOverride, lookup),
      // Of the session's PATH only where its `aws` and `docker` are: nothing of this machine's own.
      PATH: [bin, ...runtimes, ...(lambda ? [] : [(env["PATH"] ?? "").split(":")[0]]), ...machine].join(":"),
      ...(bashEnv !== undefined && { BASH_ENV: bashEnv }),
    };
  }

  /** Reports are made of the files that are there, whatever became of the commands. */
  #report(build: Build, { reports }: Buildspec, source: string): Report[] {
    return Object.entries(reports).flatMap(([group, wanted]) => {
      let files: string[];
      try {
        files = [...matching(source, wanted).keys()];
      } catch {
        return [];
      }
      const put = /JUNIT|NUNIT|TESTNG|CUCUMBER|VISUALSTUDIO/i.test(wanted["file-format"])
        ? "codebuild:BatchPutTestCases"
        : "codebuild:BatchPutCodeCoverages";
      for (const action of ["codebuild:CreateReport", put, "codebuild:UpdateReport"])
        this.#options.aws.ask(build.session, { action, resource: group });
      return [{ group, format: wanted["file-format"], files }];
    });
  }

  /** The primary artifact is CodePipeline's first output, the others go by their names; their own names count elsewhere only. */
  async #upload(
    build: Build,
    { artifacts }: Buildspec,
    source: string,
    { handed }: StartBuild,
  ): Promise<void> {
    if (!handed || handed.outputs.length === 0) return;
    if (!artifacts) throw new Error("no artifacts are declared, and CodePipeline wants some");
    const [first, ...others] = handed.outputs;
    for (const { name, key } of first ? [first, ...others] : []) {
      const wanted = artifacts["secondary-artifacts"][name] ?? (name === first?.name ? artifacts : undefined);
      if (!wanted) throw new Error(`no secondary artifact is named ${name}`);
      await handed.artifacts.write(build.session, key, zipped(matching(source, wanted)));
    }
  }
}

/** Those that the last shell has exported. */
const exportedOf = (
  { env }: Buildspec,
  variables: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    env["exported-variables"].flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
