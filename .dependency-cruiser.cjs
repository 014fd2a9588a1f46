/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, which dependency-cruiser loads */
/*
 * Who may import whom, types included: docs/ARCHITECTURE.md says the same in words. Each room, and what it may import
 * besides itself; the more exact name of two decides. Tests may import everything.
 */
const GROUND = "components/[^/]+[.]ts";
const IAM = "packages/iam/src";
/** What others may import of it. */
const ENTRIES = Object.values(require("./packages/iam/package.json").exports).map(
  (file) => `^packages/iam/${file.slice(2).replace(".", "[.]")}$`,
);
const RECORD = "rehearsal/record";
const ROOMS = {
  [GROUND]: [],
  "components/workloads": [GROUND],
  "components/environment": [GROUND, "components/workloads"],
  "components/jobs": [GROUND, "components/workloads"],
  "components/pipeline": [GROUND, "components/jobs", "components/workloads"],
  "components/store": [GROUND],
  "components/branches": [GROUND, "components"],
  stacks: ["components"],
  "index[.]ts": ["stacks"],
  "packages/iam": [],
  // For programs outside, out of what this one is made of.
  "packages/components": ["components", "stacks"],
  "rehearsal/record": [IAM],
  "rehearsal/aws": [IAM, RECORD, GROUND],
  "rehearsal/rules": [IAM, RECORD, "rehearsal/aws", "components"],
  "rehearsal/bringUp": [IAM, RECORD, "rehearsal/rules", "rehearsal/aws", "index[.]ts"],
  "rehearsal/release": [IAM, RECORD, "rehearsal/aws", "components", "stacks"],
  "rehearsal/access": [
    IAM,
    RECORD,
    "rehearsal/aws",
    "rehearsal/bringUp",
    "rehearsal/release",
    "rehearsal/rules",
    "components",
  ],
  // What the program gets wrong, expected permissions and threat scenarios must not get wrong too.
  "rehearsal/access/matrix": [IAM, RECORD, "rehearsal/aws", "rehearsal/access"],
  "rehearsal/access/threats": [IAM, RECORD, "rehearsal/access"],
  "rehearsal/report": [IAM, "rehearsal"],
  "rehearsal/resources": [RECORD, "rehearsal/bringUp"],
  "rehearsal/growth": [
    IAM,
    RECORD,
    "rehearsal/access",
    "rehearsal/aws",
    "rehearsal/bringUp",
    "rehearsal/resources",
  ],
  "rehearsal/cost": [IAM, RECORD, "rehearsal/bringUp"],
  "rehearsal/[^/]+[.]ts": [IAM, "rehearsal", "index[.]ts"],
  commands: [RECORD, "rehearsal/bringUp", "rehearsal/growth", "components", "stacks"],
  // Plain data in and out: what accounts have, judged as the rehearsal judges what the stacks register.
  "commands/doctor/access": [IAM, RECORD, "rehearsal/access/live", "commands", "components", "stacks"],
  // What the prover knows of types, and the rehearsal's reader of templates.
  "commands/permissions": [IAM, "rehearsal/aws", "rehearsal/release", "commands", "components", "stacks"],
  bench: [RECORD, "rehearsal/access", "rehearsal/bringUp", "index[.]ts", "tests/engine"],
  scripts: [
    RECORD,
    "rehearsal/bringUp/commandLine[.]ts",
    "rehearsal/access/matrix",
    "rehearsal/access/calls",
    "rehearsal/access/threats",
    "components",
    "stacks",
  ],
};
const at = (room) => `^${room}${room.endsWith("[.]ts") ? "$" : "/"}`;

module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Types go below what uses them, into a file of their own where two files share them.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "entries-of-iam",
      comment: "packages/iam/package.json says in `exports` what of it is for others.",
      severity: "error",
      from: { pathNot: ["^packages/iam/", "^tests/"] },
      to: { path: "^packages/iam/", pathNot: ENTRIES },
    },
    ...Object.entries(ROOMS).map(([room, allowed]) => ({
      name: `imports-of-${room.replace(/\W+/g, "-")}`,
      comment: `${room} may import: ${allowed.join(", ") || "nothing"}.`,
      severity: "error",
      from: {
        path: at(room),
        pathNot: [
          "/tests/",
          ...Object.keys(ROOMS)
            .filter((each) => each !== room && each.startsWith(room))
            .map(at),
        ],
      },
      to: {
        dependencyTypesNot: ["core", "npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "unknown"],
        path: "^(bench|commands|components|index|packages|rehearsal|scripts|stacks|tests)",
        pathNot: [room, ...allowed].map(at),
      },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node_modules|app|bench/cdk|[.]out)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
