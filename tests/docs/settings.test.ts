import assert from "node:assert/strict";
import { parse } from "yaml";
import { WORKLOADS } from "../../components/workloads/list";
import { readSettings } from "../../stacks/settings/read";
import type { Settings } from "../../stacks/settings/model";
import { deliver, environment, tooling, type Values } from "../stacks/settingsSample";
import { problemsOf, readText } from "../../rehearsal/release/pipeline/deliveryFile";
import { blocks, PAGES, settingRows, textOf } from "./pages";

/** A YAML block says in its first line which file it is. */
function fileOf(block: string): string {
  const [, file] = /^# (\S+\.ya?ml)\n/.exec(block) ?? [];
  assert.ok(file !== undefined, `the first line of this block names no file:\n${block}`);
  return file;
}
const stackOf = (file: string): string | undefined => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
const configOf = (block: string): Values => (parse(block) as { config: Values }).config;

interface StackFile {
  readonly stack: string;
  readonly config: Values;
}
const stackFiles = (page: string): StackFile[] =>
  blocks(textOf(page), "yaml").flatMap((block) => {
    const stack = stackOf(fileOf(block));
    return stack === undefined ? [] : [{ stack, config: configOf(block) }];
  });

function accepted({ stack, config }: StackFile): Settings {
  const { settings, problems = [] } = readSettings(deliver(config, stack));
  assert.deepEqual(problems, []);
  assert.ok(settings);
  return settings;
}

/** What a reader who copies a page's files gets: each environment's file with tooling's before it. */
function pairs(page: string): [Settings, Settings][] {
  const before: Settings[] = [];
  return stackFiles(page).flatMap((file): [Settings, Settings][] => {
    const settings = accepted(file);
    if (settings.kind === "tooling") {
      before.unshift(settings);
      return [];
    }
    // The nearest that lists it.
    const told = before.find(
      (each) =>
        each.kind === "tooling" && each.environments.some(({ name }) => name === settings.environment),
    );
    const tooling = told ?? before[0];
    return tooling ? [[tooling, settings]] : [];
  });
}

const RUNNERS = { prod: ["beforeDeploy", "afterDeploy"] } as const;

describe("a delivery.yaml in the documentation", () => {
  const all = PAGES.flatMap((page) => blocks(textOf(page), "yaml")).filter(
    (block) => fileOf(block) === "delivery.yaml",
  );

  it("is one that Build takes", async () => {
    assert.ok(all.length > 0);
    const site = {
      shown: "delivery.yaml",
      environments: ["prod"],
      runners: RUNNERS,
      packaging: "zip",
    } as const;
    for (const block of all) {
      const read = readText(block);
      assert.ok(!("refused" in read), block);
      // One that names no commands is of a service with npm's scripts.
      const npm = !/^test:/m.test(block);
      assert.deepEqual(await problemsOf(read.value, { ...site, npm }), []);
    }
  });

  it("may say what docs/languages.md lists, and no more", () => {
    const listed = [...textOf("docs/languages.md").matchAll(/^\| `(\w+)` +\|/gm)].map(([, key]) => key);
    const schema = JSON.parse(textOf("docs/schemas/delivery.json")) as { properties: object };
    assert.deepEqual(listed, Object.keys(schema.properties));
  });
});

