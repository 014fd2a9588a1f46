/** What scenarios need of the settings, in words that people read, and where it is: places of the access matrix. */
import { texts } from "../../../packages/iam/src/json";
import type { World } from "../estate/world";
import { BRANCHES } from "../estate/branches";
import { CODE_SHA256, EXECUTION_ID } from "../estate/deployedParameters";
import type { Facts, Place } from "../matrix/bindings";
import { namedOwn } from "../matrix/bySettings";
import { matrixFacts } from "../matrix/facts";
import { fill } from "../matrix/kinds";
import { instance } from "../../../packages/iam/src/matrix/wildcards";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";

/** Where a scenario is. `here` is what its plain names are about; another place stands behind `of`. */
export type Places = Readonly<Record<string, Place>> & { readonly here: Place };

interface Pipeline {
  readonly place: Place;
  readonly environments: readonly Place[];
}

interface Scope {
  readonly facts: Facts;
  /**
   * Those that have stacks or, where there are none, those that release code alone: with the most environments first, whatever the order in
   * which settings have them.
   */
  readonly pipelines: readonly Pipeline[];
  /** Those that release code alone, to what other stacks own. */
  readonly codeAlone: readonly Pipeline[];
  /** The first. */
  readonly main: Pipeline;
  /** Environments in other Regions than tooling's, of those that have stacks; all else is about tooling's own Region. */
  readonly elsewhere: readonly Place[];
}

type Find = (scope: Scope, found: Places) => Partial<Places> | undefined;

const accountOf = ({ values }: Place): unknown => values["account"];
const nameOf = ({ values }: Place): string => String(values["pipeline"]);
const lastOf = ({ environments }: Pipeline): Place | undefined => environments.at(-1);
const at = (here: Place | undefined): Partial<Places> | undefined => here && { here };
const when = (met: boolean): Partial<Places> | undefined => (met ? {} : undefined);

/** Where a release gets to last, of the first pipeline that has all of this. */
const having =
  (...traits: readonly string[]): Find =>
  ({ pipelines }) =>
    at(
      pipelines
        .filter(({ place }) => traits.every((each) => place.has.has(each)))
        .flatMap((each) => lastOf(each) ?? [])[0],
    );

const PUBLIC = "uses publicFunctionUrl";

/** Two environments of one pipeline: the first that fits, where the attacker is, and the last, where it would hurt. */
const pair =
  (fit: (first: Place, last: Place) => boolean, from: (scope: Scope) => readonly Pipeline[]): Find =>
  (scope) => {
    for (const { environments } of from(scope))
      for (const here of [...environments].reverse()) {
        const first = environments.find((each) => each !== here && fit(each, here));
        if (first) return { first, here };
      }
    return undefined;
  };
const ofMain = ({ main }: Scope): readonly Pipeline[] => [main];
const withFiles = ({ pipelines }: Scope): readonly Pipeline[] =>
  pipelines.filter(({ place }) => place.has.has("files"));
const sameAccount = (first: Place, last: Place): boolean => accountOf(first) === accountOf(last);
const apart = (first: Place, last: Place): boolean => first.has.has("abroad") && !sameAccount(first, last);

/** The same in two Regions that aren't tooling's. */
const inTwoRegions =
  (...traits: readonly string[]): Find =>
  ({ elsewhere }) => {
    const all = elsewhere.filter(({ has }) => ["abroad", ...traits].every((each) => has.has(each)));
    for (const here of [...all].reverse()) {
      const first = all.find(
        (each) =>
          sameAccount(each, here) &&
          nameOf(each) === nameOf(here) &&
          each.values["region"] !== here.values["region"],
      );
      if (first) return { first, here };
    }
    return undefined;
  };

const others = ({ pipelines }: Scope, { here }: Places): readonly Pipeline[] =>
  pipelines.filter(({ place }) => nameOf(place) !== nameOf(here));
const siblings = ({ pipelines }: Scope, { here }: Places): readonly Place[] =>
  pipelines.flatMap(({ environments }) =>
    environments.filter((each) => each.name !== here.name && nameOf(each) === nameOf(here)),
  );

