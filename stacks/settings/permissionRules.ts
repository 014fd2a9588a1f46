/** What a team's own policy documents may never hold: each is refused by its name, with what to do. Pure. */
import { BY_SETTINGS, PSEUDO_PARAMETERS } from "../../components/uses/ownPermissions";
import { USE_NAMES, type UseName, USES } from "../../components/uses/list";
import {
  IMAGES,
  JUDGED,
  KEYS,
  namespaceOf,
  NEVER_TYPES,
  PEOPLE,
  SHARES,
  STACKS,
  SYSTEM,
  TAKEN,
  CLOSED,
} from "../../components/uses/ownTypes";
import { usable } from "../../components/uses/using";
import { WORKLOADS } from "../../components/workloads/list";
import type { Workload } from "../../components/workloads/workload";
import { type AwsAction, awsAction, awsActionsOf } from "./awsActions";
import { type PipelineDraft, texts as listed } from "./draft";
import { permissions } from "./permissions";
import { didYouMean, isMap, line, maps, valid } from "./problems";

type Pipeline = Pick<PipelineDraft, "key" | "workload" | "permissions">;
type Part = "execution" | "workload";

/** Services of AWS that no team's own document may speak of, and why. */
const NEVER: Readonly<Record<string, string>> = {
  iam: "it writes and passes roles: roles of the template are made with the boundary, by what the program has for that",
  sts: "it takes roles, such as those of pipelines and of tooling",
  cloudformation: "it changes stacks, such as the workload's own past Plan and the approval",
  servicecatalog: STACKS,
  proton: STACKS,
  organizations: PEOPLE,
  account: PEOPLE,
  sso: PEOPLE,
  "sso-directory": PEOPLE,
  identitystore: PEOPLE,
  ram: SHARES,
  rolesanywhere: TAKEN,
  tag: "it tags whatever there is, and rights go by tags",
  kms: KEYS,
  codepipeline: SYSTEM,
  codebuild: SYSTEM,
  codecommit: SYSTEM,
  codeconnections: SYSTEM,
  "codestar-connections": SYSTEM,
  "codestar-notifications": SYSTEM,
  codedeploy: SYSTEM,
  chatbot: SYSTEM,
  ecr: IMAGES,
};

/** Whoever has them can let others in: Plan would not see it. Some are not of this level in AWS's reference. */
const OPENS =
  /(Resource|Access|Permissions?|Repository|Registry|Domain|Identity|Vault|FileSystem|Endpoint)Polic(y|ies)|Permission|Acls?$|Grant|Share/;
const looks = (action: AwsAction | undefined): boolean =>
  action !== undefined && action.levels.every((each) => ["List", "Read"].includes(each));
const opens = (action: AwsAction): boolean =>
  action.levels.includes("Permissions management") || (!looks(action) && OPENS.test(action.name));

/** One text, or several. */
const texts = (value: unknown): string[] => (typeof value === "string" ? [value] : listed(value));

const STACK = "${AWS::StackName}";
const TAGS = ["aws:ResourceTag/delivery:workload", "aws:RequestTag/delivery:workload"] as const;

/** `sqs` of `sqs:SendMessage`. */
const serviceOf = (action: string): string => (action.split(":")[0] ?? "").toLowerCase();

/** What the program's own statements give CloudFormation, of every kind with every service of `uses`. */
interface Own {
  /** By AWS service, the names in `uses` that bring it; none where the kinds have it themselves. */
  readonly services: ReadonlyMap<string, readonly UseName[]>;
  /** In small letters: those that configure things. */
  readonly actions: ReadonlySet<string>;
}

let own: Own | undefined;
/** Read off the program's own list, so that a service that comes into it is refused here too. */
function ownOf(): Own {
  if (own) return own;
  const services = new Map<string, Set<UseName>>();
  const actions = new Set<string>();
  const add = (to: Map<string, Set<UseName>>, key: string, use?: UseName) => {
    const names = to.get(key) ?? new Set<UseName>();
    if (use) names.add(use);
    to.set(key, names);
  };
  // Of no place: what is read of these statements are their actions alone.
  const name = "-";
  const site = {
    ...{ scope: { project: name, region: "eu-west-1", toolingAccount: name, path: "/" }, account: name },
    ...{
      environment: name,
      host: name,
      name,
      boundaryArn: name,
      roleArn: () => name,
      repositoryArn: name,
      keyArn: name,
    },
    ...{ releaseFilesArn: name, platform: { cluster: name, listenerArn: name, subnetIds: [name] } },
    functionNetwork: { subnets: [name], securityGroups: [name] },
  };
  const kinds = Object.values(WORKLOADS as Readonly<Record<string, Workload>>);
  // Of EC2 and others CloudFormation only looks at things: nothing that looks is of this program alone.
  const given = (statements: readonly { readonly Action?: unknown }[], use?: UseName) => {
    for (const action of statements.flatMap(({ Action }) => texts(Action))) {
      if (looks(awsAction(action))) continue;
      actions.add(action.toLowerCase());
      add(services, serviceOf(action), use);
    }
  };
  for (const kind of kinds) given(kind.execution(site));
  for (const use of USE_NAMES)
    for (const part of Object.values(USES[use].parts)) given(part.execution(site, USE_NAMES), use);
  const inOrder = (all: Map<string, Set<UseName>>) =>
    new Map([...all].map(([key, each]) => [key, [...each]]));
  own = { services: inOrder(services), actions };
  return own;
}

