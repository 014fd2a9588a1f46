import { existsSync, readFileSync } from "node:fs";
import { search } from "jmespath";
import { branchSessions, requireOwn } from "./branchSessions";
import { cloudformation } from "./cloudformation";
import { codepipeline } from "./codepipeline";
import { parse, type Call } from "./commands";
import { functions } from "./functions";
import { pullRequests } from "./pullRequests";
import { registry } from "./registry";
import { release } from "./release";
import { services } from "./services";
import { runner } from "./runners";
import { storage } from "./storage";
import { type World, type Identity, repositoryOf } from "./world";
import { type Invocation, type Answer, ServiceError, type Service } from "./service";

const SERVICES: readonly Service[] = [
  branchSessions,
  cloudformation,
  codepipeline,
  functions,
  pullRequests,
  registry,
  release,
  runner,
  services,
  storage,
];

/** Who calls: the job itself, or the role of a profile that renews itself, never fixed keys. */
function identify(call: Call, invocation: Invocation, world: World): Identity {
  if (invocation.session) return invocation.session;
  const profile = call.options["profile"]?.[0];
  const file = invocation.env["AWS_CONFIG_FILE"] ?? "";
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const name = profile === undefined ? "default" : `profile ${profile}`;
  const section = text.split(/^\[/m).find((part) => part.startsWith(`${name}]\n`));
  const settings = new Map(
    [...(section ?? "").matchAll(/^(\w+) = (.*)$/gm)].map((match) => [match[1], match[2]]),
  );
  const { environmentRegion = world.region } = world;
  // What the CLI takes before what a profile says.
  const region = invocation.env["AWS_REGION"] ?? settings.get("region");
  if (profile === undefined) {
    const [, near = world.region] =
      /\/artifacts-([a-z]+-[a-z]+-\d)-/.exec(`/${invocation.args.join("/")}`) ?? [];
    const name = call.options["repository-name"]?.[0];
    // Of another Region's registry Docker is told by its address.
    const own = call.operation.startsWith("ecr ")
      ? name === undefined || repositoryOf(world, name, region ?? "")
        ? region
        : undefined
      : call.operation.startsWith("s3")
        ? near
        : // Of branches, whose role is taken where their stacks are.
          call.operation === "sts assume-role"
          ? environmentRegion
          : world.region;
    if (region === undefined || region !== own)
      throw new Error(`the job calls ${region}, and what it asks for is in ${own}`);
    world.regions.add(`${region} ${call.operation}`);
    return { kind: "job", account: world.account, region };
  }
  if (settings.get("credential_source") !== "EcsContainer" || settings.get("region") !== environmentRegion) {
    throw new Error(`profile ${profile} is not set up: ${section ?? "(none)"}`);
  }
  if (region !== environmentRegion)
    throw new Error(`profile ${profile} calls ${region}, and its environment is in ${environmentRegion}`);
  if (!/^delivery-[0-9a-f-]{36}$/.test(settings.get("role_session_name") ?? ""))
    throw new Error("bad session name");
  const role = world.roles[settings.get("role_arn") ?? ""];
  if (!role?.up) {
    throw new ServiceError(
      "AccessDenied",
      `not authorized to perform: sts:AssumeRole on ${settings.get("role_arn")}`,
    );
  }
  return role;
}

const WORDS = new Map<unknown, string>([
  [null, "None"],
  [undefined, "None"],
  [true, "True"],
  [false, "False"],
]);

/** `--output text`: a line for a list, a line for each list in a list. */
function text(value: unknown): string {
  const scalar = (one: unknown): string => {
    if (typeof one === "string" || typeof one === "number") return String(one);
    const word = WORDS.get(one);
    if (word === undefined) throw new Error("--output text of an object: its order is not fixed");
    return word;
  };
  if (!Array.isArray(value)) return `${scalar(value)}\n`;
  if (value.length === 0) return "";
  if (value.every(Array.isArray)) return value.map((row) => text(row)).join("");
  return `${value.map(scalar).join("\t")}\n`;
}

/** The `aws` command: takes only calls that it knows, from a caller that may make them. */
export function aws(invocation: Invocation, world: World): Answer {
  const number = ++world.awsCalls;
  try {
    if (invocation.env["AWS_PAGER"] !== "")
      throw new Error("AWS_PAGER is not empty: the job could wait for a key");
    const call = parse(invocation.args);
    world.calls.push(`aws ${call.options["profile"]?.[0] ?? "-"} ${call.operation}`);
    const broken = world.failAt?.call === number;
    if (broken && !world.failAt?.after) throw new ServiceError("Throttling", "this call was made to fail");
    const who = identify(call, invocation, world);
    if (!call.command.who.includes(who.kind)) throw new Error(`${who.kind} may not call '${call.operation}'`);
    if (who.branch !== undefined) requireOwn(call, who.branch);
    world.meanwhile?.(call.operation);
    let answer = serve(call, who, world, invocation.cwd);
    if (world.loseAnswerOf === number) {
      world.repeating = true;
      answer = serve(call, who, world, invocation.cwd);
    }
    if (answer === undefined) throw new Error(`'${call.operation}' has no double`);
    if (broken) throw new ServiceError("Throttling", "this call took effect, and its answer was lost");
    if (call.command.output === false) return { code: 0, out: answer as string, err: "" };
    const query = call.options["query"]?.[0];
    const result: unknown = query === undefined ? answer : search(answer, query);
    const out =
      call.options["output"]?.[0] === "json"
        ? `${JSON.stringify(result, null, 4)}\n`
        : answer === ""
          ? ""
          : text(result);
    return { code: 0, out, err: "" };
  } catch (error) {
    if (!(error instanceof ServiceError)) {
      world.refused.push(
        `${invocation.args.join(" ")}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return { code: 252, out: "", err: `aws: error: ${String(error)}\n` };
    }
    const err = `\nAn error occurred (${error.type}) when calling the operation: ${error.message}\n`;
    return { code: 254, out: "", err };
  } finally {
    world.repeating = false;
  }
}

const serve = (call: Call, who: Identity, world: World, cwd: string): unknown =>
  SERVICES.map((service) => service(call, who, world, cwd)).find((one) => one !== undefined);
