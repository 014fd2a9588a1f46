/** Questions to whoever sits at the terminal; without one nobody is asked, and nothing is assumed. */
import { Refusal } from "./refusal";

/** True for yes. Without a terminal a Refusal that says which option answers it. */
export async function confirmed(question: string, option: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Refusal(`${question} There is no terminal to ask: give ${option} for yes`);
  const { confirm } = await import("@inquirer/prompts");
  return confirm({ message: question, default: false });
}

/** What somebody types. */
export async function typed(question: string, option: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Refusal(`${question} There is no terminal to ask: give ${option}`);
  const { input } = await import("@inquirer/prompts");
  return input({ message: question });
}

/** One of these values. */
export async function chosen(
  question: string,
  choices: readonly { readonly name: string; readonly value: string }[],
  option: string,
): Promise<string> {
  if (!process.stdin.isTTY) throw new Refusal(`${question} There is no terminal to ask: give ${option}`);
  const { select } = await import("@inquirer/prompts");
  return select({ message: question, choices: [...choices] });
}
