import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { type MockResourceArgs, type MockResourceResult, MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { answer } from "../aws/mockOutputs";
import type { Rehearsed, Resource } from "../record/record";
import { onlyAccount } from "../record/states";
import { map, type Values } from "../../packages/iam/src/json";

/** The stack whose requests are recorded, and what is there before it. */
export interface Recorded {
  readonly project: string;
  readonly stack: string;
  /** Stacks that are already up, for StackReferences. */
  readonly earlier: Rehearsed;
}

type Reply = (error: unknown, response: RegisterResourceResponse | undefined) => void;
type Asking = Pick<Resource, "provider" | "account" | "region" | "parent">;

/** Plain data: a secret anywhere in it becomes `[secret]`, whatever Pulumi wraps it in; what is not known yet, `[unknown]`. */
function plain(value: unknown): unknown {
  if (pulumi.isUnknown(value)) return "[unknown]";

  if (pulumi.runtime.isRpcSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** Properties out of a request or a response; both always carry some. */
const properties = (
  struct: Parameters<typeof pulumi.runtime.deserializeProperties>[0] | undefined,
): Values => (struct ? map(plain(pulumi.runtime.deserializeProperties(struct, true))) : {});

/**
 * Stands where the engine and AWS would, and keeps every registration: parents, dependencies and the
 * providers of remote components are known here, and not to Pulumi's mocks.
 */
export class Recorder extends MockMonitor {
  readonly registered: Resource[] = [];
  /** Outputs of the stack, once the program has returned. */
  outputs: Values = {};
  /** References to providers that each component hands down, by package. */
  private readonly handedDown = new Map<string, ReadonlyMap<string, string>>();
  private asking: Asking | undefined;

  constructor(private readonly run: Recorded) {
    super({
      newResource: (args) => this.newResource(args),
      call: ({ token }) => {
        const details = `the rehearsal does not answer the call ${token}: compute the value, or pass it in settings`;
        throw Object.assign(new Error(details), { details }); // all that Pulumi keeps of an invoke's error
      },
    });
  }

  override async registerResource(request: RegisterResourceRequest, reply: Reply): Promise<void> {
    // One by one: toObject() would take apart all that the resource is made of, too.
    const [parent, custom, remote] = [request.getParent(), request.getCustom(), request.getRemote()];
    const providers = new Map([
      ...(this.handedDown.get(parent) ?? []),
      ...request.getProvidersMap().getEntryList(),
    ]);
    // awsx has no provider of its own to speak of: its children are made with the one for aws.
    const reference = remote ? providers.get("aws") : request.getProvider();
    const provider = this.registered.find(({ urn, id }) => `${urn}::${id}` === reference);
    const region = provider?.inputs["region"];
    const asking = {
      parent,
      provider: provider?.urn,
      account: onlyAccount(provider),
      region: typeof region === "string" ? region : undefined,
    };
    this.asking = asking; // super asks newResource before it gives way to anything else
    await super.registerResource(
      request,
      (error: unknown, response: RegisterResourceResponse | undefined) => {
        if (response) {
          const resource: Resource = {
            ...asking,
            stack: this.run.stack,
            type: request.getType(),
            name: request.getName(),
            custom,
            remote,
            dependsOn: request.getDependenciesList(),
            protect: request.getProtect() ?? false,
            urn: response.getUrn(),
            id: response.getId(),
            inputs: properties(request.getObject()),
            outputs: properties(response.getObject()),
          };
          this.handedDown.set(resource.urn, providers);
          this.registered.push(resource);
        }
        reply(error, response);
      },
    );
  }

  override registerResourceOutputs(request: RegisterResourceOutputsRequest, reply: Reply): void {
    if (request.getUrn() === this.registered[0]?.urn) this.outputs = properties(request.getOutputs());
    super.registerResourceOutputs(request, reply);
  }

  private newResource({ type, name, inputs, custom, id }: MockResourceArgs): MockResourceResult {
    if (type === "pulumi:pulumi:StackReference") return this.stackReference(id || name);
    const asking = this.asking;
    if (!asking)
      throw new Error(`the rehearsal reads nothing that exists: ${name} (${type}) is read, not made`);
    this.asking = undefined;
    if (!custom && !type.startsWith("awsx:")) return { id: "", state: {} };
    const identity = [this.run.stack, asking.parent, type, name].join(" ");
    const made = answer({
      type,
      name,
      identity,
      inputs: map(plain(inputs)),
      account: asking.account,
      region: asking.region,
    });
    return { id: made.id, state: { ...made.outputs } };
  }

  /** Only the stack's own name and the project's are compared: nobody is logged in to an organization here. */
  private stackReference(name: string): MockResourceResult {
    const [stack, project = this.run.project] = name.split("/").reverse();
    const there = project === this.run.project && this.run.earlier.find((run) => run.stack === stack);
    if (!there) throw new Error(`unknown stack "${name}"`);
    return { id: name, state: { name, outputs: there.outputs, secretOutputNames: [] } };
  }
}
