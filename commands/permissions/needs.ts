/** Which services of `uses` a template needs, by what each of them says of itself. Pure. */
import type { Statement } from "../../components/policies";
import { USES, type UseName } from "../../components/uses/list";
import type { OwnPermissions } from "../../components/uses/ownPermissions";
import type { Part, Use } from "../../components/uses/use";
import { partOf, usable, using } from "../../components/uses/using";
import { TEMPLATE_KINDS, type WorkloadKind, WORKLOADS } from "../../components/workloads/list";
import type { Workload, WorkloadSite } from "../../components/workloads/workload";
import { map, texts } from "../../packages/iam/src/json";
import { fits } from "../../packages/iam/src/matrix/wildcards";
import { awsManagedPolicy } from "../../rehearsal/aws/awsManagedPolicies";
import { cloudFormationType, cloudFormationTypes } from "../../rehearsal/aws/registry";
import { refusedType } from "../../stacks/settings/permissionRules";
import { didYouMean } from "../../stacks/settings/problems";
import type { Declared } from "./reading";
import { at, isPlain, maps, named, plainTexts } from "./values";

/** Something in a template that one of these services lets in; more than one where the template does not tell. */
export interface Need {
  readonly oneOf: readonly UseName[];
  readonly because: string;
}

/** What a template has and no setting of this kind lets in. */
export interface Stranger {
  readonly what: string;
  readonly next: string;
}

export interface Needs {
  readonly needs: readonly Need[];
  readonly strangers: readonly Stranger[];
  /** Rights that roles of the template ask for, and that no service gives them or nobody here can read. */
  readonly unread: readonly string[];
}

const shown = ({ id, type }: Declared): string => `${id} (${type})`;

/** Services of AWS that a policy of trust names. */
const trusting = (properties: Declared["properties"]): string[] =>
  maps(properties["AssumeRolePolicyDocument"]).flatMap((each) =>
    isPlain(each["Principal"]) ? plainTexts(each["Principal"]["Service"]) : [],
  );

/** Rights that a role, or a policy of roles, asks for in its own text. */
const asked = (properties: Declared["properties"]): string[] =>
  maps(properties)
    .filter((each) => each["Effect"] === "Allow" && each["Principal"] === undefined)
    .flatMap((each) => plainTexts(each["Action"]))
    .filter((action) => action.includes(":"));

const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => texts(Action));

/** Whether what is asked for, with wildcards, has one of these actions. */
const hasOne = (asking: string, actions: readonly string[]): boolean =>
  actions.some((action) => fits(asking.toLowerCase(), action.toLowerCase()));

/** Whether a type carries rights of a role. */
const carriesRights = (type: string): boolean => {
  const carries = cloudFormationType(type)?.carries;
  return carries !== undefined && carries !== "nothing" && carries.identity !== undefined;
};

/** Rules for single properties of a type, by their path. */
const ruledPaths = ({ own, given, only }: Partial<Part["template"]>, type: string): string[] =>
  [own, given, only].flatMap((rules) => Object.keys(rules?.[type] ?? {}));

