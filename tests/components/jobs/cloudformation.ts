import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readTemplate } from "../../../rehearsal/release/cloudformation/template";
import type { Call } from "./commands";
import { setId, stackId, type ChangeSet, type Stack } from "./stack";
import type { Identity, World } from "./world";
import { ServiceError, type Service } from "./service";

const invalid = (message: string): ServiceError => new ServiceError("ValidationError", message);
const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** A stack by name, or by id when it is gone already. */
function find(call: Call, who: Identity, world: World): Stack {
  const name = one(call, "stack-name");
  const stack = world.stacks.find(
    (each) =>
      each.account === who.account &&
      (each.id === name || (each.name === name && each.status !== "DELETE_COMPLETE")),
  );
  if (!stack) throw invalid(`Stack with id ${name} does not exist`);
  return stack;
}

function findSet(call: Call, who: Identity, world: World): { stack: Stack; set: ChangeSet } {
  const stack = find(call, who, world);
  const name = one(call, "change-set-name");
  const set = stack.sets.find((each) => each.name === name);
  if (!set) throw new ServiceError("ChangeSetNotFound", `ChangeSet [${name}] does not exist`);
  return { stack, set };
}

/**
 * What AWS answers to a call that it was given before. The token tells it that the call is the same; that a known one is
 * refused, its list of errors says: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
 * (of ContinueUpdateRollback and DeleteStack as well). It doesn't say when; so the other answer, by what is there, is tried too.
 */
function takeToken(call: Call, world: World): void {
  const token = one(call, "client-request-token");
  if (!/^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/.test(token)) throw new Error(`AWS takes no token '${token}'`);
  const before = world.tokens.get(token);
  const what = `${call.operation} ${one(call, "stack-name")} ${one(call, "change-set-name")}`;
  if (before !== undefined && !world.repeating)
    throw new Error(`the token of ${before} again, for ${what}: AWS would take it for that call`);
  if (before !== undefined && world.knowsTokens)
    throw new ServiceError("TokenAlreadyExists", `Client request token ${token} already exists`);
  world.tokens.set(token, what);
}

