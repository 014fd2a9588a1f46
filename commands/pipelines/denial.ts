/** AWS refuses whoever typed a command: which policy of the project allows it. */
import { Refusal } from "../refusal";

const isDenied = (error: unknown): error is Error =>
  error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name);

const isThrottled = (error: unknown): boolean =>
  error instanceof Error && /^(ThrottlingException|TooManyRequestsException)$/.test(error.name);

/** The managed policy for operators, or for the approvers of an environment, in the words of the stack's outputs. */
export const policyOf = (stack: string, pipeline: string, approverOf?: string): string =>
  `attach the policy ${approverOf === undefined ? "operatorPolicyArn" : `approverPolicyArns.${approverOf}`} of ${pipeline} ` +
  `to your role (pulumi stack output pipelines --stack ${stack} shows its ARN), or give --profile NAME`;

/** What `ask` gives; a Refusal that names the policy where AWS denies it. */
export async function allowed<T>(what: string, policy: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isDenied(error)) throw new Refusal(`you may not ${what}: ${policy}`);
    if (isThrottled(error))
      throw new Refusal("AWS is asked too often in this account just now: try again in a minute");
    throw error;
  }
}
