/** Looks for what a teardown has left, in every account and Region that was used. */
import { setTimeout as sleep } from "node:timers/promises";
import { cliOptions, type Place, placeOf } from "../aws/accounts";
import type { Aws } from "../aws/clients";
import type { Part } from "../delivery";
import { findTagged, judge, type Leftover, regionsOf, type Sought } from "./leftovers";
import { messageOf } from "../refusal";
import { count } from "../format";

/** The tagging API lags behind by seconds to minutes. */
const TRIES = 6;
const DISTANCE = 10_000; // milliseconds between two tries

/** One account and Region. */
interface Corner {
  readonly account: string;
  readonly region: string;
  readonly place: Place;
  /** What commands of the AWS CLI end with. */
  readonly options: string;
}

/** Each account and Region once. */
export function corners(parts: readonly Part[]): Corner[] {
  const all = parts.flatMap(({ settings }) => {
    const { provider } = settings;
    // Tooling has buckets, keys and repositories near its environments too.
    const near =
      settings.kind === "tooling" ? settings.environments.flatMap(({ region }) => region ?? []) : [];
    return [...regionsOf(provider.region), ...near].map((region) => ({
      account: provider.account,
      region,
      place: { ...placeOf(provider), region },
      options: cliOptions(provider, region),
    }));
  });
  return all.filter(
    ({ account, region }, i) =>
      all.findIndex((each) => each.account === account && each.region === region) === i,
  );
}

/** What one corner has; a line where it cannot be asked. */
async function look(
  aws: Aws,
  { account, region, place, options }: Corner,
  sought: Sought,
): Promise<Leftover[] | string> {
  try {
    const arns = await findTagged(aws.tagging(place), sought);
    return arns.map((arn) => judge(arn, options));
  } catch (error) {
    return `account ${account}, ${region}: not searched (${messageOf(error)}): it takes tag:GetResources; npm run down looks again`;
  }
}

/** Searches until nothing is left that should not be, or for a minute. Returns lines to show, and whether all is known to be gone. */
export async function searchLeftovers(
  aws: Aws,
  parts: readonly Part[],
  sought: Sought,
  pause: () => Promise<unknown> = () => sleep(DISTANCE),
): Promise<{ lines: string[]; complete: boolean }> {
  const places = corners(parts);
  for (let attempt = 1; ; attempt += 1) {
    const looked = await Promise.all(places.map((corner) => look(aws, corner, sought)));
    const found = looked.flatMap((each) => (typeof each === "string" ? [] : each));
    const left = found.filter(({ expected }) => !expected).length;
    if (left > 0 && attempt < TRIES) {
      await pause();
      continue;
    }
    const searched = places.filter((_, at) => typeof looked[at] !== "string");
    const where = searched.map(({ account, region }) => `${account} ${region}`).join(", ") || "nowhere";
    const unsearched = looked.filter((each) => typeof each === "string");
    return {
      lines: [
        `${left === 0 ? "Nothing is" : count(left, "thing is", "things are")} left over (searched by tag: ${where}; IAM roles are not listed there)`,
        ...found.map(({ line }) => `  ${line}`),
        ...unsearched.map((line) => `  ${line}`),
      ],
      complete: left === 0 && unsearched.length === 0,
    };
  }
}
