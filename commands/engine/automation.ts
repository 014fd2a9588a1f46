/** The real engine: Pulumi's Automation API over the project's folder, its program run by the CLI. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Deployment, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { type Action, type Engine, EngineFailure, readState, type Run } from "./engine";
import { engineMessage } from "./engineMessage";
import { messageOf, Refusal } from "../refusal";

async function carried<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new EngineFailure(engineMessage(error));
  }
}

/** The Pulumi CLI on PATH. Throws a Refusal where there is none, or too old a one. */
export async function findPulumi(): Promise<PulumiCommand> {
  try {
    return await PulumiCommand.get();
  } catch (error) {
    const message = messageOf(error);
    throw new Refusal(
      /ENOENT/.test(message)
        ? "pulumi is not on PATH: install it (https://www.pulumi.com/docs/install/), then try again"
        : `pulumi cannot be used: ${/Minimum version.*|Major version.*/.exec(message)?.[0] ?? engineMessage(error)}`,
    );
  }
}

/** Opens the project in this folder. */
export async function openEngine(root: string): Promise<Engine> {
  const pulumiCommand = await findPulumi();
  const options = { workDir: root, pulumiCommand };
  const workspace = await LocalWorkspace.create(options);
  workspace.selectStack = () => Promise.resolve(); // which stack a person has selected stays as it is
  const action = (name: Action, stack: Stack, run: Run) => {
    const { refresh = false, configFile, ...others } = run;
    const shared = { ...others, color: "never" as const, suppressOutputs: true, refresh };
    const up = { ...shared, ...(configFile !== undefined && { configFile }) };
    switch (name) {
      case "up":
        return stack.up(up);
      case "preview":
        return stack.preview(up);
      case "destroy":
        return stack.destroy(shared);
    }
  };
  return {
    async whoAmI() {
      const { user, url } = await carried(workspace.whoAmI());
      return { user, url: url ?? "" };
    },
    async list() {
      const stacks = await carried(workspace.listStacks());
      return stacks.map(({ name, updateInProgress }) => ({
        name: name.split("/").at(-1) ?? name, // Pulumi Cloud may put an organization before it
        updateInProgress,
      }));
    },
    async create(stack, secretsProvider) {
      const provider = secretsProvider === undefined ? {} : { secretsProvider };
      const own = await LocalWorkspace.create({ ...options, ...provider });
      await carried(own.createStack(stack));
    },
    async state(stack) {
      const exported = await carried(workspace.exportStack(stack));
      return readState((exported.deployment as unknown) ?? {});
    },
    async exported(stack) {
      // The Automation API would decrypt what is secret.
      const args = ["stack", "export", "--stack", stack, "--non-interactive"];
      const limits = { cwd: root, maxBuffer: Infinity };
      return (await carried(promisify(execFile)(pulumiCommand.command, args, limits))).stdout;
    },
    async imported(stack, exported) {
      await carried(workspace.importStack(stack, JSON.parse(exported) as Deployment));
    },
    async run(name, stack, run) {
      const selected = await Stack.select(stack, workspace);
      await carried<unknown>(action(name, selected, run));
    },
  };
}
