import { environment } from "./stacks/environment";
import { loadSettings } from "./stacks/settings";
import { tooling } from "./stacks/tooling";

/** One stack is one AWS account: tooling builds, each environment runs what was built. Returns the stack's outputs. */
export = async () => {
  const settings = loadSettings();
  switch (settings.kind) {
    case "tooling":
      return tooling(settings);
    case "environment":
      return environment(settings);
  }
};
