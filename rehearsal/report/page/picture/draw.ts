import { html, type Html } from "../html";
import type { Arrow } from "../reach/arrows";
import type { Layout, Point } from "./layout";

const place = ({ x, y }: Point): string => `${x} ${y}`;

/** A line through Graphviz's control points, as far as the head. */
const line = ([start, ...controls]: readonly Point[]): string =>
  start === undefined ? "" : `M${place(start)}C${controls.map(place).join(" ")}`;

/** The head: a triangle from the end of the line to the tip. */
function head(end: Point, tip: Point): string {
  const [dx, dy] = [tip.x - end.x, tip.y - end.y];
  const length = Math.hypot(dx, dy) || 1;
  const [nx, ny] = [(-dy / length) * 3.2, (dx / length) * 3.2];
  const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(end.x + nx, end.y + ny)}L${at(tip.x, tip.y)}L${at(end.x - nx, end.y - ny)}Z`;
}

/** What stands on an arrow: reading goes without saying where more is done. */
const wordsOf = ({ verbs }: Arrow): string => {
  const strong = verbs.filter((each) => each !== "reads");
  return (strong.length > 0 ? strong : verbs).slice(0, 3).join(", ");
};

const KIND: Readonly<Record<string, string>> = {
  "takes role": "role",
  "passes role": "role",
  starts: "start",
  approves: "start",
  stops: "start",
  executes: "deploy",
  plans: "deploy",
  deletes: "deploy",
};

/** The picture. Everything in it that can be opened names the article that it opens. */
export function draw(
  { width, height, clusters, things, arrows }: Layout,
  title: string,
  idOf = (id: string): string => id,
): Html {
  const drawn = arrows.map(({ arrow, points, tip, label }) => {
    const words = wordsOf(arrow);
    const end = points.at(-1) ?? tip;
    // Words that are longer than their line stand on what it joins: they wait until it is pointed at.
    const [start = tip] = points;
    const tight = Math.hypot(tip.x - start.x, tip.y - start.y) < words.length * 5.6 ? " tight" : "";
    const called = `${arrow.from.name} ${arrow.verbs.join(", ")} ${arrow.to.name}`;
    return html`<g
      class="arrow ${KIND[arrow.verbs[0] ?? ""] ?? "data"}${tight}"
      tabindex="0"
      role="button"
      aria-label="${called}"
      aria-haspopup="dialog"
      data-opens="${idOf(arrow.id)}"
      data-from="${idOf(arrow.from.id)}"
      data-to="${idOf(arrow.to.id)}"
      ><path class="hit" d="${line(points)}" /><path class="line" d="${line(points)}" /><path
        class="head"
        d="${head(end, tip)}"
      /><text x="${label.x}" y="${label.y + 3}">${words}</text></g
    > `;
  });
  const boxes = things.map(
    ({ thing, title, subtitle, box }) =>
      html`<g
        class="thing ${thing.shape}"
        tabindex="0"
        role="button"
        aria-label="${thing.name}, ${thing.kind}, account ${thing.account}"
        aria-haspopup="dialog"
        data-opens="${idOf(thing.id)}"
        ><rect
          x="${box.x}"
          y="${box.y}"
          width="${box.width.toFixed(1)}"
          height="${box.height.toFixed(1)}"
          rx="${thing.shape === "people" ? 20 : 4}"
        /><text class="title" x="${(box.x + box.width / 2).toFixed(1)}" y="${(box.y + 17).toFixed(1)}"
          >${title}</text
        ><text class="subtitle" x="${(box.x + box.width / 2).toFixed(1)}" y="${(box.y + 31).toFixed(1)}"
          >${subtitle}</text
        ></g
      > `,
  );
  return html`<svg
    class="picture"
    viewBox="-4 -4 ${(width + 8).toFixed(0)} ${(height + 8).toFixed(0)}"
    width="${(width + 8).toFixed(0)}"
    height="${(height + 8).toFixed(0)}"
    role="group"
    aria-label="${title}"
  >
    ${clusters.map(
      ({ title, box }) =>
        html`<g class="cluster"
          ><rect
            x="${box.x}"
            y="${box.y}"
            width="${box.width.toFixed(1)}"
            height="${box.height.toFixed(1)}"
            rx="6"
          /><text x="${box.x + 12}" y="${box.y + 18}">${title}</text></g
        > `,
    )}${drawn}${boxes}
  </svg>`;
}
