import assert from "node:assert/strict";
import { matrixFacts } from "../../../../rehearsal/access/matrix/facts";
import { matrixSettings } from "../../../../rehearsal/access/matrix/settings";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { ofType } from "../../../../rehearsal/record/record";
import { CONNECTION } from "../../../stacks/settingsSample";
import { folderOf, unbrokenWorld } from "../worlds";

describe("The access matrix's reading of the settings", () => {
  it("is about project, accounts, environments and pipelines of the sample", () => {
    const { boundaries, ...settings } = matrixSettings(folderOf("the sample"));
    const environments = [
      {
        name: "test",
        account: "222222222222",
        approval: false,
        functionSubnets: [],
        functionGroups: [],
        verify: true,
        verifiesInside: false,
        readers: [],
      },
      {
        name: "prod",
        account: "333333333333",
        approval: true,
        functionSubnets: [],
        functionGroups: [],
        verify: true,
        verifiesInside: false,
        readers: [],
      },
    ];
    assert.deepEqual([...boundaries], []);
    assert.deepEqual(settings, {
      previewed: undefined,
      selfUpdate: undefined,
      replication: undefined,
      project: "delivery",
      region: "eu-west-1",
      partition: "aws",
      suffix: "amazonaws.com",
      path: "/",
      tooling: "111111111111",
      chats: false,
      environments,
      pipelines: [
        {
          name: "catalog",
          workload: "lambda-container",
          prefix: "catalog",
          environments: environments.map((each) => ({
            ...each,
            approvalAction: `Approve-${each.name}/Approval`,
            functionName: "",
          })),
          source: { repository: "catalog" },
          transforms: [],
          uses: [],
          permissions: { execution: [], workload: [] },
          layerCache: false,
          branches: undefined,
          endsStaleApprovals: false,
        },
      ],
      subnets: [],
      securityGroups: [],
      artifactRoles: undefined,
      states: [],
    });
  });

  it("knows partitions, paths, boundaries, subnets, prefixes, connections and transforms", () => {
    const read = (title: string) => matrixSettings(folderOf(title));
    const { project, partition, region } = read("another project, Region and partition");
    assert.deepEqual([project, partition, region], ["Ship_it", "aws-us-gov", "us-gov-west-1"]);
    const { path, boundaries } = read("a path and a boundary");
    assert.deepEqual([path, [...new Set(boundaries.values())]], ["/delivery/", ["org"]]);
    assert.ok(boundaries.has("111111111111") && boundaries.has("222222222222"));
    assert.deepEqual(read("a VPC").subnets, ["subnet-1", "subnet-2"]);
    const [connected] = read("a connection with paths, tags and pull requests").pipelines;
    assert.deepEqual(
      [connected?.source, connected?.transforms],
      [{ connection: CONNECTION }, ["AWS::Serverless-2016-10-31"]],
    );
    const [, long, mail] = read("seven environments and three pipelines").pipelines;
    assert.equal(long?.prefix, "long");
    assert.deepEqual(
      mail?.environments.map(({ name }) => name),
      ["prod-us", "dev"],
    );
  });

  it("knows platforms that are built and that are there, kinds of workload, readers, and whom artifacts are for", () => {
    const built = matrixSettings(
      folderOf("containers on a platform that is built, and on one that is there"),
    );
    assert.deepEqual(
      built.environments.map(({ platform }) => platform),
      [
        { port: 80 },
        {
          listener:
            "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/front/0123456789abcdef/0123456789abcdef",
          cluster: "apps",
          subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        },
      ],
    );
    assert.deepEqual(
      built.pipelines.map(({ workload }) => workload),
      ["ecs-service"],
    );
    const read = matrixSettings(folderOf("readers of environments, and roles that artifacts are for"));
    assert.deepEqual(
      [read.environments[0]?.readers, read.artifactRoles],
      [["arn:aws:iam::444444444444:role/people/on-call"], ["arn:aws:iam::111111111111:role/auditor"]],
    );
  });

  it("knows waves, and what one pipeline changes of an environment", () => {
    const [catalog, mail] = matrixSettings(
      folderOf("waves, and environments that one pipeline changes"),
    ).pipelines;
    const short = (each: typeof catalog) =>
      each?.environments.map(({ name, approval, approvalAction }) => [name, approval, approvalAction]);
    assert.deepEqual(short(catalog), [
      ["dev", false, "Approve-dev/Approval"],
      ["qa-a", true, "Approve-wave.1/Approval-qa-a"],
      ["qa-b", false, "Approve-wave.1/Approval-qa-b"],
      ["prod", true, "Approve-prod/Approval"],
    ]);
    assert.deepEqual(short(mail), [
      ["qa-b", false, "Approve-wave.1/Approval-qa-b"],
      ["dev", false, "Approve-wave.1/Approval-dev"],
      ["prod", false, "Approve-prod/Approval"],
    ]);
  });

  it("refuses settings without tooling, and stacks that do not make what rows name", async () => {
    const { project, stacks } = folderOf("the sample");
    assert.throws(
      () => matrixSettings({ project, stacks: stacks.filter(({ stack }) => stack !== "tooling") }),
      new NotKnown("no stack is of kind tooling: the access matrix has nothing to begin with"),
    );
    const { folder, record, kinds } = await unbrokenWorld();
    const [topic] = ofType(record, "aws:sns/topic:Topic");
    const without = record.map((run) => ({
      ...run,
      resources: run.resources.filter((each) => each !== topic),
    }));
    assert.throws(
      () => matrixFacts({ folder, record: without, kinds }),
      new NotKnown(
        "the stacks do not make one aws:sns/topic:Topic called catalog, which the access matrix is about",
      ),
    );
  });

  it("knows whose previews read which state, with which keys", () => {
    const bucket = "acme-state";
    const role = (name: string, account: string) => ({
      role: `arn:aws:iam::${account}:role/delivery-${name}preview`,
      account,
      codecommit: false,
    });
    const projects = ["delivery"];
    assert.deepEqual(matrixSettings(folderOf("previews that read state")).states, [
      {
        ...{ ...role("", "111111111111"), bucket, root: "delivery/.pulumi/", projects },
        keys: ["arn:aws:kms:eu-west-1:999999999999:key/01234567-89ab-cdef-0123-456789abcdef"],
      },
      { ...role("test-", "222222222222"), bucket, root: ".pulumi/", projects, keys: [] },
      { ...role("prod-", "222222222223"), bucket, root: ".pulumi/", projects, keys: [] },
    ]);
    assert.deepEqual(matrixSettings(folderOf("previews in pull requests, and sources on GitHub")).states, []);
    const { previewed, states } = matrixSettings(folderOf("previews of pull requests in CodeCommit"));
    assert.deepEqual(
      [previewed, states.map(({ codecommit }) => codecommit)],
      ["platform", Array(4).fill(true)],
    );
  });

  it("is about the pipeline that brings the stacks up: its source, the state and whom it takes", () => {
    const folder = folderOf("a pipeline that brings the stacks up");
    assert.deepEqual(matrixSettings(folder).selfUpdate, {
      source: { repository: "platform" },
      state: {
        bucket: "acme-state",
        root: "delivery/.pulumi/",
        keys: ["arn:aws:kms:eu-west-1:999999999999:key/01234567-89ab-cdef-0123-456789abcdef"],
      },
      role: "ops/platform-up",
    });
  });
});
