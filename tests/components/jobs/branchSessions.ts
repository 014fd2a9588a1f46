import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Call } from "./commands";
import { type Identity, SECRET, type World } from "./world";
import { type Answer, type Invocation, type Service, ServiceError } from "./service";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/**
 * What the CLI does for a profile with `credential_process`: runs it for every call, and takes the keys that it prints.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html
 */
export async function processSession(
  { args, env }: Invocation,
  world: World,
): Promise<Identity | Answer | undefined> {
  const profile = args[args.indexOf("--profile") + 1];
  const file = env["AWS_CONFIG_FILE"] ?? "";
  if (!args.includes("--profile") || !existsSync(file)) return undefined;
  const sections = readFileSync(file, "utf8").split(/^\[/m);
  const section = sections.find((part) => part.startsWith(`profile ${profile}]\n`)) ?? "";
  const [, command] = /^credential_process = (.*)$/m.exec(section) ?? [];
  if (command === undefined) return undefined;
  const { environmentRegion = world.region } = world;
  // A variable comes before what a profile says, and the process inherits it.
  const exported = env["AWS_REGION"] === undefined ? {} : { AWS_REGION: env["AWS_REGION"] };
  const [, said] = /^region = (.*)$/m.exec(section) ?? [];
  if (said !== environmentRegion || (exported.AWS_REGION ?? said) !== environmentRegion)
    throw new Error(`profile ${profile} is of Region ${said}, called in ${exported.AWS_REGION}`);
  const others = Object.entries(world.env ?? {}).filter(([name]) => name !== "AWS_REGION");
  const { code, out, err } = await shell(command, {
    ...{ ...Object.fromEntries(others), ...exported },
    ...{ AWS_CONFIG_FILE: file, AWS_PAGER: "" },
  });
  if (code !== 0) {
    return { code: 255, out: "", err: `Error when retrieving credentials from custom-process: ${err}\n` };
  }
  const { Version, AccessKeyId, ...rest } = JSON.parse(out) as Record<string, unknown>;
  if (Version !== 1 || Object.keys(rest).sort().join() !== "Expiration,SecretAccessKey,SessionToken")
    throw new Error(`the CLI does not take this: ${out}`);
  return world.sessions?.get(String(AccessKeyId));
}

const shell = (command: string, env: Readonly<Record<string, string>>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let [out, err] = ["", ""];
    const child = spawn("bash", ["-c", command], { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", reject).on("close", (code) => resolve({ code: code ?? 255, out, err }));
  });

/** What the role's own policy limits a session to: throws on the stack of another branch, or on a role passed on. */
export function requireOwn(call: Call, branch: string): void {
  const stack = one(call, "stack-name");
  if (stack !== "" && !new RegExp(`(^|:stack/)catalog--br-${branch}(/|$)`).test(stack))
    throw new Error(`the session of branch ${branch} has nothing to do with ${stack}`);
  if (call.operation !== "cloudformation create-change-set") return;
  if (call.options["role-arn"]) throw new Error("a role of CloudFormation's would carry no tag");
  if (!call.options["tags"]?.includes(`Key=branch,Value=${branch}`))
    throw new Error("the stack's roles would carry no tag");
}

/** STS, and CodeCommit, as the jobs of branches see them. */
export const branchSessions: Service = (call, _who, world) => {
  switch (call.operation) {
    case "sts assume-role": {
      const [tag, ...others] = call.options["tags"] ?? [];
      const [, branch] = /^Key=branch,Value=([0-9a-f]{8})$/.exec(tag ?? "") ?? [];
      if (branch === undefined || others.length > 0) throw new Error(`the trust takes no tags ${tag}`);
      if (one(call, "role-session-name") !== `delivery-branch-${branch}`) throw new Error("bad session name");
      const role = world.roles[one(call, "role-arn")];
      if (!role?.up || role.kind !== "branch")
        throw new ServiceError(
          "AccessDenied",
          `not authorized to perform: sts:TagSession on ${one(call, "role-arn")}`,
        );
      world.sessions ??= new Map();
      const AccessKeyId = `ASIA${world.sessions.size}`;
      world.sessions.set(AccessKeyId, { kind: "branch", account: role.account, branch });
      const Expiration = "2026-01-01T01:00:00Z";
      return { Credentials: { AccessKeyId, SecretAccessKey: SECRET, SessionToken: SECRET, Expiration } };
    }
    case "codecommit get-branch": {
      if (one(call, "repository-name") !== "shop") throw new Error("another repository");
      if (!world.branches?.includes(one(call, "branch-name")))
        throw new ServiceError("BranchDoesNotExistException", "Branch does not exist");
      return { branch: { branchName: one(call, "branch-name"), commitId: "c0ffee" } };
    }
    default:
      return undefined;
  }
};