describe("the settings in the documentation", () => {
  it("of chats are accepted", () => {
    const [file, ...others] = stackFiles("docs/chat.md").map(accepted);
    assert.deepEqual(others, []);
    assert.ok(file?.kind === "tooling" && file.chats.length === 2);
  });

  const kinds = Object.keys(WORKLOADS);
  const withSettings = [...kinds, "accounts", "branches"].map((name) => `docs/${name}.md`);

  it("are on every page about a kind of workload, branches or accounts", () => {
    assert.ok(withSettings.length > 0);
    for (const page of withSettings) {
      assert.ok(stackFiles(page).length > 0, `${page} has no stack file`);
    }
  });

  for (const page of PAGES.filter((each) => blocks(textOf(each), "yaml").length > 0)) {
    it(`are accepted as they are written in ${page}`, () => {
      stackFiles(page).forEach(accepted);
    });
  }

  it("agree about accounts and Regions on a page", () => {
    const all = withSettings.flatMap(pairs);
    assert.ok(all.length > 0, "no page has tooling's file before an environment's");
    for (const [told, own] of all) {
      assert.ok(told.kind === "tooling" && own.kind === "environment");
      const { account, region } = told.environments.find(({ name }) => name === own.environment) ?? {};
      assert.equal(own.provider.account, account, own.environment);
      assert.equal(own.provider.region, region ?? told.provider.region);
    }
  });

  it("are for the kind of workload that the page is about", () => {
    const shown = kinds.map((kind) =>
      stackFiles(`docs/${kind}.md`)
        .map(accepted)
        .flatMap((settings) => (settings.kind === "tooling" ? settings.pipelines : []))
        .map(({ workload }) => workload),
    );
    assert.deepEqual(
      shown.map((workloads) => [...new Set(workloads)]),
      kinds.map((kind) => [kind]),
    );
  });
});

/** These settings with a value that nothing allows at a key such as `environments[].platform.cidr`. */
function withKey(base: Values, key: string): Values {
  const copy = structuredClone(base);
  const [last = "", ...parents] = (key.startsWith("aws:") ? [key] : key.split(".")).reverse();
  const inner = parents.reverse().reduce((at: Values, part) => {
    const name = part.replace("[]", "");
    if (typeof at[name] !== "object") at[name] = part.endsWith("[]") ? [{}] : {};
    const value = at[name] as Values | Values[];
    return Array.isArray(value) ? (value[0] ??= {}) : value;
  }, copy);
  inner[last] = "?!";
  return copy;
}

const BASES = { tooling: () => tooling(), environment: () => environment() };
const UNKNOWN = /this key (is unknown|does not reach the provider|belongs to)/;

/** Whether some setting of this name can be made in this kind of stack, whatever its value. */
const known = (key: string, stack: keyof typeof BASES): boolean =>
  !(readSettings(deliver(withKey(BASES[stack](), key), stack)).problems ?? []).some((problem) =>
    UNKNOWN.test(problem),
  );

/** Keys that the reader itself names as allowed where it reads this map. */
function allowedIn(map: string, stack: keyof typeof BASES): string[] {
  const written = withKey(BASES[stack](), `${map}${map && "."}nothing-of-ours`);
  const told = (readSettings(deliver(written, stack)).problems ?? []).flatMap((problem) => {
    const [, keys] = /this key is unknown: .*allowed are (.*)$/.exec(problem) ?? [];
    return keys === undefined ? [] : keys.split(", ");
  });
  assert.ok(told.length > 0, `the reader names no keys of ${map}`);
  return told.map((key) => `${map}${map && "."}${key}`);
}

describe("the tables of settings", () => {
  const rows = PAGES.flatMap((page) => settingRows(textOf(page)));

  it("name keys that there are, in the kind of stack that they say", () => {
    assert.ok(rows.length > 0);
    const wrong = rows.filter(({ key, stack }) => {
      const stacks = stack === "both" ? (["tooling", "environment"] as const) : ([stack] as ["tooling"]);
      return stacks.some((each) => !(each in BASES) || !known(key, each));
    });
    assert.deepEqual(wrong, []);
  });

  it("would be seen to name a key that there is not", () => {
    const keys = ["nothing", "pipelines[].nothing", "environments[].platform.nothing", "aws:nothing"];
    assert.deepEqual(
      keys.filter((key) => known(key, "tooling")),
      [],
    );
    assert.equal(known("tooling", "tooling"), false);
    assert.equal(known("vpc", "environment"), false);
  });

  it("leave out no key that the reader knows", () => {
    const maps = ["", "environments[]", "pipelines[]", "iam", "previews", "pipelines[].branches"];
    const keys = [...maps.flatMap((map) => allowedIn(map, "tooling")), ...allowedIn("", "environment")];
    // A list or map may be named by what is in it.
    const named = rows.map(({ key }) => `${key.replaceAll("[]", "")}.`);
    assert.deepEqual(
      keys.filter((key) => !named.some((each) => each.startsWith(`${key.replaceAll("[]", "")}.`))),
      [],
    );
  });
});