/** `uses: [sqs]`, or that the kind has it. */
const instead = (names: readonly UseName[], workload: Workload): string => {
  const able = names.filter((name) => usable(workload).includes(name));
  return able.length > 0
    ? `what it takes is in the program, with its limits: write ${able.map((name) => `uses: [${name}]`).join(" or ")}`
    : `the program has it with its limits, where workload ${workload.kind} may have it at all: leave it out`;
};

/** Why an action may not be there; undefined where it may. */
function refusal(written: string, part: Part, workload: Workload): string | undefined {
  const service = serviceOf(written);
  const never = Object.hasOwn(NEVER, service) ? NEVER[service] : undefined;
  if (never !== undefined) return `no document of a team's own has ${service}: ${never}`;
  const action = awsAction(written);
  if (!action) {
    const all = awsActionsOf(service);
    return all.length === 0
      ? `AWS has no service ${service}: allowed are actions of its Service Authorization Reference`
      : `AWS has no such action: ${didYouMean(written, all)}allowed are actions of its Service Authorization Reference`;
  }
  if (opens(action))
    return "it can let others in, and Plan does not see whom: leave it out, and let others in by policies that Plan judges";
  const names = ownOf().services.get(service);
  if (part === "execution") return names && instead(names, workload);
  if (ownOf().actions.has(written.toLowerCase()))
    return "CloudFormation does this, by the template that Plan judges: leave it out";
  return service === "lambda" && !looks(action) && !/^lambda:invokefunction$/i.test(written)
    ? "it changes code or how it is reached, past Plan: leave it out; lambda:InvokeFunction is allowed"
    : undefined;
}

/** `${AWS::Region}` is one part of an ARN, as its colons are none of the ARN's. */
const partsOf = (arn: string): string[] => arn.replaceAll("${AWS::", "${").split(":");

/** Whether a resource begins with the stack's name, in one of the forms that AWS asks for. */
function isOwn(resource: string, { arns }: AwsAction): boolean {
  return arns.some((form) => {
    const [, , service, , , ...rest] = form.split(":");
    const [, , of, , , ...written] = partsOf(resource);
    const [fixed = ""] = rest.join(":").split("${");
    const name = written.join(":");
    return (
      of === service &&
      [`${fixed}\${StackName}`, `${fixed}/\${StackName}`].some((begins) =>
        ["-", "/"].some((end) => name.startsWith(begins + end)),
      )
    );
  });
}

/** Whether the statement goes by the workload's tag, which CloudFormation gives to what the stack makes. */
const byTag = (condition: unknown): (typeof TAGS)[number] | undefined =>
  TAGS.find((key) => {
    const equals = isMap(condition) && isMap(condition["StringEquals"]) ? condition["StringEquals"] : {};
    const values = texts(equals[key]);
    return values.length === 1 && values[0] === STACK;
  });

/** Whether the statement is for what is just being made, such as by ec2:CreateAction. */
const onceMade = (condition: unknown): boolean => {
  const equals = isMap(condition) && isMap(condition["StringEquals"]) ? condition["StringEquals"] : {};
  return Object.keys(equals).some((key) => /^[a-z0-9-]+:CreateAction$/.test(key));
};

/** Whether a key of the condition must be there, with nothing but values that name the stack. */
const namesStack = (condition: unknown): boolean =>
  isMap(condition) &&
  ["StringEquals", "StringLike", "ArnLike"].some((operator) => {
    const tested = condition[operator];
    return (
      isMap(tested) &&
      Object.values(tested).some((values) => {
        const written = texts(values);
        return written.length > 0 && written.every((each) => each.includes(STACK));
      })
    );
  });