/** What a template of this kind needs. */
export function needsOf(
  kind: WorkloadKind,
  site: WorkloadSite,
  resources: readonly Declared[],
  permissions?: OwnPermissions,
): Needs {
  const workload: Workload = permissions ? using(WORKLOADS[kind], [], permissions) : WORKLOADS[kind];
  const parts = usable(WORKLOADS[kind]).flatMap((name) => {
    const part = partOf(WORKLOADS[kind], name);
    if (!part) return [];
    const { template, properties: lets = {} } = part;
    return [{ name, template, lets, rights: actionsOf(part.workload(site)) }];
  });
  const those = (has: (part: (typeof parts)[number]) => boolean): UseName[] =>
    parts.filter(has).map(({ name }) => name);
  const types = new Map(resources.map(({ id, type }) => [id, type]));
  const rules = new Map(parts.map(({ name, template }) => [name, template]));
  const ofKind = actionsOf(workload.boundary?.(site) ?? []);

  /** Of several services that let a type in, those that let in what this resource names, and others don't. */
  function narrowed(all: readonly UseName[], { type, properties }: Declared): readonly UseName[] {
    const authTypes = plainTexts(properties["AuthType"]);
    const asking = all.filter((name) => rules.get(name)?.authTypes?.some((each) => authTypes.includes(each)));
    const names = asking.length > 0 ? asking : all;
    const takes = (name: UseName, path: string, other: string): boolean =>
      Object.hasOwn(rules.get(name)?.own?.[type]?.[path] ?? {}, other);
    const fitting = names.filter((name) =>
      Object.keys(rules.get(name)?.own?.[type] ?? {}).some((path) =>
        at(properties, path.split("."))
          .flatMap(named)
          .map((id) => types.get(id) ?? "")
          .some((other) => takes(name, path, other) && !names.every((each) => takes(each, path, other))),
      ),
    );
    return fitting.length > 0 ? fitting : names;
  }

  const needs: Need[] = [];
  const strangers: Stranger[] = [];
  const unread: string[] = [];
  /** Notes what lets this in; otherwise says what to do. */
  function need(oneOf: readonly UseName[], what: string, next: () => string): void {
    if (oneOf.length > 0) needs.push({ oneOf, because: what });
    else strangers.push({ what, next: next() });
  }
  const services = (lets: "trusted" | "callers", who: readonly string[], what: string): void =>
    who
      .filter((each) => each.includes(".") && !workload.template[lets].includes(each))
      .forEach((each) =>
        need(
          those(({ template }) => template[lets]?.includes(each) ?? false),
          `${what} ${each}`,
          () => "no setting lets this service in: do without it",
        ),
      );

  /** Rights that a role asks for, in its own text or by a policy that AWS keeps, together where the same services give them. */
  function rightsOf(actionsAsked: readonly string[], what: string, asking: string): void {
    const givers = new Map<string, { oneOf: UseName[]; actions: string[] }>();
    for (const action of new Set(actionsAsked.filter((each) => !hasOne(each, ofKind)))) {
      const oneOf = those(({ rights }) => hasOne(action, rights));
      const before = givers.get(oneOf.join(" "))?.actions ?? [];
      givers.set(oneOf.join(" "), { oneOf, actions: [...before, action] });
    }
    for (const { oneOf, actions } of givers.values()) {
      const wanted = `${what} ${asking} ${actions.join(", ")}`;
      if (oneOf.length > 0) needs.push({ oneOf, because: wanted });
      else unread.push(`${wanted}, which no service gives: the boundary takes it away`);
    }
  }
  /** The same by policies of a name of their own: those of AWS's that are known are read. */
  function managed(properties: Declared["properties"], what: string): void {
    for (const policy of plainTexts(properties["ManagedPolicyArns"])) {
      // The one name of CloudFormation's that such ARNs have in them.
      const known = awsManagedPolicy(policy.replace("${AWS::Partition}", "aws"));
      if (known === undefined)
        unread.push(`${what} has ${policy}, which is not read here: the boundary limits it`);
      else rightsOf(asked({ known }), what, `asks by ${policy.split("/").at(-1)} for`);
    }
  }

  for (const resource of resources) {
    const { type, properties } = resource;
    const what = shown(resource);
    const letIn = (name: UseName, paths: readonly string[]): void => {
      const has = paths.find((path) => at(properties, path.split(".")).length > 0);
      if (has !== undefined) needs.push({ oneOf: [name], because: `${what} has ${has}` });
    };
    // What has rules of its own is found by these.
    for (const { name, lets, template } of parts)
      if (ruledPaths(template, type).length === 0) letIn(name, lets[type] ?? []);
    if (workload.template.types.includes(type)) {
      const ruled = ruledPaths(workload.template, type);
      for (const { name, template } of parts) {
        const more = ruledPaths(template, type).filter((path) => !ruled.includes(path));
        letIn(name, more);
      }
    } else {
      const lets = those(({ template }) => template.types.includes(type));
      need(narrowed(lets, resource), what, () => advice(WORKLOADS[kind], type));
    }
    if (type === "AWS::Lambda::Permission")
      services("callers", plainTexts(properties["Principal"]), `${what} lets in`);
    if (!carriesRights(type)) continue;
    services("trusted", trusting(properties), `${what} can be taken by`);
    rightsOf(asked(properties), what, "asks for");
    managed(properties, what);
  }
  return { needs, strangers, unread };
}

