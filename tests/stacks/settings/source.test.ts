import assert from "node:assert/strict";
import {
  CONNECTION,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const BRANCH = "allowed is the name of one branch, at most 255 characters, without patterns";
const CONNECTED_ONLY =
  "only github and connection have this key: remove it, or name one of them as the source";
const ONE = "allowed is one of codecommit, connection, github: name one";
const inTooling = (changes: Values) => problemsOf(tooling(changes));
const inPipeline = (changes: Values) => inTooling({ pipelines: [pipeline(changes)] });
const connected = (changes: Values): Values => ({
  source: { connection: CONNECTION, repository: "org/repo", ...changes },
});

const OLD = "arn:aws:codestar-connections:eu-west-1:999999999999:connection/0123";
const UNSHARED =
  "it is of account 999999999999, and AWS shares no connection of codestar-connections with tooling's, 111111111111: " +
  "give one of tooling's own, or one of codeconnections that 999999999999 shares by AWS RAM";

describe("the shape of a source", () => {
  refuses({
    "connections by their old name of another account, which AWS does not share": [
      () =>
        inTooling({
          pipelines: [pipeline(connected({ connection: OLD }))],
          selfUpdate: {
            ...{ source: { connection: OLD, repository: "acme/delivery" }, role: "up" },
            state: { url: "s3://acme-state" },
          },
        }),
      [
        `pipelines[0].source.connection: received "${OLD}"; ${UNSHARED}`,
        `selfUpdate.source.connection: received "${OLD}"; ${UNSHARED}`,
      ],
    ],
    "both a repository of CodeCommit and a connection, and checks the rest of it": [
      () => inPipeline({ source: { codecommit: "catalog", connection: CONNECTION, branch: 7 } }),
      [
        `pipelines[0].source.branch: received 7; ${BRANCH}`,
        `pipelines[0].source: received {"codecommit":"catalog","connection":"${CONNECTION.slice(0, 61)}…; ${ONE}`,
      ],
    ],
    "all three": [
      () => inPipeline({ source: { codecommit: "c", connection: CONNECTION, github: "o/r", repository: 1 } }),
      [
        "pipelines[0].source.repository: received 1; allowed is owner/name, as the provider spells it (a GitLab group may have further parts)",
        `pipelines[0].source: received {"codecommit":"c","connection":"${CONNECTION.slice(0, 67)}…; ${ONE}`,
      ],
    ],
    "none of them": [
      () => inPipeline({ source: { branch: "main" } }),
      [`pipelines[0].source: received {"branch":"main"}; ${ONE}`],
    ],
    "one that is no map": [
      () => inPipeline({ source: "catalog" }),
      [
        'pipelines[0].source: received "catalog"; allowed is a map that names codecommit, or github, or connection and repository',
      ],
    ],
    "keys of a connection with CodeCommit": [
      () =>
        inPipeline({
          source: {
            codecommit: "catalog",
            repository: "org/repo",
            paths: [],
            tags: [],
            pullRequests: {},
            brnch: 1,
          },
        }),
      [
        'pipelines[0].source.brnch: received 1; this key is unknown: did you mean "branch"? allowed are codecommit, branch, create',
        `pipelines[0].source.paths: received []; ${CONNECTED_ONLY}`,
        `pipelines[0].source.pullRequests: received {}; ${CONNECTED_ONLY}`,
        `pipelines[0].source.repository: received "org/repo"; ${CONNECTED_ONLY}`,
        `pipelines[0].source.tags: received []; ${CONNECTED_ONLY}`,
      ],
    ],
    "a connection that is to be created": [
      () => inPipeline(connected({ create: true })),
      [
        "pipelines[0].source.create: received true; only a CodeCommit repository can be created: remove this key",
      ],
    ],
    "a repository on GitHub that is to be created, or named twice": [
      () => inPipeline({ source: { github: "org/repo", create: true, repository: "org/repo" } }),
      [
        "pipelines[0].source.create: received true; only a CodeCommit repository can be created: remove this key",
        'pipelines[0].source.repository: received "org/repo"; github is the repository already: remove this key',
      ],
    ],
    "a connection without repository": [
      () => inPipeline({ source: { connection: CONNECTION } }),
      [
        "pipelines[0].source.repository: is missing; allowed is owner/name, as the provider spells it (a GitLab group may have further parts)",
      ],
    ],
    "the address of a repository": [
      () => inPipeline(connected({ repository: "https://github.com/org/repo" })),
      [
        'pipelines[0].source.repository: received "https://github.com/org/repo"; allowed is owner/name, as the provider spells it (a GitLab group may have further parts)',
      ],
    ],
    "a CodeCommit repository of another form": [
      () => inPipeline({ source: { codecommit: "team/catalog" } }),
      [
        'pipelines[0].source.codecommit: received "team/catalog"; allowed is the name of a CodeCommit repository: letters, digits, and . _ -, at most 100 characters, not ending in .git',
      ],
    ],
    "more than 8 patterns, and one of more than 255 characters": [
      () =>
        inPipeline(
          connected({ paths: ["a", "b", "c", "d", "e", "f", "g", "h", "i"], tags: ["v".repeat(256)] }),
        ),
      [
        'pipelines[0].source.paths: received ["a","b","c","d","e","f","g","h","i"]; allowed is a list of glob patterns, 0 to 8',
        `pipelines[0].source.tags[0]: received "${"v".repeat(98)}…; allowed is a glob pattern of 1 to 255 characters`,
      ],
    ],
    "pull requests without branches or with another event": [
      () => inPipeline(connected({ pullRequests: { events: ["MERGED"] } })),
      [
        "pipelines[0].source.pullRequests.branches: is missing; allowed is a list of glob patterns, 1 to 8",
        'pipelines[0].source.pullRequests.events[0]: received "MERGED"; allowed are OPEN, UPDATED, CLOSED',
      ],
    ],
  });
  for (const github of [
    "repo",
    "https://github.com/org/repo",
    "org/repo.git",
    "org/re po",
    "org/group/repo",
    1,
  ])
    it(`refuses the repository ${github} on GitHub`, () =>
      assert.deepEqual(inPipeline({ source: { github } }), [
        `pipelines[0].source.github: received ${JSON.stringify(github)}; allowed is owner/name, as GitHub spells it, without its address and .git`,
      ]));
  it("takes a repository on GitHub, with all that a connection's may have", () => {
    const others = { branch: "trunk", paths: ["app/**"], tags: ["v*"] };
    const written = { github: "Org-1/re.po_2", ...others, pullRequests: { branches: ["trunk"] } };
    const settings = settingsOf(tooling({ pipelines: [pipeline({ source: written })] }));
    assert.deepEqual(settings.kind === "tooling" && settings.pipelines[0]?.source, {
      ...{ kind: "github", repository: "Org-1/re.po_2", ...others },
      pullRequests: { branches: ["trunk"], events: ["CLOSED"] },
    });
  });
  for (const connection of [
    "github",
    CONNECTION.replace(":connection/", ":host/"),
    CONNECTION.replace("1111", "1"),
  ])
    it(`refuses the connection ${connection}`, () =>
      assert.deepEqual(inPipeline(connected({ connection })), [
        `pipelines[0].source.connection: received "${connection}"; allowed is the ARN of a connection, arn:aws:codeconnections:<region>:<account>:connection/<id>: copy it from the console`,
      ]));
  for (const [connection, region] of [
    [CONNECTION.replace("codeconnections", "codestar-connections"), "eu-west-1"],
    [CONNECTION.replace("111111111111", "999999999999"), "eu-west-1"], // AWS RAM shares those of this name
    [CONNECTION.replace("arn:aws:", "arn:aws-us-gov:"), "us-gov-east-1"],
    [CONNECTION, "us-east-2"], // a connection is there in every Region, whatever its ARN says
  ] as const)
    it(`takes the connection ${connection} in ${region}`, () => {
      const settings = settingsOf(
        tooling({ "aws:region": region, pipelines: [pipeline(connected({ connection }))] }),
      );
      assert.deepEqual(settings.kind === "tooling" && settings.pipelines[0]?.source, {
        kind: "connection",
        connection,
        repository: "org/repo",
        branch: "main",
        paths: [],
        tags: [],
      });
    });
  for (const branch of [
    "",
    "a b",
    "-a",
    "/a",
    "a/",
    "a..b",
    "a.lock",
    "a*",
    "{a,b}",
    "a@{b",
    "a//b",
    "a/.b",
    "b".repeat(256),
  ])
    it(`refuses the branch ${JSON.stringify(branch.slice(0, 20))}`, () => {
      const [problem, ...others] = inPipeline({ source: { codecommit: "catalog", branch } });
      assert.ok(
        problem?.startsWith("pipelines[0].source.branch: received ") && problem.endsWith(BRANCH),
        problem,
      );
      assert.deepEqual(others, []);
    });
  for (const branch of ["main", "feature/JIRA-12_x", "release/2.x", "dependabot/npm/@types", "año", "a#1"])
    it(`takes the branch ${branch}`, () => {
      const settings = settingsOf(
        tooling({ pipelines: [pipeline({ source: { codecommit: "c", branch } })] }),
      );
      assert.equal(settings.kind === "tooling" && settings.pipelines[0]?.source.branch, branch);
    });
});
