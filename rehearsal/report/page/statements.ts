import type { Deciding } from "../../../packages/iam/src/evaluate/evaluate";
import type { Policy, Statement } from "../../../packages/iam/src/policy/policies";
import { html, type Html } from "./html";
import { list, map } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";

/** Every statement of a model under an id of its own, so that each is written once and referred to. */
export interface Book {
  readonly statements: readonly { readonly id: string; readonly statement: Statement }[];
  readonly idOf: (deciding: Pick<Deciding, "policy" | "sid">) => string | undefined;
}

/** All statements of a model, in a fixed order. */
export function bookOf({ roles, managed, guarded }: AccessModel): Book {
  const policies: (Policy | undefined)[] = [
    ...[...roles.values()].flatMap(({ trust, identity }) => [trust, ...identity]),
    ...managed.values(),
    ...[...guarded.values()].map(({ policy }) => policy),
  ];
  const ids = new Map<string, { id: string; statement: Statement }>();
  const key = ({ policy, sid }: Pick<Deciding, "policy" | "sid">) => `${policy}\n${sid}`;
  for (const statement of policies.flatMap((policy) => policy?.statements ?? [])) {
    if (!ids.has(key(statement))) ids.set(key(statement), { id: `s${ids.size + 1}`, statement });
  }
  return { statements: [...ids.values()], idOf: (deciding) => ids.get(key(deciding))?.id };
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

/** One statement, folded. */
export const statementBlock = ({ id, statement }: Book["statements"][number]): Html =>
  html`<details class="statement" id="${id}">
    <summary>
      <span class="${statement.effect.toLowerCase()}">${statement.effect}</span> <b>${statement.sid}</b>
      <span class="policy">${statement.policy}</span>
    </summary>
    ${elements(statement)}
  </details> `;
