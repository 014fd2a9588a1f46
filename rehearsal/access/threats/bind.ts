/** A scenario's names as ARNs, principals and policies, in one place. */
import { list, map, type Values } from "../../../packages/iam/src/json";
import type { AccessModel, Guarded, Role } from "../../../packages/iam/src/model";
import { heldPolicy, withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import {
  anonymous,
  type Principal,
  root,
  service,
  session,
} from "../../../packages/iam/src/policy/principals";
import { fill as fillOne, things } from "../matrix/kinds";
import type { Values as Words } from "../matrix/bindings";
import type { Change } from "./change";
import type { Names, Other, Scenario, WrittenChange, WrittenStep } from "./format";
import type { Places } from "./needs";
import type { Scene, Step } from "./scene";

const NOBODY: Policy = { name: "trust of nobody", attached: "trust", statements: [] };
const nameOf = (arn: string): string => arn.split("/").at(-1) ?? arn;
const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** Reads texts of one scenario, where its places are. */
class Binding {
  constructor(
    private readonly names: Names,
    private readonly places: Places,
    private readonly model: AccessModel,
    /** ARNs of what is not the project's, by name. */
    private readonly others: ReadonlyMap<string, string>,
  ) {}

  /** `{first.environment}` is a word of another place. */
  fill(written: string, words: Words = this.places.here.values): string {
    const near = written.replace(/\{(\w+)\.(\w+)\}/g, (whole, place: string, word: string) =>
      String(this.places[place]?.values[word] ?? notKnown(`${whole} is not known here`)),
    );
    const [one, ...more] = fillOne(near, words);
    return one !== undefined && more.length === 0 ? one : notKnown(`${written} stands for several here`);
  }

  /** Fills every text of a statement or condition. */
  filled(value: unknown): unknown {
    if (typeof value === "string") return this.fill(value);
    if (Array.isArray(value)) return value.map((each) => this.filled(each));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [this.fill(key), this.filled(each)]),
    );
  }

  /** A name's kind and the rest, in the words of its place: `plan of first`. */
  private spelled(written: string): { readonly text: string; readonly words: Words } {
    const [, plain = written, place = "here"] = /^(.*) of (\w+)$/.exec(written) ?? [];
    const { values } = this.places[place] ?? notKnown(`there is no ${place} where ${written} could be`);
    const [kind = "", ...rest] = plain.split(" ");
    const named = this.names.things[kind]?.replace("{rest}", () => rest.join(" "));
    return { text: this.fill(named ?? plain, values), words: values };
  }

  arn(written: string): string {
    const other = this.others.get(written);
    if (other !== undefined) return other;
    const { text, words } = this.spelled(written);
    if (/^(arn:|\*$)/.test(text)) return text;
    const [, held] = /^holder (.+)$/.exec(text) ?? [];
    if (held !== undefined) return held;
    const [thing] = things(text.replace(/^session /, "role "), words);
    return thing?.arn ?? notKnown(`${written} is nothing here`);
  }

  who(written: string): Principal {
    if (written === "anonymous") return anonymous;
    const { text, words } = this.spelled(written);
    const [kind = "", rest = ""] = text.split(" ");
    if (kind === "service") return service(rest);
    if (kind === "root") return root(rest, String(words["partition"]));
    if (kind === "holder") return this.holder(rest);
    if (kind !== "session") return session(this.arn(written), "run");
    const branch = String(words["hash"]);
    return session(this.arn(written), `delivery-branch-${branch}`, { branch });
  }

  /** Whoever has a managed policy and no other. */
  private holder(policyArn: string): Principal {
    const arn = [...withHolders(this.model).roles.keys()].find(
      (each) => heldPolicy(each) === nameOf(policyArn) && accountOf(each) === accountOf(policyArn),
    );
    return session(arn ?? notKnown(`nobody has ${policyArn}`), "person");
  }

  step(written: string | WrittenStep): Step {
    if (typeof written === "string")
      return this.step(this.names.steps[written] ?? notKnown(`there is no step "${written}" in names.yaml`));
    const named = this.names.calls[written.calls];
    const action = named?.calls ?? this.fill(written.calls);
    const on = written.on ?? named?.on ?? notKnown(`${action} is on nothing`);
    const said = Object.entries({ ...named?.when, ...written.when });
    const [, silent = []] =
      Object.entries(this.names.notSaid).find(([actions]) => actions.split(" ").includes(action)) ?? [];
    const isAbsent = (value: unknown): boolean => typeof value === "object" && "absent" in map(value);
    return {
      principal: this.who(written.by),
      action,
      resource: this.arn(on),
      context: Object.fromEntries(
        said.flatMap(([key, value]) => {
          if (typeof value === "string") return [[key, this.fill(value)] as const];
          return "arn" in value ? [[key, this.arn(value.arn)] as const] : [];
        }),
      ),
      absent: [
        ...silent.filter((key) => said.every(([each]) => each !== key)),
        ...said.flatMap(([key, value]) => (isAbsent(value) ? [key] : [])),
      ],
    };
  }

  policy(name: string, attached: Policy["attached"], statements: readonly Values[]): Policy {
    return policy(name, attached, { Version: "2012-10-17", Statement: statements }, this.model.keys);
  }

  /** What a role is allowed beside, or in place of, what it was registered with. */
  allowed(name: string, may: NonNullable<Other["may"]>): Policy {
    const all = may === "*" ? { "*": ["*"] } : may;
    const statements = Object.entries(all).map(([actions, on]) => ({
      Effect: "Allow",
      Action: actions.split(" "),
      Resource: on.map((each) => this.arn(each)),
    }));
    return this.policy(`what ${name} was given`, "identity", statements);
  }

  trust(name: string, statements: readonly Values[]): Policy {
    const all = statements.map((each) => ({
      ...{ Effect: "Allow", Action: "sts:AssumeRole" },
      ...map(this.filled(each)),
    }));
    return all.length === 0 ? NOBODY : this.policy(`trust of role ${name}`, "trust", all);
  }

  /** A role of the project after its account's administrator gave it all rights and let the account take it. */
  rewritten(written: string): Role {
    const role = this.role(written);
    const principal = { AWS: `arn:${role.arn.split(":")[1] ?? ""}:iam::${role.account}:root` };
    return {
      ...role,
      identity: [this.allowed(nameOf(role.arn), "*")],
      trust: this.trust(nameOf(role.arn), [{ Principal: principal }]),
    };
  }

  private role(written: string): Role {
    const arn = this.arn(written);
    return this.model.roles.get(arn) ?? notKnown(`role ${arn} is not in the model`);
  }

  change({ statement, without, removed, added, with: given, words }: WrittenChange): Change {
    const [, sid = "", whose = ""] = /^(\S+) of (.+)$/.exec(this.fill(statement)) ?? [];
    const { Resource, ...others } = given ?? {};
    const elements = {
      ...map(this.filled(others)),
      ...(Resource !== undefined && { Resource: list(Resource).map((each) => this.arn(String(each))) }),
    };
    const kept = ({ Condition, ...old }: Values): Values => {
      const operators = Object.entries(map(Condition)).filter(([operator]) => operator !== without);
      return { ...old, ...(without !== "Condition" && { Condition: Object.fromEntries(operators) }) };
    };
    const becomes = (old: Values = { Sid: sid, Effect: "Allow" }): Values =>
      Object.fromEntries(
        Object.entries({ ...(without === undefined ? old : kept(old)), ...elements }).filter(
          ([, value]) => value !== null,
        ),
      );
    return {
      at: this.arn(whose),
      sid,
      words: words === undefined ? (removed ? "removed" : "without its condition") : this.fill(words),
      to: removed ? () => undefined : becomes,
      ...(added && { adds: true }),
    };
  }
}

