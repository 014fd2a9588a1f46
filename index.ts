import { readTooling } from "./stacks/contract";
import { environment } from "./stacks/environment";
import { loadSettings } from "./stacks/settings/load";
import { shortenStack } from "./stacks/shortStack";
import { tooling } from "./stacks/tooling";
import { VERSION } from "./stacks/version";

/** One stack is one AWS account: tooling builds, each environment runs what was built. Returns the stack's outputs. */
export = async () => {
  try {
    const settings = loadSettings();
    const outputs =
      settings.kind === "tooling"
        ? tooling(settings)
        : environment(settings, await readTooling(settings.tooling));
    return { ...outputs, version: VERSION };
  } catch (error) {
    shortenStack(error);
    throw error;
  }
};
