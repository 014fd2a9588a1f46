import { environment } from "./stacks/environment";
import { loadSettings } from "./stacks/settings/load";
import { shortenStack } from "./stacks/shortStack";
import { tooling } from "./stacks/tooling";

/** One stack is one AWS account: tooling builds, each environment runs what was built. Returns the stack's outputs. */
export = async () => {
  try {
    const settings = loadSettings();
    return await (settings.kind === "tooling" ? tooling(settings) : environment(settings));
  } catch (error) {
    shortenStack(error);
    throw error;
  }
};
