import { withAccounts, type Asked } from "./accounts";
import { Refusal } from "./refusals";

/** The reason for which AWS refused. */
export async function reason(asked: Asked): Promise<Refusal> {
  try {
    await withAccounts(asked);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("AWS refused nothing");
}
