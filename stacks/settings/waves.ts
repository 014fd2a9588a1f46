/** A pipeline's own list of environments: names, changed environments, and lists of both, which are waves. */
import { isMap } from "./problems";

/** One entry, whatever is wrong with it. */
export interface Listed {
  readonly key: string;
  readonly written: unknown;
  /** What it says of approval; undefined where that is as the environment's own. */
  readonly approval: unknown;
  /** The same of verification. */
  readonly verify: unknown;
  /** What it says of a function of another's; undefined where that is as the pipeline's own. */
  readonly function: unknown;
  /** The same of a service of ECS. */
  readonly service: unknown;
  /** The list that it stands in, and how it looks there. */
  readonly twin: string;
}

const listed = (item: unknown, key: string, list: string): Listed => {
  const map = isMap(item) ? item : { name: item };
  return {
    key: isMap(item) ? `${key}.name` : key,
    written: map["name"],
    approval: isMap(item) ? item["approval"] : undefined,
    verify: isMap(item) ? item["verify"] : undefined,
    function: isMap(item) ? item["function"] : undefined,
    service: isMap(item) ? item["service"] : undefined,
    twin: `${list} ${JSON.stringify(map)}`,
  };
};

/** A pipeline's own list as waves; one environment is a wave of its own. */
export const wavesOf = (value: unknown, key: string): Listed[][] =>
  Array.isArray(value)
    ? value.map((item: unknown, i) =>
        Array.isArray(item)
          ? item.map((each, j) => listed(each, `${key}[${i}][${j}]`, `${key}[${i}]`))
          : [listed(item, `${key}[${i}]`, key)],
      )
    : [];
