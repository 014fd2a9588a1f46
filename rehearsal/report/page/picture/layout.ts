import { instance, type Viz } from "@viz-js/viz";
import type { Arrow } from "../reach/arrows";
import type { Picture } from "./choose";
import { graphOf, POINTS_PER_INCH } from "./graph";
import { labelsOf } from "./labels";
import type { Thing } from "../reach/thing";

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Where everything is, in pixels from the upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly clusters: readonly { readonly title: string; readonly box: Box }[];
  readonly things: readonly {
    readonly thing: Thing;
    readonly title: string;
    readonly subtitle: string;
    readonly box: Box;
  }[];
  /** Bézier control points, where the line ends and the head begins, and where the words stand. */
  readonly arrows: readonly {
    readonly arrow: Arrow;
    readonly points: readonly Point[];
    readonly tip: Point;
    readonly label: Point;
  }[];
}

let viz: Promise<Viz> | undefined;

const numbers = (text: string): number[] => text.split(/[ ,]/).map(Number);

/** What Graphviz answers in its format `json`, as far as it is read. */
interface Answered {
  readonly bb: string;
  readonly objects?: readonly Record<string, string>[];
  readonly edges?: readonly Record<string, string>[];
}

/**
 * Where the words of a line stand: halfway, or near its head where it comes from another stack, since lines that
 * cross together are apart again there.
 */
function wordsAt({ from, to }: Arrow, points: readonly Point[]): Point {
  const curves = Math.floor((points.length - 1) / 3);
  const half = from.stack === to.stack ? Math.floor(curves / 2) : curves - 1;
  const [a, b, c, d] = points.slice(half * 3);
  if (a && from.stack === to.stack && curves % 2 === 0) return a;
  if (!a || !b || !c || !d) return points[0] ?? { x: 0, y: 0 };
  const between = (key: "x" | "y") => Math.round((a[key] + 3 * b[key] + 3 * c[key] + d[key]) / 8);
  return { x: between("x"), y: between("y") };
}

/** Lays a picture out with Graphviz: the same picture, the same places. */
export async function layOut(picture: Picture): Promise<Layout> {
  viz ??= instance();
  const { bb, objects = [], edges = [] } = (await viz).renderJSON(graphOf(picture)) as Answered;
  const [, , width = 0, height = 0] = numbers(bb);
  const at = (x = 0, y = 0): Point => ({ x: Math.round(x * 10) / 10, y: Math.round((height - y) * 10) / 10 });
  const labels = labelsOf(picture.things);
  const byId = new Map(objects.map((each) => [each["name"], each]));
  return {
    width,
    height,
    clusters: objects
      .filter(({ name }) => name?.startsWith("cluster"))
      .map(({ bb: box = "", label = "" }) => {
        const [left = 0, bottom = 0, right = 0, top = 0] = numbers(box);
        return { title: label, box: { ...at(left, top), width: right - left, height: top - bottom } };
      }),
    things: picture.things.map((thing) => {
      const found = byId.get(thing.id);
      const [x = 0, y = 0] = numbers(found?.["pos"] ?? "");
      const [wide, high] = [
        Number(found?.["width"]) * POINTS_PER_INCH,
        Number(found?.["height"]) * POINTS_PER_INCH,
      ];
      const { title = "", subtitle = "" } = labels.get(thing) ?? {};
      return {
        thing,
        title,
        subtitle,
        box: { ...at(x - wide / 2, y + high / 2), width: wide, height: high },
      };
    }),
    arrows: picture.arrows.map((arrow) => {
      const found = edges.find(({ id }) => id === arrow.id);
      const [, tipX, tipY, rest = ""] = /^e,([-\d.e]+),([-\d.e]+) (.*)$/.exec(found?.["pos"] ?? "") ?? [];
      const points = rest.split(" ").map((each) => at(...(numbers(each) as [number, number])));
      return { arrow, points, tip: at(Number(tipX), Number(tipY)), label: wordsAt(arrow, points) };
    }),
  };
}
