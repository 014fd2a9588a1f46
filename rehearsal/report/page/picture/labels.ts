import type { Thing } from "../reach/thing";

export interface Label {
  readonly title: string;
  readonly subtitle: string;
}

/** What all names begin with, up to a hyphen. */
function beginning(names: readonly string[]): string {
  const [first = "", ...others] = names;
  if (others.length === 0) return "";
  let length = 0;
  while (length < first.length && others.every((each) => each[length] === first[length])) length += 1;
  return first.slice(0, first.lastIndexOf("-", length - 1) + 1);
}

/** Without what Pulumi adds to a name that it makes itself. */
const plain = (name: string): string => name.replace(/-[0-9a-f]{7}$/, "");
const short = (name: string): string => (name.length > 34 ? `${name.slice(0, 16)}…${name.slice(-17)}` : name);

/** Short names for a picture: what the roles of one stack have in common is left out. */
export function labelsOf(things: readonly Thing[]): Map<Thing, Label> {
  const stackOf = ({ account, stack }: Thing) => `${account} ${stack ?? ""}`;
  const isRole = ({ shape, called }: Thing) => shape === "principal" && called === undefined;
  return new Map(
    things.map((thing) => {
      const { name, kind, called } = thing;
      if (!isRole(thing)) return [thing, { title: short(called ?? plain(name)), subtitle: kind }];
      const others = things.filter((each) => isRole(each) && stackOf(each) === stackOf(thing));
      const common = beginning(others.map((each) => each.name));
      return [thing, { title: short(name.slice(common.length).replace(/^-+/, "") || name), subtitle: kind }];
    }),
  );
}
