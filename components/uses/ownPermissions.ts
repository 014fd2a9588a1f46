/** What a team's own documents add to a kind of workload, beyond what `uses` brings. Settings have refused what they may not hold. Pure. */
import { partition } from "../names";
import type { Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { Workload, WorkloadSite } from "../workloads/workload";

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement as settings have it. */
export interface OwnStatement {
  readonly Sid: string;
  readonly Action: readonly string[];
  /** ARNs in which `${AWS::StackName}` and others of CloudFormation's pseudo parameters stand, or `*`. */
  readonly Resource: readonly string[];
  readonly Condition?: Conditions | undefined;
}

export interface OwnPermissions {
  /** Types that templates may have besides. */
  readonly types: readonly string[];
  /** What CloudFormation may do besides. */
  readonly execution: readonly OwnStatement[];
  /** What functions or tasks may do besides, at most. */
  readonly workload: readonly OwnStatement[];
}

export const NO_PERMISSIONS: OwnPermissions = { types: [], execution: [], workload: [] };

/** What the Sids of these statements begin with, so that none is like one of the program's, also of a version to come. */
export const BY_SETTINGS = "BySettings";

/** What may stand in a statement for what is different in each environment: CloudFormation's names for it. */
export const PSEUDO_PARAMETERS = ["AccountId", "Partition", "Region", "StackName"] as const;

const FUNCTION_KEY = "lambda:SourceFunctionArn";

/** The resources of S3, whose ARNs say nothing of an account. */
const withoutAccount = ({ Resource }: OwnStatement): boolean =>
  Resource.some((each) => /^arn:([^:]|::)*:s3:::/.test(each));

const tests = ({ Condition = {} }: OwnStatement, key: string): boolean =>
  Object.values(Condition).some((tested) =>
    Object.keys(tested).some((each) => each.toLowerCase() === key.toLowerCase()),
  );

/** The same with one more test. */
const narrowed = (
  condition: Conditions | undefined,
  operator: string,
  key: string,
  value: string,
): Conditions => ({ ...condition, [operator]: { ...condition?.[operator], [key]: value } });

/** Fills in where the workload is. */
function filler({ scope, account, name }: WorkloadSite): (text: string) => string {
  const values: Readonly<Record<(typeof PSEUDO_PARAMETERS)[number], string>> = {
    AccountId: account,
    Partition: partition(scope.region),
    Region: scope.region,
    StackName: name,
  };
  return (text) =>
    text.replace(
      /\$\{AWS::(\w+)\}/g,
      (written, each: string) => values[each as keyof typeof values] ?? written,
    );
}

/** One statement in one environment. */
function placed(site: WorkloadSite, statement: OwnStatement): Statement {
  const fill = filler(site);
  const { Sid, Action, Resource, Condition } = statement;
  const conditions =
    withoutAccount(statement) && !tests(statement, "aws:ResourceAccount")
      ? narrowed(Condition, "StringEquals", "aws:ResourceAccount", "${AWS::AccountId}")
      : Condition;
  return {
    Sid: `${BY_SETTINGS}${Sid}`,
    Effect: "Allow",
    Action: [...Action],
    Resource: Resource.map(fill),
    ...(conditions && {
      Condition: Object.fromEntries(
        Object.entries(conditions).map(([operator, tested]) => [
          operator,
          Object.fromEntries(
            Object.entries(tested).map(([key, value]) => [
              key,
              typeof value === "string" ? fill(value) : value.map(fill),
            ]),
          ),
        ]),
      ),
    }),
  };
}

/** What CloudFormation may do by them. */
export const ownExecution = (site: WorkloadSite, { execution }: OwnPermissions): Statement[] =>
  execution.map((each) => placed(site, each));

/**
 * What functions or tasks may do by them. Of functions, what the workload's own code calls: a boundary does not limit who may
 * take a role. What Lambda calls with a function's role, such as to read a stream, has a condition of the team's for that key.
 */
export const ownWorkload = (
  { boundary }: Pick<Workload, "boundary">,
  site: WorkloadSite,
  { workload }: OwnPermissions,
): Statement[] =>
  workload.map((each) =>
    placed(
      site,
      boundary === undefined || tests(each, FUNCTION_KEY)
        ? each
        : { ...each, Condition: narrowed(each.Condition, "ArnLike", FUNCTION_KEY, functions(site)) },
    ),
  );
