import assert from "node:assert/strict";
import { walk } from "../../../rehearsal/access/calls/walk";
import { after as behind, arn, named } from "../../../rehearsal/aws/physicalNames";
import { SERVICES } from "../../../rehearsal/aws/registry";
import type { Service } from "../../../rehearsal/aws/types";
import { changesOf } from "../../../rehearsal/release/cloudformation/plan";
import { evaluate } from "../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../rehearsal/release/cloudformation/template";
import { serviceOf, templateOf } from "../access/templates";
import { deploymentIn, resourceOf, sampleWorld } from "../access/worlds";

const name = named("ShelfName");
const shelfArn = arn("library", behind("shelf/", name));

/** A service that AWS does not have: all that anybody writes for a new one. */
const LIBRARY: Service = {
  file: "library",
  cloudFormation: {
    "AWS::Library::Shelf": {
      createOnly: ["ShelfName"],
      ref: name,
      attributes: { Arn: shelfArn },
      runs: false,
      arn: shelfArn,
      carries: {
        grants: ({ arn: source, properties }) => [
          {
            on: String(properties["Calls"]),
            statement: {
              Sid: "FromLibrary",
              Effect: "Allow",
              Principal: { Service: "library.amazonaws.com" },
              Action: "lambda:InvokeFunction",
              Resource: String(properties["Calls"]),
              Condition: { ArnLike: { "aws:SourceArn": source } },
            },
          },
        ],
      },
      refused: ["Readers"],
      handlers: {
        create: { library: "CreateShelf OpenShelf", iam: "PassRole" },
        read: { library: "LookAtShelf ListShelves" },
        update: { library: "UpdateShelf" },
        delete: { library: "DeleteShelf" },
      },
      conditions: [{ why: "only open ones", when: "Open", actions: "library:OpenShelf" }],
      passes: [["Role", "library.amazonaws.com"]],
      meantFor: "none",
    },
  },
  prefix: "library",
  onNothing: ["library:ListShelves"],
  takes: { "library.amazonaws.com": ({ account }) => ({ "aws:SourceAccount": account }) },
};

const MORE = `  Shelf: { Type: AWS::Library::Shelf, Properties: { ShelfName: tall, Role: !GetAtt Role.Arn } }
  Copy: { Type: AWS::Library::Shelf, Properties: { ShelfName: !Sub "\${Shelf}-copy", Open: true, Calls: !GetAtt Function.Arn, Role: !GetAtt Role.Arn } }`;

describe("a service's file", () => {
  // The registry is data of the program; a test has no other way in, and takes out what it put in.
  const services = SERVICES as Service[];
  before(() => services.push(LIBRARY));
  after(() => services.splice(services.indexOf(LIBRARY), 1));

  it("is enough for a template with its types: the estate has them", async () => {
    const world = await sampleWorld(undefined, { app: serviceOf(templateOf({ more: MORE })) });
    const { arn: made, id } = resourceOf(deploymentIn(world, "test"), "Copy");
    assert.deepEqual([id, made], ["tall-copy", "arn:aws:library:eu-west-1:222222222222:shelf/tall-copy"]);
    const { arn: called } = resourceOf(deploymentIn(world, "test"), "Function");
    assert.deepEqual(
      world.model.guarded.get(called)?.policy?.statements.map(({ sid }) => sid),
      ["FromLibrary"],
    );
    await assert.rejects(
      sampleWorld(undefined, {
        app: serviceOf(templateOf({ more: MORE.replace("Open: true", "Readers: all") })),
      }),
      /Copy \(AWS::Library::Shelf\) has Readers, which is not collected/,
    );
  });

  it("and the calls: what its handlers call, when and on what, and whom the role is passed to", async () => {
    const world = await sampleWorld(undefined, { app: serviceOf(templateOf({ more: MORE })) });
    const asked = walk(world)
      .calls.filter(({ why, environment }) => environment === "test" && why.includes("AWS::Library::Shelf"))
      .filter(({ phase }) => phase === "first deployment");
    const shown = (logicalId: string) =>
      asked
        .filter(({ why }) => why.includes(` ${logicalId} (`))
        .map(
          ({ action, resource }) =>
            `${action} ${resource.replace(/-[0-9A-F]{12}$/, "").replace(/^.*[:/]/, "")}`,
        );
    const role = ["iam:PassRole catalog--test-Role", "sts:AssumeRole catalog--test-Role"];
    assert.deepEqual(
      [shown("Shelf").sort(), shown("Copy").sort()],
      [
        ["library:CreateShelf tall", "library:ListShelves *", "library:LookAtShelf tall", ...role].sort(),
        [
          ...["CreateShelf", "LookAtShelf", "OpenShelf"].map((each) => `library:${each} tall-copy`),
          "library:ListShelves *",
          ...role,
        ].sort(),
      ],
    );
    const takes = asked.find(({ action }) => action === "sts:AssumeRole");
    assert.deepEqual(
      [takes?.principal, takes?.context],
      [{ kind: "service", name: "library.amazonaws.com" }, { "aws:SourceAccount": "222222222222" }],
    );
  });

  it("and the release: it is planned, and replaced where its schema says so", () => {
    const site = {
      stack: "catalog--test",
      environment: "test",
      account: "222222222222",
      region: "eu-west-1",
    };
    const template = (shelf: string) =>
      readTemplate(`Resources:\n  Shelf: { Type: AWS::Library::Shelf, Properties: { ShelfName: ${shelf} } }`);
    const first = evaluate(template("tall"), site, {}, new Map());
    const second = evaluate(template("low"), site, {}, first.resources);
    const shown = changesOf(site, first.resources, second).map(({ action, rehearsal }) => [
      action,
      rehearsal,
    ]);
    assert.deepEqual(shown, [["replace", "planned"]]);
    assert.deepEqual(
      changesOf(site, new Map(), first).map(({ action, rehearsal }) => [action, rehearsal]),
      [["add", "planned"]],
    );
  });
});
