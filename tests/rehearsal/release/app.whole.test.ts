import { HTTP_API, showsItsOwn, TESTED } from "./altered";
import { CONTAINER, PLATFORMS } from "./kinds";
import { configWith } from "./service";

const KINDS = [
  { kind: "lambda-container", tooling: CONTAINER.tooling, routes: HTTP_API, scripts: {} },
  {
    kind: "lambda-zip",
    tooling: configWith({ workload: "lambda-zip", template: "lambda-zip/template.yaml" }),
    routes: HTTP_API,
    scripts: TESTED,
  },
  {
    kind: "ecs-service",
    tooling: configWith({ workload: "ecs-service", template: "ecs-service/template.yaml" }, PLATFORMS),
    routes: ["ANY /article/create", "ANY /article/find/*"],
    scripts: TESTED,
  },
];

// serverless is in tests/serverless: its packaging has to be installed.
describe("release of the sample service, altered", () => {
  for (const { kind, tooling, routes, scripts } of KINDS)
    it(`runs its own scripts, and shows its own table, route, answer and output: ${kind}`, () =>
      showsItsOwn(tooling, routes, scripts));
});
