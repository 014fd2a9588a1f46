import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { folderWith } from "../../folders";
import { writeFile } from "../../../components/jobs/buildspec";
import { run, type Result } from "./harness";
import { emptyWorld } from "./world";

const JOBS = join(__dirname, "../../../components/jobs/scripts");
const FILES = ["common.sh", "delivery.sh", "steps.sh", "files.sh", "serverless.jq", "serverless.sh"];

/** What Build does with the functions of serverless.sh, in this order. */
const STEPS = `
source "$JOB/common.sh"
source "$JOB/delivery.sh"
source "$JOB/steps.sh"
source "$JOB/serverless.sh"
release=$RELEASE
make_templates
make_code
output CODE_DIGEST
`;

const spec = stringify({
  version: 0.2,
  env: { shell: "bash", "exported-variables": ["CODE_DIGEST"] },
  phases: {
    build: {
      commands: [
        "export JOB=$(mktemp -d)",
        ...FILES.map((name) => writeFile(name, readFileSync(join(JOBS, name), "utf8"))),
        writeFile("driven.sh", STEPS),
        'export PATH="$TOOLS:$PATH"',
        'bash "$JOB/driven.sh"',
        'source "$JOB/outputs.sh"',
      ],
    },
  },
});

/** Runs the packaging alone, in a service's folder and into a release, with another `npm`: the text of a bash script. */
export function packaging(
  service: string,
  release: string,
  npm: string,
  variables: Readonly<Record<string, string>>,
): Promise<Result> {
  const tools = folderWith({ npm: `#!/usr/bin/env bash\n${npm}` });
  chmodSync(join(tools, "npm"), 0o755);
  return run(spec, service, { TOOLS: tools, RELEASE: release, ...variables }, emptyWorld());
}
