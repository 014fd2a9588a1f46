import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { answered, checkWritable, type Ended, HERE, optionsOf, ROOT } from "../bringUp/commandLine";
import { stacksOf } from "../bringUp/stacksOf";
import { UnusableFile } from "../record/yamlFile";
import { costOf, type Cost, type Line, monthApart, monthOf, type ReleaseCost, total } from "./cost";
import { DATE as PEERS_DATE } from "./peers";
import { DATE, PRICES, REGION } from "./prices";

const USAGE = `npm run cost -- [options]: what the settings cost on AWS, without AWS

  --config DIR    folder of Pulumi.<stack>.yaml files; default: this project's own
  --releases N    releases of each pipeline in a month; default: 20
  --json FILE     write it as data as well
  --help          show this

exit code: 0 shown, 2 nothing could be`;

const OPTIONS = {
  config: { type: "string", default: ROOT },
  releases: { type: "string", default: "20" },
  json: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const NOT_COUNTED = `Not counted
  what the service itself uses: requests, tables, tasks, logs
  what is kept of releases: ${PRICES.image.usd} a GB and month in ECR, ${PRICES.object.usd} in S3
  what is copied to another Region: ${PRICES.transfer.usd} a GB, and the same as here there
  logs of jobs: ${PRICES.log.usd} a GB; requests to KMS, S3 and SNS; scans by Amazon Inspector
  users of CodeCommit; failed and repeated runs`;

const money = (usd: number): string => usd.toFixed(2).padStart(9);
const row = (what: string, usd: number, depth = 1): string =>
  `${"  ".repeat(depth)}${what.padEnd(68 - 2 * depth)}${money(usd)}`;
/** Seconds until the last environment runs a release, and this project's beside those of others. */
function times({ pipeline, environments, deployedSeconds, peers }: ReleaseCost): string[] {
  const time = (what: string, seconds: number, ratio: string) =>
    `    ${what.padEnd(56)}${String(Math.round(seconds)).padStart(8)}${ratio.padStart(9)}`.trimEnd();
  return [
    `  ${pipeline}, environments: ${environments}`,
    time("this project", deployedSeconds, ""),
    ...Object.entries(peers).map(([name, seconds]) =>
      time(name, seconds, (deployedSeconds / seconds).toFixed(2)),
    ),
  ];
}
const rows = (lines: readonly Line[], depth = 1): string[] => [
  ...lines.map(({ what, quantity, usd }) => row(`${what}: ${quantity}`, usd, depth)),
  row("total", total(lines), depth),
];

/** A branch's environment at rest; nothing where there are none. */
const branchRows = ({ branches }: Cost): string[] =>
  branches.length === 0
    ? []
    : [
        "A branch's environment in a month, as the sample's templates have it; a push to",
        "it is a release, below",
        ...branches.flatMap(({ pipeline, workload, lines }) => [
          `  ${pipeline}, ${workload}${lines.length > 0 ? "" : ": nothing at rest"}`,
          ...(lines.length > 0 ? rows(lines, 2) : []),
        ]),
        "",
      ];

/** For people, 80 columns wide. */
export function shown(cost: Cost, releases: number): string {
  const { atRest, notPriced } = cost;
  return [
    `US dollars, by the prices of ${REGION} of ${DATE}, without free tiers`,
    "",
    "A month in which nothing is released",
    ...rows(atRest),
    "",
    ...branchRows(cost),
    "One release; AWS charges each minute that has begun",
    ...cost.releases.flatMap(({ pipeline, lines, seconds }) => [
      `  ${pipeline}: ${Math.ceil(seconds / 60)} minutes from commit to the end, without people`,
      ...rows(lines, 2),
    ]),
    "",
    "Seconds from commit to the last environment, without people; what this project",
    `takes of the others' (docs/cost.md), by their pages of ${PEERS_DATE}`,
    ...cost.releases.flatMap(times),
    "",
    `A month with ${releases} releases of each pipeline`,
    row("with these settings", monthOf(cost, releases)),
    row("with a key, a bucket and a pipeline of type V1 for each service", monthApart(cost, releases)),
    "",
    NOT_COUNTED,
    ...notPriced.map((each) => `  ${each}`),
  ].join("\n");
}

/** Returns what is to be printed. */
async function answer(args: readonly string[]): Promise<string> {
  const { config, json, help, releases } = optionsOf(args, OPTIONS);
  if (help) return USAGE;
  if (!/^\d{1,5}$/.test(releases))
    throw new UnusableFile(`--releases ${releases}: allowed is a whole number from 0 to 99999`);
  const file = json === undefined ? undefined : resolve(HERE, json);
  if (file !== undefined) checkWritable("--json", file);
  const { record } = await stacksOf(resolve(HERE, config));
  const cost = costOf(record);
  const text = shown(cost, Number(releases));
  if (file === undefined) return text;
  const month = {
    releases: Number(releases),
    usd: monthOf(cost, Number(releases)),
    apart: monthApart(cost, Number(releases)),
  };
  writeFileSync(
    file,
    `${JSON.stringify({ version: 1, date: DATE, region: REGION, ...cost, month }, null, 2)}\n`,
  );
  return `${text}\n\nAs data: ${relative(HERE, file)}`;
}

/** Answers one command line. */
export const run = (args: readonly string[]): Promise<Ended> => answered("cost", answer(args));