function arnOfOther(name: string, other: Other, binding: Binding, here: Places["here"]): string {
  const { arn, copies, madeByTemplate } = other;
  const account = other.in === undefined ? "" : binding.fill(other.in);
  if (arn !== undefined) return binding.fill(arn);
  if (copies !== undefined) return binding.arn(copies).replace(/:\d{12}:/, `:${account}:`);
  return madeByTemplate
    ? binding.fill("{roles}{workload}-GreedyRole-1X2Y3Z")
    : `arn:${String(here.values["partition"])}:iam::${account}:role/${name}`;
}

function roleOf(
  name: string,
  arn: string,
  { may, trusts, madeByTemplate }: Other,
  binding: Binding,
  here: Places["here"],
): Role {
  const called = madeByTemplate ? nameOf(arn) : name;
  const { hash } = here.values;
  return {
    arn,
    account: accountOf(arn),
    trust: binding.trust(called, trusts ?? []),
    identity: [binding.allowed(called, may ?? "*")],
    boundary: madeByTemplate ? binding.arn("boundary") : undefined,
    ...(madeByTemplate && typeof hash === "string" && { tags: { branch: hash } }),
  };
}

function guardedOf(name: string, arn: string, other: Other, binding: Binding): Guarded {
  const { attached = notKnown(`what ${name} is attached to is not said`), lets } = other;
  const statement = lets && { Effect: "Allow", ...map(binding.filled(lets)) };
  return {
    arn,
    account: other.in === undefined ? accountOf(arn) : binding.fill(other.in),
    attached,
    policy: statement && binding.policy(name, attached, [statement]),
  };
}

/** A scenario where its places are. Throws NotKnown for what is not there. */
export function sceneOf(scenario: Scenario, places: Places, model: AccessModel, names: Names): Scene {
  const { here } = places;
  const first = new Binding(names, places, model, new Map());
  const written = Object.entries(scenario.others ?? {});
  const arns = new Map(written.map(([name, other]) => [name, arnOfOther(name, other, first, here)]));
  const binding = new Binding(names, places, model, arns);
  const isThing = ({ attached }: Other): boolean => attached !== undefined;
  const arn = (name: string): string => arns.get(name) ?? "";
  return {
    story: binding.fill(scenario.because),
    steps: [
      ...(scenario.steps ?? []).map((each) => binding.step(each)),
      { ...binding.step(scenario.mustBeRefused), mustBeRefused: true },
      ...(scenario.then ?? []).map((each) => binding.step(each)),
    ],
    change: binding.change(scenario.succeedsWith),
    roles: [
      ...written
        .filter(([, each]) => !isThing(each))
        .map(([name, each]) => roleOf(name, arn(name), each, binding, here)),
      ...(scenario.rewritten ?? []).map((each) => binding.rewritten(each)),
    ],
    guarded: written
      .filter(([, each]) => isThing(each))
      .map(([name, each]) => guardedOf(name, arn(name), each, binding)),
    also: Object.entries(scenario.alsoMay ?? {}).map(([role, may]) => ({
      role: binding.arn(role),
      policy: binding.allowed(nameOf(binding.arn(role)), may),
    })),
  };
}
