import { texts } from "../json";
import type { Action, Catalog } from "../policy/catalog";
import type { ConditionKeys } from "../policy/conditionKeys";
import { operatorName } from "../policy/conditions";
import { fitsForm } from "../policy/overlap";
import { map, type Values } from "../json";

/** One thing that is wrong with a statement. */
export interface Fault {
  readonly check: "form" | "sid" | "action" | "resource" | "key" | "operator" | "limit";
  /** The action, or all of the statement's. */
  readonly action: string;
  /** The resource, or all of the statement's; the condition key. */
  readonly on: string;
  readonly message: string;
}

/** Actions, or those that NotAction leaves out. */
export const actionPatterns = (statement: Values): string[] =>
  texts(statement["Action"] ?? statement["NotAction"]);

const resourcesOf = (statement: Values): string[] => texts(statement["Resource"] ?? statement["NotResource"]);

type Asked = ReadonlyMap<string, readonly Action[]>;

/** Whether a resource of a policy has one of the forms that an action is asked on. */
export const isAskedOn = ({ resources, alone }: Action, resource: string): boolean =>
  resource === "*" ? alone || resources.length > 0 : resources.some(({ arn }) => fitsForm(resource, arn));

function resourceFaults(statement: Values, asked: Asked): Fault[] {
  const resources = resourcesOf(statement);
  if (resources.length === 0) return []; // trust and repository: the thing itself is meant
  const fits = (actions: readonly Action[], resource: string) =>
    actions.some((each) => isAskedOn(each, resource));
  const fault = (action: string, on: string, message: string): Fault => ({
    check: "resource",
    action,
    on,
    message,
  });
  const all = resources.join(", ");
  const idle = [...asked].filter(
    ([, known]) => known.length > 0 && !resources.some((each) => fits(known, each)),
  );
  const unasked = resources.filter((each) => ![...asked.values()].some((known) => fits(known, each)));
  return [
    ...idle.map(([action]) => fault(action, all, `AWS asks for ${action} on none of ${all}`)),
    ...unasked.map((each) =>
      fault([...asked.keys()].join(", "), each, `AWS asks for none of its actions on ${each}`),
    ),
  ];
}

/** `aws:RequestTag/${TagKey}` and `s3:ExistingObjectTag/<key>` cover every tag; what follows a free part must be so. */
export function covers(documented: string, key: string): boolean {
  const [whole, name] = [documented.toLowerCase(), key.toLowerCase()];
  const [fixed = "", end] = whole.split(/\$\{[^}]*\}|<[^>]*>/);
  if (end === undefined) return name === fixed;
  return name.startsWith(fixed) && name.endsWith(end) && name.length > fixed.length + end.length;
}

/** Global keys that come with some actions only; AWS lists them with the action. */
const OF_SOME_ACTIONS = /^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/i;
/** Keys that a role's session carries into every service. */
const OF_SESSIONS =
  /^(ec2:(RoleDelivery|SourceInstanceArn)|glue:(RoleAssumedBy|CredentialIssuingService)|lambda:SourceFunctionArn|ssm:SourceInstanceArn|identitystore:UserId)$/i;

const isGlobal = (key: string): boolean =>
  (/^aws:/i.test(key) && !OF_SOME_ACTIONS.test(key)) || OF_SESSIONS.test(key);

/** Keys that come with an action, and with the resources that a statement names for it. */
export function keysOf(action: Action, statement: Values): string[] {
  const named = resourcesOf(statement);
  const withResources = action.resources.filter(
    ({ arn }) => named.length === 0 || named.some((each) => each === "*" || fitsForm(each, arn)),
  );
  return [...action.keys, ...withResources.flatMap(({ keys }) => keys)];
}

/** Types of condition key that an operator compares. */
const COMPARED: readonly (readonly [operator: RegExp, types: RegExp])[] = [
  [/^(String|Arn)/, /^(ArrayOf)?(String|ARN)$/],
  [/^Numeric/, /^(ArrayOf)?(Numeric|Long)$/],
  [/^Date/, /^(ArrayOf)?Date$/],
  [/^Bool/, /^(ArrayOf)?Bool$/],
  [/^Binary/, /^(ArrayOf)?Binary$/],
  [/IpAddress$/, /^(ArrayOf)?IPAddress$/],
  [/^Null$/, /./],
];

function conditionFaults(statement: Values, actions: readonly Action[], keys: ConditionKeys): Fault[] {
  return Object.entries(map(statement["Condition"])).flatMap(([operator, tested]) =>
    Object.keys(map(tested)).flatMap((key): Fault[] => {
      const type = keys.typeOf(key) ?? "";
      const { base } = operatorName(operator);
      const compares = COMPARED.some(([name, types]) => name.test(base) && types.test(type));
      const without = actions.filter(
        (each) => !isGlobal(key) && !keysOf(each, statement).some((one) => covers(one, key)),
      );
      const message = `${operator} does not compare ${key}, which is ${type}`;
      return [
        ...(compares ? [] : [{ check: "operator", action: "", on: key, message } as const]),
        ...without.map(({ name }): Fault => ({
          check: "key",
          action: name,
          on: key,
          message: `${name} does not come with ${key}`,
        })),
      ];
    }),
  );
}

/** What AWS's reference says against a statement that is well formed. */
export function statementFaults(statement: Values, catalog: Catalog, keys: ConditionKeys): Fault[] {
  const asked = new Map(actionPatterns(statement).map((pattern) => [pattern, catalog.covered(pattern)]));
  const missing = [...asked].filter(([, found]) => found.length === 0);
  return [
    ...missing.map(([action]): Fault => ({
      check: "action",
      action,
      on: "",
      message: `there is no action ${action}`,
    })),
    ...(statement["NotAction"] === undefined ? resourceFaults(statement, asked) : []),
    ...conditionFaults(statement, [...asked.values()].flat(), keys),
  ];
}