/** What is given in the call itself: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html (TemplateBody) */
function bodyOf(call: Call): string {
  const text = readFileSync(one(call, "template-body").replace(/^file:\/\//, ""));
  if (text.length > 51_200) throw invalid("'templateBody' failed to satisfy constraint: at most 51200");
  return text.toString();
}

/** What is given by its address, in the Region that the call is made in. */
function bodyAt(call: Call, world: World): string {
  const [, bucket, region, key] =
    /^https:\/\/([a-z0-9-]+)\.s3\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/.exec(one(call, "template-url")) ?? [];
  const near = region === (world.environmentRegion ?? world.region);
  const body = near ? world.objects.get(`${bucket}/${key}`)?.toString() : undefined;
  if (body === undefined) throw invalid("S3 error: The specified key does not exist");
  return body;
}

/** Only the parts of the contract that CloudFormation itself would look at. */
function create(call: Call, who: Identity, world: World): unknown {
  const [name, setName, type] = [
    one(call, "stack-name"),
    one(call, "change-set-name"),
    one(call, "change-set-type"),
  ];
  let stack = world.stacks.find(
    (each) => each.name === name && each.account === who.account && each.status !== "DELETE_COMPLETE",
  );
  if (type === "CREATE" && stack && stack.status !== "REVIEW_IN_PROGRESS")
    throw invalid(`Stack [${name}] already exists`);
  if (type === "UPDATE" && !stack) throw invalid(`Stack [${name}] does not exist`);
  if (type === "UPDATE" && !/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack?.status ?? "")) {
    throw invalid(`Stack is in ${stack?.status} state and can not be updated`);
  }
  if (type !== "UPDATE" && call.options["on-stack-failure"]?.[0] !== "DELETE")
    throw new Error("a first create must be DELETEd");
  if (!/^[^:]+:[0-9a-f-]{36}$/.test(one(call, "description")))
    throw new Error("the set doesn't say who made it");
  if (one(call, "client-token") === "") throw new Error("a set is made without a token");
  // Also a token that was given before, since AWS names no other error:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
  if (stack?.sets.some((set) => set.name === setName))
    throw new ServiceError("AlreadyExistsException", `${setName} exists`);
  const body = call.options["template-body"] ? bodyOf(call) : bodyAt(call, world);
  const file = one(call, "parameters").replace(/^file:\/\//, "");
  const parameters = JSON.parse(readFileSync(file, "utf8")) as {
    ParameterKey: string;
    ParameterValue: string;
  }[];
  const release = parameters.find((each) => each.ParameterKey === "Release")?.ParameterValue ?? null;
  world.commands.push(["parameters", JSON.stringify(parameters)], ["template", body]);
  if (!stack) {
    stack = { name, id: stackId(who.account, name), account: who.account, status: "REVIEW_IN_PROGRESS", next: [], sets: [],
      changeSetId: null, release: null, before: null, endpoint: null, protected: false, events: [] }; // prettier-ignore
    world.stacks.push(stack);
  }
  const { status, reason, changes } = world.outcome;
  const id = setId(who.account, setName);
  const executionStatus = "UNAVAILABLE";
  stack.sets.push({ name: setName, id, description: one(call, "description"), type: type as "CREATE", status: "CREATE_PENDING", executionStatus, reason, release, changes, template: withChanges(JSON.parse(body) as { Resources: object }, changes), next: ["CREATE_IN_PROGRESS", status] }); // prettier-ignore
  return { Id: id, StackId: stack.id };
}

interface Change {
  readonly ResourceChange?: {
    readonly Action: string;
    readonly LogicalResourceId: string;
    readonly ResourceType: string;
    readonly AfterContext?: string;
  };
}

/** The template that makes these changes: the tests write down only those. */
function withChanges(template: { Resources: object }, changes: readonly unknown[]): object {
  const resources: Record<string, unknown> = { ...template.Resources };
  for (const { ResourceChange } of changes as readonly Change[]) {
    if (!ResourceChange || ResourceChange.Action === "Remove") continue;
    const { LogicalResourceId, ResourceType, AfterContext = "{}" } = ResourceChange;
    resources[LogicalResourceId] = { Type: ResourceType, ...(JSON.parse(AfterContext) as object) };
  }
  return { ...template, Resources: resources };
}

/**
 * `aws cloudformation package` of a template that names nothing on this machine. For a function of SAM without code of its own it would
 * upload the folder: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
 */
function packaged(call: Call, cwd: string): "" {
  const text = readFileSync(resolve(cwd, one(call, "template-file")), "utf8");
  let template: ReturnType<typeof readTemplate>;
  try {
    template = readTemplate(text);
  } catch (error) {
    throw new ServiceError("ParserError", String(error));
  }
  if (!call.options["use-json"]) throw new Error("what is packaged must be JSON");
  for (const [id, { Type, Properties }] of Object.entries(template.Resources))
    if (Type === "AWS::Serverless::Function" && Properties?.["CodeUri"] === undefined)
      throw new ServiceError(
        "Upload",
        `Unable to upload artifact None referenced by CodeUri parameter of ${id} resource.`,
      );
  writeFileSync(resolve(cwd, one(call, "output-template-file")), JSON.stringify(template));
  return "";
}

function execute({ stack, set }: { stack: Stack; set: ChangeSet }, token: string, world: World): "" {
  if (set.executionStatus !== "AVAILABLE")
    throw new ServiceError("InvalidChangeSetStatus", `it is ${set.executionStatus}`);
  set.executionStatus = "EXECUTE_IN_PROGRESS";
  stack.sets = [set];
  stack.token = token;
  stack.changeSetId = set.id;
  stack.before = stack.release;
  stack.release = set.release;
  stack.next =
    set.type === "CREATE"
      ? world.executing.map((status) => status.replace(/^UPDATE/, "CREATE"))
      : [...world.executing];
  return "";
}

/** Time passes: a stack and its sets go one state further. */
export function tickStacks(world: World): void {
  for (const stack of world.stacks) {
    for (const set of stack.sets) {
      set.status = set.next.shift() ?? set.status;
      if (set.status === "CREATE_COMPLETE" && set.executionStatus === "UNAVAILABLE")
        set.executionStatus = "AVAILABLE";
    }
    const status = stack.next.shift();
    // Nothing shows yet.
    if (status === undefined || status === "") continue;
    stack.status = status;
    const event = (name: string, ResourceStatus: string, reason: string, type: string): void => {
      const EventId = `${name}-${stack.events.length}`;
      const physical = name === stack.name ? stack.id : name;
      stack.events.unshift({ EventId, StackId: stack.id, StackName: stack.name, LogicalResourceId: name, Timestamp: "2026-01-01",
        PhysicalResourceId: physical, ResourceType: type, ResourceStatus, ResourceStatusReason: reason, ...(stack.token !== undefined && { ClientRequestToken: stack.token }) }); // prettier-ignore
    };
    event(stack.name, status, "User Initiated", "AWS::CloudFormation::Stack");
    if (stack.next.length === 1)
      for (const [state, name, reason] of world.deploying) event(name, state, reason, "AWS::Lambda::Alias");
    if (status.endsWith("_IN_PROGRESS")) continue;
    const good = /^(CREATE|UPDATE)_COMPLETE$/.test(status);
    if (!good) stack.release = stack.before;
    if (good) stack.endpoint = world.endpoint;
    for (const set of stack.sets)
      if (set.executionStatus === "EXECUTE_IN_PROGRESS")
        set.executionStatus = good ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED";
    if (status === "DELETE_COMPLETE") stack.sets = [];
  }
}

const describe = (stack: Stack): object => ({
  StackName: stack.name,
  StackId: stack.id,
  StackStatus: stack.status,
  EnableTerminationProtection: stack.protected,
  ...(stack.changeSetId !== null && { ChangeSetId: stack.changeSetId }),
  ...(stack.release !== null && { Parameters: [{ ParameterKey: "Release", ParameterValue: stack.release }] }),
  ...(stack.endpoint !== null && { Outputs: [{ OutputKey: "Endpoint", OutputValue: stack.endpoint }] }),
});

/** CloudFormation as the jobs see it. */
export const cloudformation: Service = (call, who, world, cwd) => {
  switch (call.operation) {
    case "cloudformation package":
      return packaged(call, cwd);
    case "cloudformation get-template":
      if (one(call, "template-stage") !== "Processed") throw new Error("transforms must be expanded");
      return { TemplateBody: findSet(call, who, world).set.template };
    case "cloudformation validate-template": {
      if (call.options["template-body"]) {
        world.commands.push(["validated", bodyOf(call)]);
        return { Parameters: world.template.parameters, DeclaredTransforms: world.template.transforms };
      }
      const key = one(call, "template-url")
        .replace("https://", "")
        .replace(".s3.eu-west-1.amazonaws.com", "");
      if (!world.objects.has(key)) throw invalid("S3 error: The specified key does not exist");
      return { Parameters: world.template.parameters, DeclaredTransforms: world.template.transforms };
    }
    case "cloudformation describe-stacks":
      return { Stacks: [describe(find(call, who, world))] };
    case "cloudformation list-change-sets":
      return {
        Summaries: find(call, who, world).sets.map((set) => ({
          ChangeSetName: set.name,
          ExecutionStatus: set.executionStatus,
        })),
      };
    case "cloudformation create-change-set":
      return create(call, who, world);
    case "cloudformation describe-change-set": {
      const { set } = findSet(call, who, world);
      return { Status: set.status, Description: set.description, StatusReason: set.reason, ExecutionStatus: set.executionStatus,
        Changes: call.options["include-property-values"] ? set.changes.map((each) => ({ Type: "Resource", ...(each as object) })) : undefined }; // prettier-ignore
    }
    case "cloudformation delete-change-set": {
      // The page names no error for a set that is not there, and the AWS CDK relies on there being none; by this double
      // there is one, which is the harder: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
      const { stack, set } = findSet(call, who, world);
      stack.sets = stack.sets.filter((each) => each !== set);
      return "";
    }
    case "cloudformation execute-change-set":
      takeToken(call, world);
      return execute(findSet(call, who, world), one(call, "client-request-token"), world);
    case "cloudformation describe-stack-events":
      return { StackEvents: find(call, who, world).events };
    case "cloudformation continue-update-rollback": {
      takeToken(call, world);
      const stack = find(call, who, world);
      // The call has its effect at once, though the stack shows it later.
      if (stack.status !== "UPDATE_ROLLBACK_FAILED" || stack.next.length > 0)
        throw invalid(`Stack is in ${stack.status}`);
      stack.token = one(call, "client-request-token");
      stack.next = [...world.rollingBack];
      return "";
    }
    case "cloudformation update-termination-protection":
      find(call, who, world).protected = true;
      return { StackId: find(call, who, world).id };
    case "cloudformation delete-stack": {
      takeToken(call, world);
      const stack = find(call, who, world);
      if (stack.protected) throw invalid("Stack cannot be deleted while TerminationProtection is enabled");
      stack.next = ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"];
      return "";
    }
    default:
      return undefined;
  }
};
