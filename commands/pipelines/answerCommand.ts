/** The command lines of `npm run approve` and `npm run reject`, which differ in one word. */
import { commandLine } from "../../rehearsal/bringUp/commandLine";
import { EXIT_CODES } from "../command";
import { answered, COMMON } from "./commandLine";

const usage = (
  verdict: "approve" | "reject",
): string => `npm run ${verdict} -- PIPELINE ENVIRONMENT [options]: shows the release that waits for an approval: its commit, what the
environment runs now, the commits between, and each change of the plan. Then it asks, and ${verdict}s exactly that one.

  --reason TEXT   is kept with the answer
  --run ID        answers the approval of this run without asking
  --profile NAME  by this profile of yours instead of the stack's credentials
  --help          show this

${EXIT_CODES}`;

export async function answerCommand(verdict: "approve" | "reject", args: string[]): Promise<number> {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      reason: { type: "string" },
      run: { type: "string" },
      ...COMMON,
    },
  });
  const { help, ...options } = values;
  return answered(usage(verdict), help, async (desk, delivery) => {
    const { answer } = await import("./approval");
    return answer(desk, delivery, verdict, positionals, options);
  });
}