const OWN_NAME = `begin its name with ${STACK}-`;
const OWN_TAG = `or give the statement the condition StringEquals {"${TAGS[0]}": "${STACK}"}`;

/** What is wrong with where the ARN says that it is; undefined where nothing is. */
function place(resource: string): string | undefined {
  const [, partition = "", service = "", region = "", account = ""] = partsOf(resource);
  if (/\$\{(?!AWS::)/.test(resource))
    return "policy variables have no place in it: allowed are " + PSEUDO.join(", ");
  const unknown = [...resource.matchAll(/\$\{[^}]*\}/g)]
    .map(([each]) => each)
    .find((each) => !PSEUDO.includes(each));
  if (unknown !== undefined) return `${unknown} is not known here: allowed are ${PSEUDO.join(", ")}`;
  if (/[*?]/.test(partition + service)) return "its partition and service must be named";
  if (account !== "" && account !== "${AccountId}")
    return `it is in account ${account}: allowed is the environment's own, \${AWS::AccountId}`;
  if (region !== "" && region !== "${Region}")
    return `it is in Region ${region}: allowed is the environment's own, \${AWS::Region}`;
  return undefined;
}
const PSEUDO: readonly string[] = PSEUDO_PARAMETERS.map((each) => `\${AWS::${each}}`);

/** What is wrong with the resources of one statement whose actions are all there may be. */
function resources(key: string, written: Record<string, unknown>, actions: readonly AwsAction[]): string[] {
  const tag = byTag(written["Condition"]);
  const tagging = actions.filter(({ levels }) => levels.includes("Tagging"));
  return texts(written["Resource"]).flatMap((resource, i, all) => {
    const at = Array.isArray(written["Resource"]) ? `${key}.Resource[${i}]` : `${key}.Resource`;
    const wrong = (rest: string) => [line(at, resource, rest)];
    if (resource !== "*") {
      const elsewhere = place(resource);
      if (elsewhere !== undefined) return wrong(elsewhere);
      if (actions.some((action) => isOwn(resource, action))) return [];
    }
    const named = actions.filter(({ arns }) => arns.length > 0);
    if (named.length === 0) {
      if (resource !== "*")
        return wrong("AWS knows no resource for its actions: allowed is *, in a statement of their own");
      const writing = actions.filter((each) => !looks(each));
      return writing.length > 0 && !namesStack(written["Condition"])
        ? wrong(
            `AWS knows no resource for ${writing.map(({ name }) => name).join(", ")}, which would be for all of the account: ` +
              `add a Condition that says what is the workload's, by a value with ${STACK}`,
          )
        : [];
    }
    if (tag !== undefined)
      // Whoever may put the workload's tag on a thing makes it the workload's.
      return tagging.length > 0 && tag === TAGS[1] && !onceMade(written["Condition"])
        ? wrong(
            `${tagging.map(({ name }) => name).join(", ")} could put the workload's tag on what is others': ${OWN_NAME}, ` +
              "or give the statement a condition for what is just being made, where AWS has one, such as ec2:CreateAction",
          )
        : [];
    const which = named.map(({ name }) => name).join(", ");
    return resource === "*" && all.length > 0 && named.length < actions.length
      ? wrong(`AWS knows resources for ${which}: put these into a statement of their own, and ${OWN_NAME}`)
      : wrong(`it is not the workload's alone, and AWS can keep ${which} apart: ${OWN_NAME}, ${OWN_TAG}`);
  });
}

/** Condition keys that stand in two operators: the access matrix says one thing of each. */
function repeatedKeys(key: string, condition: unknown): string[] {
  if (!isMap(condition)) return [];
  const keys = Object.values(condition).flatMap((tested) => (isMap(tested) ? Object.keys(tested) : []));
  const twice = keys.filter(
    (each, i) => keys.findIndex((one) => one.toLowerCase() === each.toLowerCase()) < i,
  );
  return twice.map((each) =>
    line(`${key}.Condition`, each, "this condition key stands there twice: make two statements of it"),
  );
}

/** What may be filled in to the values of conditions: the access matrix knows what policy variables stand for in nobody's request. */
function pseudoParameters(key: string, condition: unknown): string[] {
  const unknown = [...JSON.stringify(condition ?? {}).matchAll(/\$\{[^}]*\}/g)]
    .map(([each]) => each)
    .filter((each) => !PSEUDO.includes(each));
  return unknown.map((each) =>
    line(`${key}.Condition`, each, `it is not known here: allowed are ${PSEUDO.join(", ")}`),
  );
}

