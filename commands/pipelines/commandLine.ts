/** What the command lines about pipelines have in common. */
import { ROOT } from "../command";
import { type Delivery, readDelivery } from "../delivery";
import type { Desk } from "./desk";

/** Options that each of them takes. */
export const COMMON = {
  profile: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Shows the help where it is asked for; else reads the stack files and answers. Returns the exit code. */
export async function answered(
  usage: string,
  help: boolean,
  answer: (desk: Desk, delivery: Delivery) => Promise<number>,
): Promise<number> {
  if (help) {
    console.log(usage);
    return 0;
  }
  const delivery = readDelivery(ROOT);
  const { desk } = await import("./desk"); // the SDKs are loaded here, so that wrong options are answered at once
  return answer(desk(), delivery);
}