/** What to do about a type that no setting of a kind lets in. */
function advice(workload: Workload, type: string): string {
  const { kind } = workload;
  const others = Object.values(WORKLOADS as Readonly<Record<string, Workload>>).filter((other) =>
    using(other, usable(other)).template.types.includes(type),
  );
  const lacking = Object.values(USES).find(({ parts }: Use) =>
    Object.values(parts).some(({ template }) => template.types.includes(type)),
  );
  if (lacking) return `workload ${kind} can't use ${lacking.name}: ${lacking.lacks}`;
  if (others.length > 0)
    return `workload ${kind} has none: it is for ${others.map(({ kind: name }) => name).join(" or ")}`;
  const known = [
    ...new Set([
      ...using(workload, usable(workload)).template.types,
      ...cloudFormationTypes().map(([each]) => each),
    ]),
  ];
  const near = didYouMean(type, known);
  const refused = refusedType(type, workload);
  return refused === undefined
    ? `${near}no service of uses has it: let it in by permissions.types of its pipeline, with what CloudFormation may do for it ` +
        "(docs/uses.md#permissions)"
    : `${near}no setting lets this type in, and Plan refuses it: do without it`;
}

/** The services that are needed, in the list's order: of those that the template leaves open, one that is needed or chosen anyway. */
export function servicesOf(
  { needs }: Needs,
  chosen: readonly UseName[] = [],
): { name: UseName; because: string[]; or: readonly UseName[] }[] {
  const surely = new Set(
    needs.flatMap(({ oneOf: [name, ...more] }) => (name && more.length === 0 ? [name] : [])),
  );
  const decided = needs.map(({ oneOf, because }) => {
    const name = oneOf.find((each) => surely.has(each)) ?? oneOf.find((each) => chosen.includes(each));
    return { name: name ?? oneOf[0], or: name ? [] : oneOf.slice(1), because };
  });
  return (Object.keys(USES) as UseName[]).flatMap((name) => {
    const own = decided.filter((each) => each.name === name);
    return own.length === 0
      ? []
      : [
          {
            name,
            because: [...new Set(own.map(({ because }) => because))],
            or: [...new Set(own.flatMap(({ or }) => or))],
          },
        ];
  });
}

/** The kind that fits best: the fewest types that it can't have, then the most of its parameters. */
export function likelyKind(
  resources: readonly Declared[],
  { parameters, framework }: { readonly parameters: readonly string[]; readonly framework: boolean },
  site: WorkloadSite,
): WorkloadKind {
  const image = resources.some(
    ({ type, properties }) =>
      type === "AWS::Lambda::Function" &&
      (properties["PackageType"] === "Image" || "ImageUri" in map(properties["Code"])),
  );
  const scored = TEMPLATE_KINDS.map((kind, order) => {
    const workload: Workload = WORKLOADS[kind];
    const { types, code } = using(workload, usable(workload)).template;
    const foreign = resources.filter(({ type }) => !types.includes(type)).length;
    const given = Object.keys(workload.parameters(site)).filter((each) => parameters.includes(each)).length;
    const fitting = (workload.packaging === "serverless") === framework && (code === "image") === image;
    return { kind, order, foreign, unlike: fitting ? 0 : 1, given };
  });
  const [best] = scored.sort(
    (one, other) =>
      one.foreign - other.foreign ||
      one.unlike - other.unlike ||
      other.given - one.given ||
      one.order - other.order,
  );
  return best?.kind ?? "lambda-container";
}
