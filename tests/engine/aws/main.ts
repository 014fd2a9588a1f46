/** The process that the engine starts as its `aws` plugin: DoubledAws over gRPC. One for each provider of a stack. */
import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Cloud } from "./cloud";
import type { Declared, Values } from "./declared";
import type { Difference } from "./properties";
import { DoubledAws } from "./provider";

const { DOUBLED_AWS: folder, DOUBLED_AWS_DECLARED: declaredFile, PLUGIN_VERSION: version = "" } = process.env;
if (folder === undefined || declaredFile === undefined) {
  throw new Error("DOUBLED_AWS and DOUBLED_AWS_DECLARED are not set: the tests in tests/engine do that");
}
const aws = new DoubledAws(new Cloud(folder), JSON.parse(readFileSync(declaredFile, "utf8")) as Declared);

const values = (struct: Struct | undefined): Values => struct?.toJavaScript() ?? {};
/** Without what is undefined, which has no place on the wire. */
const struct = (from: Values): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(from)) as Record<string, JavaScriptValue>);

/** `urn:pulumi:stack::project::parents$aws:iam/role:Role::name` */
function resource(request: { getUrn(): string }) {
  const urn = request.getUrn();
  const [, , types = "", ...name] = urn.split("::");
  return { urn, type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

const problems = (found: readonly string[]): pb.CheckFailure[] =>
  found.map((reason) => new pb.CheckFailure().setReason(reason));

function diffResponse({ changed, replaces, deleteBeforeReplace }: Difference): pb.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  return new pb.DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...changed])
    .setReplacesList([...replaces])
    .setDeletebeforereplace(deleteBeforeReplace);
}

/** A handler that answers, or whose error becomes the engine's. */
const unary =
  <Request, Answer>(
    handle: (request: Request) => Answer | Promise<Answer>,
  ): grpc.handleUnaryCall<Request, Answer> =>
  (call, respond) => {
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (answer) => respond(null, answer),
        (error: Error) => respond({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };

const handlers: Record<string, grpc.UntypedHandleCall> = {
  getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
  checkConfig: unary((request: pb.CheckRequest) =>
    new pb.CheckResponse()
      .setInputs(request.getNews())
      .setFailuresList(problems(aws.checkConfig(values(request.getNews())))),
  ),
  diffConfig: unary((request: pb.DiffRequest) =>
    diffResponse(aws.diffConfig(values(request.getOldInputs()), values(request.getNews()))),
  ),
  configure: unary((request: pb.ConfigureRequest) => {
    aws.configure(values(request.getArgs()));
    return new pb.ConfigureResponse().setSupportspreview(true);
  }),
  check: unary((request: pb.CheckRequest) => {
    const [old, written] = [values(request.getOlds()), values(request.getNews())];
    const found = aws.check(resource(request), { old, written, seed: request.getRandomseed_asU8() });
    return new pb.CheckResponse().setInputs(struct(found.inputs)).setFailuresList(problems(found.problems));
  }),
  diff: unary((request: pb.DiffRequest) =>
    diffResponse(aws.diff(resource(request), values(request.getOldInputs()), values(request.getNews()))),
  ),
  create: unary(async (request: pb.CreateRequest) => {
    const made = await aws.create(resource(request), values(request.getProperties()), request.getPreview());
    return new pb.CreateResponse().setId(made.id).setProperties(struct(made.outputs));
  }),
  read: unary((request: pb.ReadRequest) => {
    const found = aws.read(resource(request), request.getId(), values(request.getInputs()));
    if (!found) return new pb.ReadResponse();
    const { id, outputs, inputs } = found;
    return new pb.ReadResponse().setId(id).setProperties(struct(outputs)).setInputs(struct(inputs));
  }),
  update: unary(async (request: pb.UpdateRequest) => {
    const [old, inputs] = [values(request.getOlds()), values(request.getNews())];
    const outputs = await aws.update(resource(request), request.getId(), old, inputs, request.getPreview());
    return new pb.UpdateResponse().setProperties(struct(outputs));
  }),
  delete: unary(async (request: pb.DeleteRequest) => {
    await aws.delete(resource(request), request.getId(), values(request.getOldInputs()));
    return new Empty();
  }),
  invoke: unary((request: pb.InvokeRequest) =>
    new pb.InvokeResponse().setReturn(struct(aws.invoke(request.getTok()))),
  ),
  cancel: unary(() => new Empty()),
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
server.addService(ResourceProviderService, handlers);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port); // what the engine waits for
});

// Nobody ends a plugin whose engine was killed.
const engine = process.ppid;
// eslint-disable-next-line no-restricted-syntax -- nothing waits for it
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 200).unref();
