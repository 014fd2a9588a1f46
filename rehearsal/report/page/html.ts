/** HTML that is safe to write as it is. */
export class Html {
  constructor(readonly text: string) {}
}

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

type Piece = Html | string | number | undefined | readonly Piece[];

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "object") return piece.map(written).join("");
  return String(piece).replace(/[&<>"']/g, (each) => REFERENCES[each] ?? each);
}

/**
 * Writes HTML. Whatever is put in is escaped, unless it was made by `html` itself; lists are joined. How the template
 * is indented is left out.
 */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(
    strings
      .map((text, index) => {
        const piece = index < pieces.length ? written(pieces[index]) : "";
        return `${text.replace(/\n\s+/g, "\n")}${piece}`;
      })
      .join(""),
  );

/** `1 stack`, `3 stacks`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
