/** The provider of one doubled account: what the engine asks for, without the wire. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, CREDENTIALS, type Place, type Thing } from "./cloud";
import { type Declared, isMap, propertyProblems, UNKNOWN, type Values } from "./declared";
import { Faults } from "./faults";
import {
  answered,
  checked,
  type Difference,
  difference,
  known,
  type Named,
  unknownOutputs,
} from "./properties";
import { Refusal } from "./refusals";
import { text } from "../../../packages/iam/src/json";

export interface Resource extends Named {
  readonly urn: string;
}

interface Made {
  readonly id: string;
  readonly outputs: Values;
}

type Credentials = Readonly<Record<string, string>>;

export class DoubledAws {
  private account = "";
  private region = "";
  private defaultTags: Values = {};
  private ignoredTags: readonly unknown[] = [];
  private readonly faults: Faults;

  constructor(
    private readonly cloud: Cloud,
    private readonly declared: Declared,
  ) {
    this.faults = new Faults(cloud);
  }

  /** Settings arrive as text, all but plain text as JSON; the plugin's version is none. */
  private settings(config: Values): Values {
    const settings = Object.entries(config).filter(([key]) => key !== "version");
    const parsed = settings.map(([key, value]) => {
      const shape = this.declared.provider[key]?.shape ?? "text";
      const json = shape !== "text" && typeof value === "string" && value !== UNKNOWN;
      return [key, json ? (JSON.parse(value) as unknown) : value] as const;
    });
    return Object.fromEntries(parsed);
  }

  /** What is wrong with the provider's settings: it is bound to one account and one Region. */
  checkConfig(config: Values): string[] {
    const settings = this.settings(config);
    const { allowedAccountIds, region } = settings;
    return [
      ...propertyProblems(this.declared, this.declared.provider, settings),
      ...(Array.isArray(allowedAccountIds) && allowedAccountIds.length === 1
        ? []
        : ["allowedAccountIds is not one account"]),
      ...(typeof region === "string" ? [] : ["region is missing"]),
    ];
  }

  /** Changed settings; another Region takes another provider, and with that other resources. */
  diffConfig(old: Values, config: Values): Difference {
    const found = difference({ type: "", name: "" }, old, config);
    return { ...found, replaces: found.changed.filter((key) => key === "region") };
  }

  configure(config: Values): void {
    const { allowedAccountIds, region, defaultTags, ignoreTags, profile, assumeRoles } =
      this.settings(config);
    const [allowed = ""] = allowedAccountIds as string[];
    const roles = (assumeRoles ?? []) as { readonly roleArn?: string }[];
    const assumed = roles.at(-1)?.roleArn?.split(":")[4];
    const own = assumed ?? this.credentials()[typeof profile === "string" ? profile : "default"] ?? allowed;
    if (own !== allowed) throw new Refusal("account", own);
    this.account = own;
    this.region = String(region);
    this.defaultTags = isMap(defaultTags) && isMap(defaultTags["tags"]) ? defaultTags["tags"] : {};
    const ignored = isMap(ignoreTags) ? ignoreTags["keys"] : [];
    this.ignoredTags = Array.isArray(ignored) ? ignored : [];
  }

  private credentials(): Credentials {
    try {
      return JSON.parse(readFileSync(join(this.cloud.folder, CREDENTIALS), "utf8")) as Credentials;
    } catch {
      return {};
    }
  }

  /** The program calls no function, and awsx this one; any other would have to be answered here. */
  invoke(token: string): Values {
    if (token === "aws:index/getAvailabilityZones:getAvailabilityZones") {
      return { id: this.region, names: ["a", "b", "c"].map((zone) => this.region + zone) };
    }
    throw new Error(
      `the doubled AWS does not know function ${token}: add it to tests/engine/aws/provider.ts`,
    );
  }

  check(resource: Named, values: { old: Values; written: Values; seed: Uint8Array }) {
    return checked(this.declared, resource, this.defaultTags, values);
  }

  diff(resource: Named, old: Values, inputs: Values): Difference {
    known(this.declared, resource.type);
    return difference(resource, old, inputs);
  }

  private place(type: string, id: string, inputs: Values): Place {
    const region = type.startsWith("aws:iam/") ? "global" : (text(inputs, "region") ?? this.region);
    if (!this.cloud.answers(region)) throw new Error(`request send failed: ${region} does not answer`);
    return { account: this.account, region, type, id };
  }

  private answer(resource: Resource, inputs: Values, identity: string): Made {
    const region = text(inputs, "region") ?? this.region;
    return answered(this.declared, resource, inputs, { account: this.account, region, identity });
  }

  /** Does an operation; what AWS refuses is on record too. */
  private act<T>(op: "create" | "update" | "delete", { urn }: Resource, effect: () => T): Promise<T> {
    return this.faults.around(op, this.account, urn, () => {
      try {
        return effect();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.cloud.record({ op: "refused", account: this.account, urn, id: "", message });
        throw error;
      }
    });
  }

  private refuseTaken({ type, urn }: Resource, place: Place): void {
    const { kind } = known(this.declared, type);
    const holder =
      kind.unique === "world"
        ? this.cloud.all(type).find(({ id }) => id === place.id)
        : this.cloud.get(place);
    if (!holder) return;
    if (kind.taken) throw new Refusal(kind.taken, `${place.id} already exists`);
    if (holder.urn === urn) return; // asked again for what it has done
    throw new Error(`the doubled AWS: ${urn} would overwrite ${holder.urn}, which is ${place.id} already`);
  }

  async create(resource: Resource, inputs: Values, preview: boolean): Promise<Made> {
    const { kind } = known(this.declared, resource.type);
    if (preview) return { id: "", outputs: unknownOutputs(this.declared, resource.type, inputs) };
    return this.act("create", resource, () => {
      const { id, outputs } = this.answer(resource, inputs, randomUUID());
      const place = this.place(resource.type, id, inputs);
      const thing: Thing = { ...place, urn: resource.urn, inputs, outputs };
      this.refuseTaken(resource, place);
      kind.write?.(this.cloud, thing);
      this.cloud.put(thing);
      this.cloud.record({ op: "create", account: this.account, urn: resource.urn, id });
      return { id, outputs };
    });
  }

  /** Without the tags that the provider is told to ignore. */
  private seen<T extends Values>(values: T): T {
    const tags = (value: unknown) =>
      isMap(value)
        ? Object.fromEntries(Object.entries(value).filter(([key]) => !this.ignoredTags.includes(key)))
        : value;
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, /^tags(All)?$/.test(key) ? tags(value) : value]),
    ) as T;
  }

  /** What is there under an id; undefined if it is gone. */
  read({ type, urn }: Resource, id: string, inputs: Values): Thing | undefined {
    known(this.declared, type);
    this.cloud.record({ op: "read", account: this.account, urn, id });
    const thing = this.cloud.get(this.place(type, id, inputs));
    if (thing === undefined || thing.pendingDeletionInDays !== undefined) return undefined;
    return { ...thing, inputs: this.seen(thing.inputs), outputs: this.seen(thing.outputs) };
  }

  async update(resource: Resource, id: string, old: Thing["outputs"], inputs: Values, preview: boolean) {
    if (preview) return { ...old, ...inputs };
    return this.act("update", resource, () => {
      const thing = this.cloud.get(this.place(resource.type, id, inputs));
      if (!thing)
        throw new Error(`the doubled AWS: ${resource.urn} is to be updated, but ${id} does not exist`);
      const kept = Object.entries(thing.outputs).filter(([key]) => !(key in thing.inputs));
      const outputs = { ...Object.fromEntries(kept), ...inputs };
      const next: Thing = { ...thing, inputs, outputs };
      known(this.declared, resource.type).kind.write?.(this.cloud, next);
      this.cloud.put(next);
      this.cloud.record({ op: "update", account: this.account, urn: resource.urn, id });
      return outputs;
    });
  }

  async delete(resource: Resource, id: string, inputs: Values): Promise<void> {
    const { kind } = known(this.declared, resource.type);
    await this.act("delete", resource, () => {
      const thing = this.cloud.get(this.place(resource.type, id, inputs));
      if (!thing) return; // gone already, which is what was asked for
      kind.remove?.(this.cloud, { ...thing, inputs });
      const remains = kind.remains?.(this.cloud, { ...thing, inputs });
      if (remains) this.cloud.put(remains);
      else this.cloud.remove(thing);
      this.cloud.record({ op: "delete", account: this.account, urn: resource.urn, id });
    });
  }
}
