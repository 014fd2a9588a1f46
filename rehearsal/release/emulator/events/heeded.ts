/** Properties that remember what was asked of them: what nobody asks for is not heeded, and is said. */
import { list, map, type Values } from "../../../../packages/iam/src/json";
import type { StackResource } from "../../cloudformation/stack";

/** Values of a map, or of the JSON text that CloudFormation takes in its place. */
export function json(value: unknown): Values {
  if (typeof value !== "string") return map(value);
  try {
    return map(JSON.parse(value) as unknown);
  } catch {
    return {};
  }
}

export class Properties {
  readonly #whole = new Set<string>();
  readonly #inside = new Map<string, readonly Properties[]>();
  #left = false;

  constructor(readonly values: Values) {}

  /** A property with all that is in it. */
  get(name: string): unknown {
    this.#whole.add(name);
    return this.values[name];
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === "string" ? value : undefined;
  }

  isOn = (name: string): boolean => [true, "true"].includes(this.get(name) as boolean | string);
  isOff = (name: string): boolean => [false, "false"].includes(this.get(name) as boolean | string);

  number(name: string, otherwise: number): number {
    const value = this.get(name);
    return value === undefined || Number.isNaN(Number(value)) ? otherwise : Number(value);
  }

  #open(name: string, values: readonly Values[]): readonly Properties[] {
    const opened = this.#inside.get(name) ?? values.map((each) => new Properties(each));
    this.#inside.set(name, opened);
    return opened;
  }

  /** A map in a property: each of its own is asked for by itself. */
  in = (name: string): Properties => this.#open(name, [json(this.values[name])])[0] ?? new Properties({});

  /** The maps of a list in a property. */
  each = (name: string): readonly Properties[] => this.#open(name, list(this.values[name]).map(map));

  /** None of it matters: it is off, or was said not to run. */
  leave(): void {
    this.#left = true;
  }

  /** What nobody has asked for: `Targets.RetryPolicy`. */
  unasked(): string[] {
    if (this.#left) return [];
    const found = Object.keys(this.values)
      .filter((name) => !this.#whole.has(name))
      .flatMap((name) => {
        const inside = this.#inside.get(name);
        return inside ? inside.flatMap((each) => each.unasked().map((inner) => `${name}.${inner}`)) : [name];
      });
    return [...new Set(found)];
  }
}

/** A resource whose properties remember. */
export interface Heeded {
  readonly resource: StackResource;
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` gives. */
  readonly id: string;
  readonly properties: Properties;
}
export const heeded = (resource: StackResource): Heeded => ({
  ...{ resource, logicalId: resource.logicalId, type: resource.type, id: resource.id },
  properties: new Properties(resource.properties),
});
