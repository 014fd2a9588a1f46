import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../../access/estate/world";
import { EACH, Together } from "./alike";
import { html, Html } from "./html";
import type { PageInput } from "./input";
import { findingList, rendered, section, type Section } from "./parts";
import { type Picture, picturesOf } from "./picture/choose";
import { layOut } from "./picture/layout";
import { reachOf } from "./reach/arrows";
import { thingsOf } from "./reach/things";
import { threatsSection } from "./sections/threats";
import { bringUpSection } from "./sections/bringUp";
import { charterSection } from "./sections/matrix";
import { notShownSection, sizesSection } from "./sections/notShown";
import { overviewSection } from "./sections/overview";
import { pictureSection } from "./sections/picture";
import { entriesOf, referenceSection } from "./sections/reference";
import { releaseSection } from "./sections/release";
import { walkSection } from "./sections/walk";
import { type Book, bookOf } from "./statements";
import { masthead, verdictOf } from "./verdict";

const STYLE = readFileSync(join(__dirname, "page.css"), "utf8");
const SCRIPT = readFileSync(join(__dirname, "client.cjs"), "utf8");

const hashed = (content: string): string =>
  `'sha256-${createHash("sha256").update(content).digest("base64")}'`;

/** Nothing may be fetched, sent or run but what is in the file itself. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashed(STYLE)}`,
  `script-src ${hashed(SCRIPT)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const NO_STATEMENTS: Book = { statements: [], size: 0, idOf: () => undefined };

const findings = ({ act1 }: PageInput): readonly Section[] =>
  act1.findings.length === 0
    ? []
    : [
        section(
          "findings",
          "Findings",
          findingList(
            act1.findings.map(({ stack, resource, message, rule }) =>
              [
                `${stack}: ${resource}: ${message}`,
                ...(rule ? [`(rule ${rule.id}: ${rule.title})`] : []),
              ].join(" "),
            ),
          ),
        ),
      ];

/** Between the title of a picture and all that tells it from others; no text of a report has it. */
const APART = "\u001f";

function titled({ title, things, arrows }: Picture): Html {
  const lines = [
    ...things.map(({ name, kind, account, stack, shape }) => [name, kind, account, stack, shape]),
    ...arrows.map(({ from, to, verbs }) => [from.name, ...verbs, to.name]),
  ];
  return html`${title}${EACH}${APART}${lines.map((line) => line.join("; ")).join("\n")}`;
}

/** The pictures, and all that stands in them in words. */
async function accessParts(
  book: Book,
  world: World,
  together: Together,
): Promise<{ readonly picture: Section; readonly reference: () => Section }> {
  const things = thingsOf(world);
  const reach = await reachOf(world, things);
  const pictures = together.of(picturesOf(things, reach.arrows), titled);
  const drawn = await Promise.all(
    pictures.map(async ({ first, members, text }) => ({
      title: first.title,
      heading: new Html(text.text.split(APART)[0] ?? ""),
      members: members.length,
      layout: await layOut(first),
    })),
  );
  const entries = entriesOf(book, world, things, reach, together);
  return {
    picture: pictureSection(drawn, reach, entries.idOf),
    reference: () => referenceSection(book, entries, together),
  };
}

const contents = (sections: readonly Section[]): Html =>
  html`<nav aria-label="Contents">
    <ul>
      ${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li> `)}
    </ul>
  </nav> `;

const panel = html`<aside id="panel" role="dialog" aria-label="Statements" hidden>
  <button type="button" class="close">Close <kbd>Esc</kbd></button>
  <div class="content"></div>
</aside>`;

/** One HTML file, for people who were not there: everything that was rehearsed, and what was not. */
export async function page(input: PageInput): Promise<string> {
  const { project, promotions, act1, settings, world, walk, charter, threats, release, notShown, sizes } =
    input;
  const together = new Together(promotions);
  const book = world ? bookOf(world.model, together) : NO_STATEMENTS;
  const access = world && (await accessParts(book, world, together));
  const overview = overviewSection(input);
  const sections = [
    ...findings(input),
    ...(overview ? [overview] : []),
    ...(access ? [access.picture] : []),
    ...(walk ? [walkSection(book, walk, together)] : []),
    ...(threats ? [threatsSection(book, threats)] : []),
    ...(charter ? [charterSection(charter, together)] : []),
    releaseSection(release),
    bringUpSection(act1, settings),
    ...(sizes && sizes.length > 0 ? [sizesSection(sizes)] : []),
    notShownSection(notShown),
    // Last: the lists of names that all others refer to are whole then.
    ...(access ? [access.reference()] : []),
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${project}: access and release, rehearsed</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        ${masthead(input, verdictOf(input))}${contents(sections)}
        <main id="main" tabindex="-1">${sections.map(rendered)}</main>
        ${panel} ${new Html(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `.text;
}
