import type { Graph, Subgraph } from "@viz-js/viz";
import type { Arrow } from "../reach/arrows";
import type { Picture } from "./choose";
import { labelsOf } from "./labels";
import type { Thing } from "../reach/thing";

export const POINTS_PER_INCH = 72;
/** Width of a letter of the widest usual sans-serif fonts, in bold for titles, in pixels. */
const LETTER = 8.2;
const SMALL_LETTER = 6.3;
const HEIGHT = 40;

const inches = (pixels: number): number => Number((pixels / POINTS_PER_INCH).toFixed(4));

/** Boxes in boxes: the account, and its stacks where it has several. */
function clustersOf({ things }: Picture, node: (thing: Thing) => { name: string }): Subgraph[] {
  const accounts = [...new Set(things.map(({ account }) => account))];
  return accounts.map((account, index) => {
    const inside = things.filter((each) => each.account === account);
    const stacks = [...new Set(inside.map(({ stack }) => stack))];
    const [only] = stacks;
    const label = `${stacks.length === 1 && only !== undefined ? `${only} · ` : ""}account ${account}`;
    const attributes = { margin: 16, label };
    if (stacks.length === 1)
      return { name: `cluster_${index}`, graphAttributes: attributes, nodes: inside.map(node) };
    return {
      name: `cluster_${index}`,
      graphAttributes: attributes,
      subgraphs: stacks.map((stack, position) => ({
        name: `cluster_${index}_${position}`,
        graphAttributes: { margin: 12, label: stack ?? "elsewhere" },
        nodes: inside.filter((each) => each.stack === stack).map(node),
      })),
    };
  });
}

const isTaken = ({ arrows }: Picture, thing: Thing): boolean =>
  arrows.some(
    ({ from, to, verbs }) => to === thing && from.stack !== to.stack && verbs.includes("takes role"),
  );

/** Roles that are taken from elsewhere stand in one column, what tooling keeps for them in another. */
function columnsOf(picture: Picture): Subgraph[] {
  const columns = [
    picture.things.filter((each) => isTaken(picture, each)),
    picture.things.filter(({ shape }) => shape === "resource" || shape === "source"),
  ];
  return columns.map((things) => ({
    graphAttributes: { rank: "same" },
    nodes: things.map(({ id }) => ({ name: id })),
  }));
}

/** Whether what is reached stands to the right: environments stand right of what they fetch, and of who starts them. */
const isForward = ({ from, to, verbs }: Arrow): boolean =>
  !(from.stack !== to.stack && to.shape === "resource") &&
  !(from.shape === "resource") &&
  !(to.shape === "principal" && from.shape === "principal" && verbs.every((each) => each === "reads"));

/** A picture as Graphviz takes it: boxes of fixed sizes, since it does not know the fonts of those who read. */
export function graphOf(picture: Picture): Graph {
  const labels = labelsOf(picture.things);
  const node = (thing: Thing) => {
    const { title = "", subtitle = "" } = labels.get(thing) ?? {};
    const width = Math.max(title.length * LETTER, subtitle.length * SMALL_LETTER) + 24;
    return { name: thing.id, attributes: { width: inches(width), height: inches(HEIGHT) } };
  };
  return {
    directed: true,
    graphAttributes: {
      rankdir: "LR",
      nodesep: 0.2,
      ranksep: 0.8,
      fontsize: 12,
      fontname: "Helvetica",
      newrank: true,
    },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { arrowsize: 0.7 },
    subgraphs: [...clustersOf(picture, node), ...columnsOf(picture)],
    edges: picture.arrows.map((arrow) => ({
      tail: arrow.from.id,
      head: arrow.to.id,
      attributes: { id: arrow.id, constraint: isForward(arrow) },
    })),
  };
}
