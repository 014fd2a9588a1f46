import { act2 } from "../../../../rehearsal/access/check";
import type { PageInput } from "../../../../rehearsal/report/page/input";
import { promotionsOf } from "../../../../rehearsal/release/promotions";
import type { Act3 } from "../../../../rehearsal/release/report";
import { ROOT, SAMPLE, unbroken } from "../../sample";

const BUNDLE = "5f1d3c0a".repeat(8);
const release: Act3 = {
  pipeline: "catalog",
  service: "app",
  revision: "0123456789abcdef0123456789abcdef01234567",
  release: "00000000-0000-4000-8000-000000000000",
  bundle: BUNDLE,
  tests: 41,
  environments: ["test", "prod"].map((environment) => ({
    environment,
    stack: `catalog--${environment}`,
    state: "live" as const,
    plan: {
      summary: "4 permissions (FunctionRole, ...), 12 added",
      changes: [
        {
          action: "add",
          logicalId: "FunctionRole",
          type: "AWS::IAM::Role",
          permission: true,
          rehearsal: "planned",
          title: "",
          details: [],
        },
      ],
    },
    ...(environment === "prod" && { approval: { yes: true, how: "--yes" } }),
    bundle: BUNDLE,
    verify: { passed: true, tests: 9, seconds: 1.2 },
    marks: { [`live-${environment}`]: BUNDLE },
  })),
  notShown: [],
};

let input: Promise<PageInput> | undefined;

async function make(): Promise<PageInput> {
  const act1 = await unbroken();
  const judged = await act2(SAMPLE, act1.runs, { places: [ROOT], app: undefined });
  const { world, walk, charter, threats } = judged;
  return {
    project: SAMPLE.project,
    made: {
      at: new Date("2026-11-26T10:30:00Z"),
      version: "1.2.3",
      commit: "4f0c21d7".repeat(5),
      settings: "0a".repeat(32),
    },
    settings: SAMPLE.stacks,
    promotions: promotionsOf(SAMPLE),
    act1,
    world,
    walk,
    charter,
    threats,
    release,
    notShown: [
      ...act1.notShown,
      ...judged.notShown,
      { what: "CodeDeploy: the canary, the alarms that turn it back", shownBy: "pulumi up" },
    ],
    sizes: [{ policy: "policy of delivery-catalog--test-execution (test)", size: 6120, limit: 10240 }],
  };
}

/** What the sample's rehearsal hands to the page, made once for all tests. */
export const sampleInput = (): Promise<PageInput> => (input ??= make());