/** Null says that a key is absent; that it is there, the statement says by its value. */
function nulls(key: string, condition: unknown): string[] {
  const tested = isMap(condition) && isMap(condition["Null"]) ? condition["Null"] : {};
  return Object.entries(tested)
    .filter(([, value]) => value !== "true")
    .map(([name, value]) =>
      line(`${key}.Condition.Null[${JSON.stringify(name)}]`, value, 'allowed is "true": the key is absent'),
    );
}

/** Everything that is wrong with one part of a pipeline's documents. */
function partProblems({ key, permissions: written }: Pipeline, part: Part, workload: Workload): string[] {
  const document = isMap(written) ? written[part] : undefined;
  const statements = maps(isMap(document) ? document["Statement"] : undefined);
  const sids = statements.map((each) => each["Sid"]);
  return statements.flatMap((statement, i) => {
    const at = `${key}.permissions.${part}.Statement[${i}]`;
    const sid = statement["Sid"];
    const twice =
      typeof sid === "string" && sids.indexOf(sid) < i
        ? [
            line(
              `${at}.Sid`,
              sid,
              `${part}.Statement[${sids.indexOf(sid)}] has it, and a policy has each once, as ${BY_SETTINGS}${sid}: choose another`,
            ),
          ]
        : [];
    const actions = texts(statement["Action"]).filter((each) => /^[a-z0-9-]+:[A-Za-z0-9]+$/.test(each));
    const refused = actions.flatMap((action) => {
      const why = refusal(action, part, workload);
      return why === undefined ? [] : [line(`${at}.Action`, action, why)];
    });
    const known = actions.flatMap((each) => awsAction(each) ?? []);
    return [
      ...twice,
      ...refused,
      // What an action is asked on is said of those that may be there.
      ...(refused.length > 0 || known.length === 0 ? [] : resources(at, statement, known)),
      ...repeatedKeys(at, statement["Condition"]),
      ...pseudoParameters(at, statement["Condition"]),
      ...nulls(at, statement["Condition"]),
    ];
  });
}

/** A namespace that the program knows, where this is it in other capitals, in which CloudFormation has no type. */
const spelled = (namespace: string): string | undefined =>
  CLOSED.includes(namespace)
    ? undefined
    : CLOSED.find((each) => each.toLowerCase() === namespace.toLowerCase());

/** Why no document of a team's own lets a type in; undefined where one may. */
export function refusedType(type: string, workload: Workload): string | undefined {
  const namespace = namespaceOf(type);
  const known = spelled(namespace);
  if (known !== undefined) {
    const right = type.replace(`::${namespace}::`, `::${known}::`);
    return `CloudFormation knows no ${namespace}: did you mean ${JSON.stringify(right)}? Of that, ${refusedType(right, workload)}`;
  }
  const ofAws = Object.hasOwn(NEVER_TYPES, namespace) ? NEVER_TYPES[namespace] : undefined;
  const never = type.startsWith("AWS::") ? ofAws : "it is not AWS's";
  if (never !== undefined) return `no template has it: ${never}`;
  const names = JUDGED.get(namespace);
  return names && `Plan judges ${namespace} by the program's own rules, and ${instead(names, workload)}`;
}

/** Types that the program judges itself, or that no template has. */
function typeProblems({ key, permissions: written }: Pipeline, workload: Workload): string[] {
  const types = texts(isMap(written) ? written["types"] : undefined);
  const wrong = types.flatMap((type, i) => {
    const refused = refusedType(type, workload);
    // Another form is a problem of the form.
    return refused === undefined || !type.startsWith("AWS::")
      ? []
      : [line(`${key}.permissions.types[${i}]`, type, refused)];
  });
  const form = valid(permissions, written);
  return form && form.types.length > 0 && form.execution.length === 0
    ? [
        ...wrong,
        line(
          `${key}.permissions.execution`,
          undefined,
          `CloudFormation could make none of ${types.join(", ")}: allowed is a policy document with what it takes`,
        ),
      ]
    : wrong;
}

/** What each pipeline's own documents may not hold: a line each. */
export const permissionProblems = (pipelines: readonly Pipeline[]): string[] =>
  pipelines.flatMap((pipeline) => {
    const workload = pipeline.workload && WORKLOADS[pipeline.workload];
    if (pipeline.permissions === undefined || workload === undefined) return [];
    return [
      ...typeProblems(pipeline, workload),
      ...partProblems(pipeline, "execution", workload),
      ...partProblems(pipeline, "workload", workload),
    ];
  });
