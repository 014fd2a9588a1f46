/** The aws commands that the jobs may use, with the options that they have: checked against botocore's models. */

export type Kind = "value" | "list" | "flag";
export interface Command {
  /** Options of this command; a leading `!` means that AWS requires it. */
  readonly options: Record<string, Kind>;
  /** Whose role may call it: the job's own, or a role of the environment. */
  readonly who: readonly ("job" | "plan" | "deploy" | "cleanup" | "branch" | "starter")[];
  /** True when the command prints what `--output` must give a form to. */
  readonly output?: false;
  /** Number of arguments that are not options. */
  readonly positional?: number;
}

const environment = ["plan", "deploy", "cleanup", "branch"] as const;

export const COMMANDS: Record<string, Command> = {
  "sts assume-role": {
    options: { "!role-arn": "value", "!role-session-name": "value", tags: "list" },
    who: ["job"],
  },
  "codecommit get-branch": { options: { "repository-name": "value", "branch-name": "value" }, who: ["job"] },
  "codecommit get-pull-request": { options: { "!pull-request-id": "value" }, who: ["job"] },
  "codecommit get-comments-for-pull-request": {
    options: { "!pull-request-id": "value", "repository-name": "value" },
    who: ["job"],
  },
  "codecommit post-comment-for-pull-request": {
    options: {
      "!pull-request-id": "value",
      "!repository-name": "value",
      "!before-commit-id": "value",
      "!after-commit-id": "value",
      "!content": "value",
      "client-request-token": "value",
    },
    who: ["job"],
  },
  "codecommit update-comment": { options: { "!comment-id": "value", "!content": "value" }, who: ["job"] },
  "codebuild batch-get-builds": { options: { "!ids": "list" }, who: ["job", "starter"] },
  "cloudformation validate-template": {
    options: { "template-url": "value", "template-body": "value" },
    who: ["job"],
  },
  "cloudformation describe-stacks": { options: { "stack-name": "value" }, who: environment },
  "cloudformation list-change-sets": {
    options: { "!stack-name": "value" },
    who: ["plan", "cleanup", "branch"],
  },
  "cloudformation create-change-set": {
    options: {
      "!stack-name": "value",
      "!change-set-name": "value",
      "change-set-type": "value",
      "on-stack-failure": "value",
      "template-url": "value",
      "template-body": "value",
      parameters: "list",
      tags: "list",
      capabilities: "list",
      "role-arn": "value",
      description: "value",
      "client-token": "value",
    },
    who: ["plan", "branch"],
  },
  "cloudformation describe-change-set": {
    options: { "!change-set-name": "value", "stack-name": "value", "include-property-values": "flag" },
    who: ["plan", "deploy", "branch"],
  },
  "cloudformation get-template": {
    options: { "stack-name": "value", "change-set-name": "value", "template-stage": "value" },
    who: ["plan", "branch"],
  },
  // Works on this machine alone, and asks AWS only to upload what a template names by a path.
  "cloudformation package": {
    options: {
      "!template-file": "value",
      "!s3-bucket": "value",
      "use-json": "flag",
      "output-template-file": "value",
    },
    who: ["job"],
    output: false,
  },
  "cloudformation delete-change-set": {
    options: { "!change-set-name": "value", "stack-name": "value" },
    who: ["plan", "cleanup", "branch"],
  },
  "cloudformation execute-change-set": {
    options: { "!change-set-name": "value", "stack-name": "value", "client-request-token": "value" },
    who: ["deploy", "branch"],
  },
  "cloudformation describe-stack-events": {
    options: { "!stack-name": "value", "max-items": "value" },
    who: ["deploy", "branch"],
  },
  "cloudformation continue-update-rollback": {
    options: { "!stack-name": "value", "client-request-token": "value" },
    who: ["deploy", "branch"],
  },
  "cloudformation update-termination-protection": {
    options: { "!stack-name": "value", "enable-termination-protection": "flag" },
    who: ["deploy"],
  },
  "cloudformation delete-stack": {
    options: { "!stack-name": "value", "client-request-token": "value" },
    who: ["cleanup", "branch"],
  },
  "lambda get-function-configuration": {
    options: { "!function-name": "value", qualifier: "value" },
    who: ["plan", "deploy"],
  },
  "lambda get-alias": { options: { "!function-name": "value", "!name": "value" }, who: ["plan", "deploy"] },
  "lambda list-versions-by-function": { options: { "!function-name": "value" }, who: ["plan", "deploy"] },
  "lambda update-function-code": {
    options: {
      "!function-name": "value",
      "zip-file": "value",
      "image-uri": "value",
      publish: "flag",
      "revision-id": "value",
    },
    who: ["deploy"],
  },
  "lambda update-alias": {
    options: {
      "!function-name": "value",
      "!name": "value",
      "function-version": "value",
      "revision-id": "value",
    },
    who: ["deploy"],
  },
  "ecs describe-services": { options: { cluster: "value", "!services": "list" }, who: ["plan", "deploy"] },
  "ecs describe-task-definition": { options: { "!task-definition": "value" }, who: ["plan", "deploy"] },
  "ecs register-task-definition": { options: { "cli-input-json": "value" }, who: ["deploy"] },
  "ecs update-service": {
    options: { cluster: "value", "!service": "value", "task-definition": "value" },
    who: ["deploy"],
  },
  "codebuild start-build": {
    options: {
      "!project-name": "value",
      "idempotency-token": "value",
      "environment-variables-override": "list",
    },
    who: ["starter"],
  },
  "dynamodb list-tables": { options: {}, who: ["plan", "branch"] },
  "codepipeline get-pipeline-state": { options: { "!name": "value" }, who: ["job"] },
  "codepipeline get-pipeline-execution": {
    options: { "!pipeline-name": "value", "!pipeline-execution-id": "value" },
    who: ["job"],
  },
  "codepipeline list-action-executions": {
    options: { "!pipeline-name": "value", filter: "value" },
    who: ["job"],
  },
  "codepipeline stop-pipeline-execution": {
    options: {
      ...{ "!pipeline-name": "value", "!pipeline-execution-id": "value", reason: "value" },
      ...{ abandon: "flag", "no-abandon": "flag" },
    },
    who: ["job"],
  },
  "logs get-log-events": {
    options: { "log-group-name": "value", "!log-stream-name": "value", limit: "value" },
    who: ["job", "starter"],
  },
  "secretsmanager get-secret-value": { options: { "!secret-id": "value" }, who: ["job"] },
  "ssm get-parameters": { options: { "!names": "list" }, who: ["job"] },
  "sns publish": {
    options: {
      "topic-arn": "value",
      subject: "value",
      "!message": "value",
      "!message-structure": "value",
    },
    who: ["job"],
  },
  "ecr get-login-password": { options: {}, who: ["job"], output: false },
  "ecr batch-get-image": {
    options: { "!repository-name": "value", "!image-ids": "list", "accepted-media-types": "list" },
    who: ["job"],
  },
  "ecr batch-delete-image": { options: { "!repository-name": "value", "!image-ids": "list" }, who: ["job"] },
  "ecr describe-images": { options: { "!repository-name": "value" }, who: ["job"] },
  "ecr describe-image-scan-findings": {
    options: { "!repository-name": "value", "!image-id": "value" },
    who: ["job"],
  },
  "s3 cp": {
    options: {
      recursive: "flag",
      "only-show-errors": "flag",
      "no-progress": "flag",
      exclude: "value",
      "copy-props": "value",
    },
    who: ["job"],
    output: false,
    positional: 2,
  },
  "s3 rm": {
    options: { recursive: "flag", "only-show-errors": "flag" },
    who: ["job"],
    output: false,
    positional: 1,
  },
  "s3api list-objects-v2": {
    options: { "!bucket": "value", prefix: "value", delimiter: "value" },
    who: ["job"],
  },
  "s3api delete-objects": {
    options: { "!bucket": "value", "!delete": "value" },
    who: ["job"],
  },
};

