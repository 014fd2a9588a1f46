/** The licences of all packages that `npm ci` installs: docs/licences.md, written from the lockfile. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { endPlain } from "../rehearsal/bringUp/commandLine";

const ROOT = join(__dirname, "..");
const PAGE = "docs/licences.md";

/** Of a lockfile, what is read here of one package. */
export interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Packages by their folder, such as `node_modules/a/node_modules/b`; the project itself is "". */
export const locked = (lockfile = "package-lock.json"): ReadonlyMap<string, Locked> =>
  new Map(
    Object.entries(
      (JSON.parse(readFileSync(join(ROOT, lockfile), "utf8")) as { packages: Record<string, Locked> })
        .packages,
    ),
  );
export const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf("node_modules/") + 13);

/** Of packages whose package.json names a file: what the file says, as read on 2026-11-26. */
const READ: Readonly<Record<string, string>> = { "@logdna/tail-file": "MIT" };
export const licenceOf = (folder: string, { license }: Locked): string | undefined =>
  READ[nameOf(folder)] ?? license;

/** Packages by licence, those of most packages first. */
export async function page(): Promise<string> {
  const byLicence = new Map<string, Set<string>>();
  for (const [folder, found] of locked()) {
    if (folder === "") continue;
    const licence = licenceOf(folder, found) ?? "not said";
    const packages = byLicence.get(licence) ?? new Set();
    byLicence.set(licence, packages.add(`${nameOf(folder)} ${found.version}${found.dev ? " (dev)" : ""}`));
  }
  const chapters = [...byLicence]
    .sort(([a, some], [b, others]) => others.size - some.size || (a < b ? -1 : 1))
    .flatMap(([licence, packages]) => [
      `## ${licence}`,
      [...packages]
        .sort()
        .map((each) => `- ${each}`)
        .join("\n"),
    ]);
  const text = [
    "# Licences",
    "The packages that `npm ci` installs, by licence. Those marked (dev) are for checks and tests: stacks come up without them.",
    "This page is written by `npm run docs:licences` from `package-lock.json`.",
    ...chapters,
  ];
  const path = join(ROOT, PAGE);
  return format(text.join("\n\n"), { ...(await resolveConfig(path)), filepath: path });
}

if (require.main === module)
  endPlain("docs:licences", `writes ${PAGE} from package-lock.json`, async () => {
    writeFileSync(join(ROOT, PAGE), await page());
    return PAGE;
  });
