/** What doctor looks at in tooling's account: connections and the pipelines' sources. */
import type { ToolingSettings } from "../stacks/settings";
import { cliOptions, placeOf } from "./accounts";
import type { Aws } from "./aws";
import type { Check } from "./checks";
import { connectionsOf, connectionsPage, connectionStatus } from "./connections";
import type { Part } from "./delivery";
import type { State } from "./engine";
import { messageOf } from "./refusal";
import { pipelinesOf, sourceFailure } from "./runs";

/** A check that AWS may not let this person make. */
async function asked(what: string, ask: () => Promise<Check>): Promise<Check> {
  try {
    return await ask();
  } catch (error) {
    return {
      what,
      problem: `cannot be looked at: ${messageOf(error).split("\n")[0]}`,
      mend: ["ask for the right to read it"],
    };
  }
}

/** Every connection that tooling's pipelines use. */
export function connectionChecks(
  part: Part<ToolingSettings>,
  state: State | undefined,
  aws: Aws,
): Promise<Check[]> {
  const place = placeOf(part.settings.provider);
  return Promise.all(
    connectionsOf(part, state).map((connection) => {
      const what = `${part.stack}: connection ${connection}`;
      return asked(what, async () => {
        const status = await connectionStatus(aws.connections(place), connection);
        if (status === "AVAILABLE") return { what };
        const problem = `is ${status}: a person has to authorise it, once, in the console`;
        return {
          what,
          problem,
          mend: [`open ${connectionsPage(place.region)} and choose Update pending connection`],
        };
      });
    }),
  );
}

/** Whether each pipeline's last run got its source. */
export function sourceChecks(
  part: Part<ToolingSettings>,
  state: State | undefined,
  aws: Aws,
): Promise<Check[]> {
  const place = placeOf(part.settings.provider);
  return Promise.all(
    (state ? pipelinesOf(state) : []).map((pipeline) => {
      const what = `${part.stack}: source of pipeline ${pipeline}`;
      return asked(what, async () => {
        const failure = await sourceFailure(aws.codePipeline(place), pipeline);
        if (failure === undefined) return { what };
        const again = `aws codepipeline start-pipeline-execution --name ${pipeline}${cliOptions(part.settings.provider)}`;
        return {
          what,
          problem: `could not be fetched by the last run: ${failure}`,
          mend: [`push the service to its branch or, if it is there: ${again}`],
        };
      });
    }),
  );
}