/** Another environment of the pipeline, in the same account. */
const beside =
  (...traits: readonly string[]): Find =>
  (scope, found) => {
    const first = siblings(scope, found).find(
      (each) => sameAccount(each, found.here) && traits.every((trait) => each.has.has(trait)),
    );
    return first && { first };
  };

const sameRegion = (first: Place, last: Place): boolean => first.values["region"] === last.values["region"];

/** Two branches of the first pipeline that has all of this, and the last environment of that pipeline, in their Region if there is one. */
const branches =
  (...traits: readonly string[]): Find =>
  ({ facts, pipelines, elsewhere }) => {
    for (const { place, environments } of pipelines) {
      const found = facts.branches.find((each) => each.pipeline.name === nameOf(place));
      const [here, other] = found?.branches ?? [];
      const all = [...elsewhere.filter((each) => nameOf(each) === nameOf(place)), ...environments];
      const main = here && (all.filter((each) => sameRegion(each, here)).at(-1) ?? all.at(-1));
      if (here && other && main && traits.every((each) => here.has.has(each))) return { here, other, main };
    }
    return undefined;
  };

/** The last environment of a pipeline that releases code alone, and has this. */
const released =
  (what: string): Find =>
  ({ codeAlone }) =>
    at(codeAlone.filter(({ place }) => place.has.has(what)).flatMap((each) => lastOf(each) ?? [])[0]);

