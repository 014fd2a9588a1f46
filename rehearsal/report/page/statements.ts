import type { Deciding } from "../../../packages/iam/src/evaluate/evaluate";
import type { Policy, Statement } from "../../../packages/iam/src/policy/policies";
import { EACH, type Together } from "./alike";
import { html, type Html } from "./html";
import { list, map } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";

interface Told {
  readonly id: string;
  readonly block: Html;
}

/** Every statement of a model under an id, so that each is written once and referred to. */
export interface Book {
  /** Those that differ in names alone together. */
  readonly statements: readonly Told[];
  /** How many there are. */
  readonly size: number;
  readonly idOf: (deciding: Pick<Deciding, "policy" | "sid">) => string | undefined;
}

/** All statements of a model, in a fixed order. */
export function bookOf({ roles, managed, guarded }: AccessModel, together: Together): Book {
  const policies: (Policy | undefined)[] = [
    ...[...roles.values()].flatMap(({ trust, identity }) => [trust, ...identity]),
    ...managed.values(),
    ...[...guarded.values()].map(({ policy }) => policy),
  ];
  const key = ({ policy, sid }: Pick<Deciding, "policy" | "sid">) => `${policy}\n${sid}`;
  const all = new Map<string, Statement>();
  for (const statement of policies.flatMap((policy) => policy?.statements ?? []))
    if (!all.has(key(statement))) all.set(key(statement), statement);
  const ids = new Map<string, string>();
  const statements = together.of([...all.values()], inBlock).map(({ members, text }, index) => {
    const id = `s${index + 1}`;
    for (const statement of members) ids.set(key(statement), id);
    return { id, block: statementBlock(id, text) };
  });
  return { statements, size: all.size, idOf: (deciding) => ids.get(key(deciding)) };
}

/** A statement by its Sid: opens it, where the book has it. */
export function reference({ idOf }: Book, deciding: Deciding): Html {
  const id = idOf(deciding);
  const { policy, sid } = deciding;
  return id === undefined
    ? html`<span class="by" title="${policy}">${sid}</span>`
    : html`<a class="by" href="#${id}" title="${policy}">${sid}</a>`;
}

/** Actions by service, so that a reader sees at once which services these are. */
export function actionList(actions: readonly string[]): Html {
  const services = new Map<string, string[]>();
  for (const action of actions) {
    const [service = "", name] = action.split(":");
    services.set(service, [...(services.get(service) ?? []), name ?? ""]);
  }
  return html`${[...services].map(([service, names], index) => html`${index > 0 ? " " : ""}<span class="actions"><b>${service}</b>${names.join("") === "" ? "" : `:${names.join(", ")}`}</span>`)}`;
}

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `AWS: …`, `Service: …`, or everyone. */
const principalLines = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : Object.entries(map(value)).flatMap(([kind, all]) =>
        list(all).map((each) => `${kind} ${written(each)}`),
      );

const conditionLines = (value: unknown): string[] =>
  Object.entries(map(value)).flatMap(([operator, keys]) =>
    Object.entries(map(keys)).map(
      ([key, all]) => `${key} ${operator} ${list(all).map(written).join(" or ")}`,
    ),
  );

const codeLines = (lines: readonly string[]): Html =>
  html`<ul class="codes">
    ${lines.map((each) => html`<li><code>${each}</code></li>`)}
  </ul>`;

/** Rows of a statement; elements that it does not have are left out. */
function elements({ content }: Statement): Html {
  const rows: readonly (readonly [string, Html | undefined])[] = [
    ...["Principal", "NotPrincipal"].map(
      (name) =>
        [name, content[name] === undefined ? undefined : codeLines(principalLines(content[name]))] as const,
    ),
    ...["Action", "NotAction"].map(
      (name) =>
        [
          name,
          content[name] === undefined ? undefined : actionList(list(content[name]).map(written)),
        ] as const,
    ),
    ...["Resource", "NotResource"].map(
      (name) =>
        [
          name,
          content[name] === undefined ? undefined : codeLines(list(content[name]).map(written)),
        ] as const,
    ),
    [
      "Condition",
      content["Condition"] === undefined ? undefined : codeLines(conditionLines(content["Condition"])),
    ],
  ];
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        value &&
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function inBlock(statement: Statement): Html {
  const { effect, sid, policy } = statement;
  return html`<summary>
      <span class="${effect.toLowerCase()}">${effect}</span> <b>${sid}</b>
      <span class="policy">${policy}</span>
    </summary>
    ${EACH}${elements(statement)}`;
}

/** One statement, folded. */
const statementBlock = (id: string, text: Html): Html =>
  html`<details class="statement" id="${id}">${text}</details> `;
