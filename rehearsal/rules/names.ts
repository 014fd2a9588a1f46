import { DISPLAY_NAME, type NameForm, type Naming, NAMINGS, REPOSITORY } from "../../components/namings";
import { ofType, type Rehearsed, type Resource } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { map } from "../../packages/iam/src/json";

const DOCS = "https://docs.aws.amazon.com/";

interface Named {
  readonly resource: Resource;
  readonly naming: Naming;
  readonly name: string;
}

const named = (record: Rehearsed): Named[] =>
  ofType(record, ...Object.keys(NAMINGS)).flatMap((resource) => {
    const naming = NAMINGS[resource.type];
    const { outputs } = resource;
    const value = outputs[naming?.output ?? ""] ?? map(outputs["repository"])[naming?.output ?? ""];
    return naming ? [{ resource, naming, name: String(value) }] : [];
  });

/** What mails of a topic begin with: it need not be unique. */
const displayNames = (record: Rehearsed): { resource: Resource; naming: NameForm; name: string }[] =>
  ofType(record, "aws:sns/topic:Topic").flatMap((resource) => {
    const { displayName } = resource.inputs;
    return typeof displayName === "string" ? [{ resource, naming: DISPLAY_NAME, name: displayName }] : [];
  });

/** Names as AWS will get them, those included that Pulumi makes. */
export const nameForms: Rule = {
  id: "name",
  title: "every physical name has a length and characters that its service takes",
  source: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
  judge: (record) =>
    judgeEach(
      [...named(record), ...displayNames(record)],
      ({ naming: { page, min = 1, max, pattern, reserved = [] }, name }) => [
        ...(name.length >= min && name.length <= max
          ? []
          : [
              `its name ${name} has ${name.length} characters; ${min} to ${max} are allowed (${DOCS}${page})`,
            ]),
        ...(pattern.test(name) ? [] : [`its name ${name} does not match ${pattern.source} (${DOCS}${page})`]),
        ...reserved
          .filter((beginning) => name.toLowerCase().startsWith(beginning))
          .map(
            (beginning) => `its name ${name} begins with ${beginning}, which is reserved (${DOCS}${page})`,
          ),
      ],
    ),
};

/** Where two things of one type may not have one name. */
function place({ resource: { type, account, region, inputs }, naming, name }: Named): string {
  const kind = naming === REPOSITORY ? "repository" : type;
  const within = {
    world: [],
    account: [account],
    region: [account, region],
    role: [account, inputs["role"]],
    rule: [account, region, inputs["rule"]],
    vpc: [account, region, inputs["vpcId"]],
  };
  return [kind, ...within[naming.scope], name].join(" ");
}

/** The second of two is refused, if they are in two stacks only when that stack comes up. */
export const uniqueNames: Rule = {
  id: "unique-name",
  title: "no two resources of a type have one physical name in one account and Region",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  judge: (record) => {
    const items = named(record);
    const first = new Map<string, Named>();
    for (const item of items) if (!first.has(place(item))) first.set(place(item), item);
    return judgeEach(items, (item) => {
      const taken = first.get(place(item));
      return taken === undefined || taken === item
        ? []
        : [`its name ${item.name} is taken by ${taken.resource.name} of stack ${taken.resource.stack}`];
    });
  },
};