/** Each says where something is, or nothing where settings lack it; a scenario's later needs go by its earlier ones. */
export const NEEDS: Readonly<Record<string, Find>> = {
  "two environments of one pipeline": ({ main: { environments } }) => {
    const [first, here] = [environments[0], environments.at(-1)];
    return first && here && first !== here ? { first, here } : undefined;
  },
  "two environments in two accounts, the attacker's apart from tooling": pair(apart, ofMain),
  "two environments in one account": pair(sameAccount, ofMain),
  "two environments in two accounts, the attacker's apart from tooling, of a workload whose code is files":
    pair(apart, withFiles),
  "two environments in one account, of a workload whose code is files": pair(sameAccount, withFiles),
  "artifacts that settings reserve for some roles": ({ facts }) => when(facts.project.has.has("only roles")),
  "artifacts that settings do not reserve for some roles": ({ facts }) =>
    when(!facts.project.has.has("only roles")),
  "an environment in an account apart from tooling: one account's administrator is everything's": ({
    main,
  }) => at(main.environments.find(({ has }) => has.has("abroad"))),
  "an environment with an approval": ({ main }) =>
    at([...main.environments].reverse().find(({ has }) => has.has("approval"))),
  "another environment beside the one with an approval": (scope, found) => {
    const [first] = siblings(scope, found);
    return first && { first };
  },
  "an environment that is verified from tooling's account": having("verified"),
  "a workload that has stacks of its own": ({ main: { place } }) => when(place.has.has("stack")),
  "an environment of it in tooling's Region": ({ main }) => at(lastOf(main)),
  "code alone, for a function that another stack owns": released("code alone for a function"),
  "code alone, for a service of ECS that another stack owns": released("code alone for a service"),
  "code alone, for a service of ECS that another stack owns, in an account apart from tooling": (scope) => {
    const all = scope.codeAlone.filter(({ place }) => place.has.has("code alone for a service"));
    return at(all.flatMap(({ environments }) => environments.filter(({ has }) => has.has("abroad"))).at(-1));
  },
  "code alone, for a service of ECS on Fargate that another stack owns": ({ codeAlone }) =>
    at(codeAlone.flatMap(({ environments }) => environments.filter(({ has }) => has.has("Fargate"))).at(-1)),
  "code alone, for a service of ECS on instances that another stack owns": ({ codeAlone }) =>
    at(
      codeAlone.flatMap(({ environments }) => environments.filter(({ has }) => has.has("instances"))).at(-1),
    ),
  "code alone in an image, for a function that another stack owns": released("image by deploy"),
  "another environment of it": ({ codeAlone }, { here }) => {
    const first = codeAlone
      .flatMap(({ environments }) => environments)
      .find((each) => each.name !== here.name && nameOf(each) === nameOf(here));
    return first && { first };
  },
  "an environment in another Region than tooling's and account": ({ elsewhere }) =>
    at(elsewhere.filter(({ has }) => has.has("abroad")).at(-1)),
  "an environment in another Region than tooling's and account, of a workload in an image": ({ elsewhere }) =>
    at(elsewhere.filter(({ has }) => has.has("abroad") && has.has("image")).at(-1)),
  "an environment in another Region than tooling's, of a workload whose code is files": ({ elsewhere }) =>
    at(elsewhere.filter(({ has }) => has.has("files")).at(-1)),
  "an environment in another Region than tooling's, of a workload in an image": ({ elsewhere }) =>
    at(elsewhere.filter(({ has }) => has.has("image")).at(-1)),
  "two environments in one account and two Regions, none of them tooling's": inTwoRegions(),
  "two environments in one account and two Regions, none of them tooling's, of a workload in an image":
    inTwoRegions("image"),
  "an environment with a runner": ({ pipelines }) =>
    at(pipelines.flatMap(({ environments }) => environments).find(({ has }) => has.has("runner"))),
  "an environment with a runner, in an account apart from tooling": ({ pipelines }) =>
    at(
      pipelines
        .flatMap(({ environments }) => environments)
        .find(({ has }) => has.has("runner") && has.has("abroad")),
    ),
  "another environment in the account of the one with a runner": beside(),
  "another environment with a runner in the account of the one with a runner": beside("runner"),
  "a workload whose template makes roles": having("bounded"),
  "a workload that CodeDeploy shifts": having("role codedeploy"),
  "a workload in an image": having("image"),
  "functions in an image": having("image by execution"),
  "a workload whose code is files": having("files"),
  "a workload of tasks on a container platform": having("role task", "role task-execution"),
  "a workload whose CloudFormation has rights by its team's own documents": having("own execution"),
  "functions that have rights by their team's own documents": having("bounded", "own workload"),
  "tasks that have rights by their team's own documents": having("role task", "own workload"),
  "functions that use queues": having("bounded", "uses sqs"),
  "tasks that use queues": having("role task", "uses sqs"),
  "functions that use topics": having("bounded", "uses sns"),
  "tasks that use topics": having("role task", "uses sns"),
  "functions that use buckets": having("bounded", "uses s3"),
  "tasks that use buckets": having("role task", "uses s3"),
  "functions that use streams": having("bounded", "uses streams"),
  "functions that are called at times": having("bounded", "uses scheduler"),
  "functions that rules call": having("bounded", "uses events"),
  "functions that are in a network": having("bounded", "uses functionNetwork"),
  "functions that have URLs": having("bounded", "uses functionUrl"),
  "functions that have URLs, none of them open to everybody": (scope, found) =>
    having("bounded", "uses functionUrl")(
      { ...scope, pipelines: scope.pipelines.filter(({ place }) => !place.has.has(PUBLIC)) },
      found,
    ),
  "functions that everybody may call at a URL": having("bounded", PUBLIC),
  "functions that state machines call": having("bounded", "uses stepfunctions"),
  "functions behind a REST API": having("bounded", "uses restapi"),
  "functions behind an API of a definition": having("bounded", "uses openapi"),
  "functions behind a REST API of a definition": having("bounded", "uses openapi", "uses restapi"),
  "functions that use secrets": having("bounded", "uses secretsmanager"),
  "functions that rotate secrets": having("bounded", "uses secretRotation"),
  "tasks that use secrets": having("role task", "uses secretsmanager"),
  "functions that use parameters": having("bounded", "uses ssm"),
  "tasks that use parameters": having("role task", "uses ssm"),
  "a workload in an image, and an account apart from tooling that it is released to": (
    { pipelines },
    { here },
  ) => {
    const own = pipelines.find(({ place }) => nameOf(place) === nameOf(here));
    const first = own?.environments.find(({ has }) => has.has("abroad"));
    return first && { first };
  },
  "another pipeline": (scope, found) => {
    const other = others(scope, found)[0]?.environments[0];
    return other && { other };
  },
  "an account that two pipelines release to": ({ main, pipelines }) => {
    const here = lastOf(main);
    const other = here && pipelines[1]?.environments.find((each) => sameAccount(each, here));
    return other && { here, other };
  },
  "another pipeline that releases to the account of a workload whose code is files": (scope, found) => {
    const other = others(scope, found)
      .flatMap(({ environments }) => environments)
      .find((each) => sameAccount(each, found.here));
    return other && { other };
  },
  "an approval that is ended once a newer run waits behind it": ({ pipelines }) =>
    at(
      pipelines
        .flatMap(({ environments }) => environments)
        .find(({ has }) => has.has("stale approvals") && has.has("approval")),
    ),
  "chats, and an environment with an approval": ({ facts, main }) =>
    facts.project.has.has("chats")
      ? at([...main.environments].reverse().find(({ has }) => has.has("approval")))
      : undefined,
  "kept releases that are copied to another Region": ({ facts, main }) =>
    facts.project.has.has("replication") ? at(main.environments.at(-1)) : undefined,
  "readers of an environment": ({ facts }) => at(facts.looked[0]),
  "pull requests in CodeCommit whose previews read state": ({ facts }, { here }) => {
    const [platform] = facts.pullRequests;
    const previewed = facts.stacks.find(({ values }) => values["previewAccount"] === accountOf(here));
    return platform && previewed && { platform, previewed };
  },
  "a pipeline that brings the stacks up": ({ facts }, { here }) => {
    const [self] = facts.selfUpdate;
    const looks = facts.selfEnvironments.find(({ values }) => values["previewAccount"] === accountOf(here));
    const ups = facts.selfAccounts.find(({ values }) => values["upAccount"] === accountOf(here));
    return self && looks && ups && { self, looks, ups };
  },
  "a source in CodeCommit: what a connection reaches is decided where it is authorised": ({ main }) =>
    when(main.place.has.has("codecommit")),
  "a transform that settings do not list: AWS::Include is listed": (_, { here }) =>
    when(![here.values["transforms"] ?? []].flat().includes("Include")),
  "branches that have stacks": branches(),
  "branches whose code is files": branches("files"),
  "branches of functions": branches("bounded"),
  "branches of tasks": branches("task roles"),
  "branches that are built as images": (_, { here }) => when(here.has.has("image")),
  "an environment in the account of the branches": ({ pipelines, elsewhere }, { here }) => {
    const beside = [...pipelines.flatMap(({ environments }) => environments), ...elsewhere].find(
      (each) => sameAccount(each, here) && sameRegion(each, here),
    );
    return beside && { beside };
  },
  "branches that have stacks in another Region than tooling's": branches("elsewhere"),
  "branches that have stacks in another Region than tooling's and account": branches("elsewhere", "abroad"),
  "branches whose images are copied to another Region": branches("images elsewhere"),
  "branches whose images are copied to another Region, and run in an account apart from tooling": branches(
    "images elsewhere",
    "abroad",
  ),
  "an environment of their pipeline in their Region": (_, { here, main }) =>
    when(main !== undefined && sameRegion(here, main)),
  "an environment of their pipeline in yet another Region": ({ elsewhere }, { here, main }) => {
    const far = elsewhere.find(
      (each) => main !== undefined && nameOf(each) === nameOf(main) && !sameRegion(each, here),
    );
    return far && { far };
  },
  "branches that CodeDeploy shifts": (_, { here }) => when(here.has.has("role codedeploy")),
  "a workload that CodeDeploy shifts, beside branches": (_, { here, beside }) =>
    when(here.has.has("role codedeploy") && beside?.has.has("role codedeploy") === true),
};

