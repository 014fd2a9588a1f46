/** Reads what @pulumi/aws declares of some types from its own typings. Half a second: once for all tests. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import type { Declared, Properties, Property, Shape } from "./aws/declared";

const SDK = dirname(require.resolve("@pulumi/aws/package.json"));

const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(join(SDK, path), "utf8"), ts.ScriptTarget.ES2022);

/** Interfaces of a file, by their name with that of the namespace around it. */
function interfaces(file: ts.SourceFile): Map<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  const collect = (statements: readonly ts.Statement[], prefix: string): void => {
    for (const each of statements) {
      if (ts.isInterfaceDeclaration(each)) found.set(prefix + each.name.text, each);
      if (ts.isModuleDeclaration(each) && each.body && ts.isModuleBlock(each.body)) {
        collect(each.body.statements, `${prefix}${each.name.text}.`);
      }
    }
  };
  collect(file.statements, "");
  return found;
}

const nameOf = (name: ts.EntityName): string =>
  ts.isIdentifier(name) ? name.text : `${nameOf(name.left)}.${name.right.text}`;

const KEYWORDS: Partial<Record<ts.SyntaxKind, Shape>> = {
  [ts.SyntaxKind.StringKeyword]: "text",
  [ts.SyntaxKind.NumberKeyword]: "number",
  [ts.SyntaxKind.BooleanKeyword]: "boolean",
  [ts.SyntaxKind.AnyKeyword]: "any",
};

function shapeOf(node: ts.TypeNode): Shape {
  const keyword = KEYWORDS[node.kind];
  if (keyword) return keyword;
  if (ts.isArrayTypeNode(node)) return { list: shapeOf(node.elementType) };
  if (ts.isUnionTypeNode(node)) {
    const shapes = node.types
      .filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
      .map((each) => shapeOf(each));
    const [first = "any"] = shapes;
    if (shapes.length < 2) return first;
    // Text or an object of the SDK is a policy; text or a resource or an enum is text.
    return shapes.some((each) => typeof each === "object") ? "document" : first;
  }
  if (ts.isTypeLiteralNode(node)) {
    const [index] = node.members;
    if (index && ts.isIndexSignatureDeclaration(index)) return { map: shapeOf(index.type) };
  }
  if (ts.isTypeReferenceNode(node)) {
    const name = nameOf(node.typeName);
    const [argument] = node.typeArguments ?? [];
    if (name.startsWith("pulumi.") && argument) return shapeOf(argument);
    const object = /^(?:in|out)puts\.(.+)$/.exec(name)?.[1];
    if (object !== undefined) return { object };
    if (/^(enums\..+|ARN|[A-Z]\w*)$/.test(name)) return "text";
  }
  throw new Error(`sdkTypes.ts cannot read a type of @pulumi/aws that is written as a ${node.kind}`);
}

const optional = (type: ts.TypeNode): boolean =>
  (ts.isUnionTypeNode(type) && type.types.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword)) ||
  (ts.isTypeReferenceNode(type) && (type.typeArguments ?? []).some(optional));

function propertiesOf(members: readonly (ts.TypeElement | ts.ClassElement)[]): Properties {
  return Object.fromEntries(
    members.flatMap((member): [string, Property][] => {
      if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
      if (!member.type || !ts.isIdentifier(member.name)) return [];
      const required = member.questionToken === undefined && !optional(member.type);
      return [[member.name.text, { shape: shapeOf(member.type), required }]];
    }),
  );
}

/** Names of the objects that a shape leads to. */
const objectsIn = (shape: Shape): string[] =>
  typeof shape === "string"
    ? []
    : "object" in shape
      ? [shape.object]
      : objectsIn("list" in shape ? shape.list : shape.map);

/** Declarations of these types (`aws:iam/role:Role`) and of all objects that their inputs are made of. */
export function declaredBySdk(types: readonly string[]): Declared {
  const inputs = interfaces(parse("types/input.d.ts"));
  const objects: Record<string, Properties> = {};
  const collect = (properties: Properties): Properties => {
    for (const name of Object.values(properties).flatMap(({ shape }) => objectsIn(shape))) {
      const found = inputs.get(name);
      if (found && !(name in objects)) {
        const inner = propertiesOf(found.members);
        objects[name] = inner;
        collect(inner);
      }
    }
    return properties;
  };
  const argsOf = (file: ts.SourceFile, name: string): Properties => {
    const found = interfaces(file).get(`${name}Args`);
    if (!found) throw new Error(`@pulumi/aws declares no ${name}Args in ${file.fileName}`);
    return collect(propertiesOf(found.members));
  };
  const entries = types.map((token) => {
    const [, path = "", name = ""] = /^aws:(.+):(\w+)$/.exec(token) ?? [];
    const file = parse(`${path}.d.ts`);
    const declared = file.statements.filter(ts.isClassDeclaration).find((each) => each.name?.text === name);
    if (!declared) throw new Error(`@pulumi/aws has no type ${token}`);
    const outputs = propertiesOf(declared.members);
    return [token, { inputs: argsOf(file, name), outputs }] as const;
  });
  const provider = argsOf(parse("provider.d.ts"), "Provider");
  return { types: Object.fromEntries(entries), objects, provider };
}
