import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../../access/estate/world";
import { html, Html } from "./html";
import type { PageInput } from "./input";
import { findingList, rendered, section, type Section } from "./parts";
import { picturesOf } from "./picture/choose";
import { layOut } from "./picture/layout";
import { reachOf } from "./reach/arrows";
import { thingsOf } from "./reach/things";
import { threatsSection } from "./sections/threats";
import { bringUpSection } from "./sections/bringUp";
import { charterSection } from "./sections/matrix";
import { notShownSection, sizesSection } from "./sections/notShown";
import { overviewSection } from "./sections/overview";
import { pictureSection } from "./sections/picture";
import { referenceSection } from "./sections/reference";
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

const NO_STATEMENTS: Book = { statements: [], idOf: () => undefined };

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

/** The pictures, and all that stands in them in words. */
async function accessParts(
  book: Book,
  world: World,
): Promise<{ readonly picture: Section; readonly reference: Section }> {
  const things = thingsOf(world);
  const reach = await reachOf(world, things);
  const drawn = await Promise.all(
    picturesOf(things, reach.arrows).map(async (each) => ({ title: each.title, layout: await layOut(each) })),
  );
  return { picture: pictureSection(drawn, reach), reference: referenceSection(book, world, things, reach) };
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
  const { project, act1, settings, world, walk, charter, threats, release, notShown, sizes } = input;
  const book = world ? bookOf(world.model) : NO_STATEMENTS;
  const access = world && (await accessParts(book, world));
  const overview = overviewSection(input);
  const sections = [
    ...findings(input),
    ...(overview ? [overview] : []),
    ...(access ? [access.picture] : []),
    ...(walk ? [walkSection(book, walk)] : []),
    ...(threats ? [threatsSection(book, threats)] : []),
    ...(charter ? [charterSection(charter)] : []),
    releaseSection(release),
    bringUpSection(act1, settings),
    ...(sizes && sizes.length > 0 ? [sizesSection(sizes)] : []),
    notShownSection(notShown),
    ...(access ? [access.reference] : []),
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