/** What the first statements of a team's own documents are about: in place of its own things those of `others`. */
function ownWords({ settings }: Facts, place: Place, other: Place | undefined): Record<string, string> {
  const permissions = settings.pipelines.find(({ name }) => name === nameOf(place))?.permissions;
  const [execution, workload] = [permissions?.execution, permissions?.workload].map((each) =>
    namedOwn(each ?? []),
  );
  const onThingOf = (resource: string, name: unknown, at: Place = place) =>
    instance(fill(resource.replaceAll("{workload}", String(name)), at.values)[0] ?? "");
  return {
    ...(execution && {
      ownSid: execution.sid,
      ownAction: execution.action,
      ownElsewhere: onThingOf(execution.resource, "payroll"),
      ownOfOther: onThingOf(execution.resource, other?.values["workload"], other),
    }),
    ...(workload && {
      ownCallSid: workload.sid,
      ownCall: workload.action,
      ownCallHere: onThingOf(workload.resource, place.values["workload"]),
      ownCallElsewhere: onThingOf(workload.resource, "payroll"),
    }),
  };
}

/** What scenarios speak of beside the words of the access matrix. */
function worded(place: Place, stranger: string, more: Record<string, string>): Place {
  const fetching = [...place.has].find((each) => / by /.test(each)) ?? "";
  const fetcher = fetching.replace(/^.* by /, "");
  const owners = fetcher === "owner" ? String(place.values["executionRole"]) : undefined;
  const pipeline = nameOf(place);
  return {
    ...place,
    values: {
      ...place.values,
      stranger,
      ...more,
      run: EXECUTION_ID,
      code: CODE_SHA256,
      commit: "5c0ffee".repeat(6).slice(0, 40),
      planner: place.has.has("approval") ? "plan-job" : "release-job",
      pullSid: / by (task-execution|owner)$/.test(fetching) ? "PullToStartTasks" : "PullToCreateFunctions",
      fetching: owners === undefined ? `role {own}-${fetcher}` : `owners-role ${owners}`,
      fetcherName: owners === undefined ? `role{path}{own}-${fetcher}` : (owners.split(":").at(-1) ?? ""),
      Pipeline: (pipeline.charAt(0).toUpperCase() + pipeline.slice(1)).replaceAll("-", "Dash"),
      functionSubnet: texts(place.values["functionSubnets"])[0] ?? "",
      runnerSubnet: texts(place.values["runnerSubnets"])[0] ?? "",
      functionGroup: texts(place.values["functionGroups"])[0] ?? "",
      label: BRANCHES.find(({ hash }) => hash === place.values["hash"])?.label ?? "",
      ...(Array.isArray(place.values["readers"]) && { reader: String(place.values["readers"][0]) }),
    },
  };
}