/** Options that every command has. */
const GLOBAL: Record<string, Kind> = {
  profile: "value",
  query: "value",
  output: "value",
  "no-paginate": "flag",
};

export interface Call {
  readonly operation: string;
  readonly command: Command;
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly positional: readonly string[];
}

/** Reads a command line as the AWS CLI does. Throws on what it would not take. */
export function parse(args: readonly string[]): Call {
  const options: Record<string, string[]> = {};
  const words: string[] = [];
  let command: Command | undefined;
  const kind = (name: string): Kind | undefined =>
    GLOBAL[name] ?? command?.options[name] ?? command?.options[`!${name}`];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (!arg.startsWith("--")) {
      words.push(arg);
      if (words.length === 2) command = COMMANDS[words.join(" ")];
      continue;
    }
    const name = arg.slice(2);
    const values: string[] = [];
    const what = kind(name);
    if (what === undefined) throw new Error(`unknown option ${arg} of '${words.slice(0, 2).join(" ")}'`);
    if (what === "value") values.push(args[++i] ?? "");
    if (what === "list")
      while (i + 1 < args.length && !args[i + 1]?.startsWith("--")) values.push(args[++i] ?? "");
    if (what !== "flag" && values.length === 0) throw new Error(`option ${arg} has no value`);
    if (options[name]) throw new Error(`option ${arg} is given twice`);
    options[name] = values;
  }
  const operation = words.slice(0, 2).join(" ");
  if (!command) throw new Error(`unknown command '${operation}'`);
  for (const name of Object.keys(command.options)) {
    if (name.startsWith("!") && !options[name.slice(1)])
      throw new Error(`'${operation}' needs --${name.slice(1)}`);
  }
  const positional = words.slice(2);
  if (positional.length !== (command.positional ?? 0))
    throw new Error(`'${operation}' takes no '${positional.join(" ")}'`);
  if (command.output !== false && !["text", "json"].includes(options["output"]?.[0] ?? "")) {
    throw new Error(`'${operation}' is without --output text or json`);
  }
  return { operation, command, options, positional };
}