export interface Inventory {
  /** Where all of it is, or the first that settings lack. */
  readonly find: (needs: readonly string[]) => { readonly places: Places } | { readonly lacks: string };
}

/** Throws NotKnown where there is no pipeline, or none of its environments. */
export function inventoryOf(world: World): Inventory {
  const facts = matrixFacts(world);
  const stranger =
    ["999999999999", "888888888888", "777777777777"].find((each) => !world.model.accounts.has(each)) ??
    notKnown("there is no account that is nobody's");
  const isElsewhere = ({ values }: Place): boolean => values["region"] !== values["toolingRegion"];
  const all = facts.pipelines
    .map(({ pipeline, place }) => ({
      place,
      environments: facts.environments
        .filter((each) => each.pipeline === pipeline && !isElsewhere(each.place))
        .map((each) => each.place),
    }))
    .sort(
      (a, b) =>
        b.environments.length - a.environments.length || nameOf(a.place).localeCompare(nameOf(b.place)),
    );
  const which = (kind: string) => all.filter(({ place }) => place.has.has(kind));
  const [codeAlone, stacks] = [which("code alone"), which("stack")];
  const pipelines = stacks.length > 0 ? stacks : codeAlone;
  const main = pipelines[0] ?? notKnown("there is no pipeline");
  const last =
    lastOf(main) ??
    facts.environments.find(({ place }) => nameOf(place) === nameOf(main.place))?.place ??
    notKnown(`pipeline ${nameOf(main.place)} has no environment`);
  const elsewhere = facts.environments
    .map(({ place }) => place)
    .filter(({ has }) => has.has("elsewhere") && has.has("stack"));
  return {
    find: (needs) => {
      let found: Places = { here: last };
      for (const lacks of needs) {
        const more = NEEDS[lacks]?.({ facts, pipelines, codeAlone, main, elsewhere }, found);
        if (more === undefined) return { lacks };
        found = { ...found, ...more } as Places;
      }
      const entries = Object.entries(found).map(
        ([name, place]) => [name, worded(place, stranger, ownWords(facts, place, found["other"]))] as const,
      );
      return { places: Object.fromEntries(entries) as Places };
    },
  };
}
