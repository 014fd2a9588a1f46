import * as pulumi from "@pulumi/pulumi";
import {
  type ReadResourceRequest,
  ReadResourceResponse,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  type ResourceInvokeRequest,
  type SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { answer } from "../aws/mockOutputs";
import type { MockOutputs } from "../aws/types";
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

type Reply<Response> = (error: unknown, response?: Response) => void;

const { deserializeProperties, isRpcSecret } = pulumi.runtime;

/**
 * Data as the engine hands it over, keys by the alphabet. A secret anywhere in it becomes `[secret]`, whatever Pulumi wraps it
 * in; what is not known yet, `[unknown]`.
 */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (pulumi.isUnknown(value)) return "[unknown]";
  if (isRpcSecret(value)) return "[secret]";
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, plain(Reflect.get(value, key))]));
}

/** Properties out of a request; it always carries some. */
const properties = (carried: Parameters<typeof deserializeProperties>[0] | undefined): Values =>
  carried ? map(plain(deserializeProperties(carried, true))) : {};

const struct = (values: Values): Struct =>
  Struct.fromJavaScript(plain(values) as Parameters<typeof Struct.fromJavaScript>[0]);

/** What an error of an invoke is told by: Pulumi keeps nothing else of it. */
const withDetails = (details: string): Error => Object.assign(new Error(details), { details });

/**
 * Stands where the engine and AWS would, as Pulumi's mocks do, and keeps every registration: parents, dependencies and the
 * providers of remote components are known here, and not to mocks.
 */
export class Recorder {
  readonly registered: Resource[] = [];
  /** Outputs of the stack, once the program has returned. */
  outputs: Values = {};
  /** References to providers that each component hands down, by package. */
  private readonly handedDown = new Map<string, ReadonlyMap<string, string>>();
  /** By what resources refer to them by. */
  private readonly providers = new Map<string, Resource>();

  constructor(private readonly run: Recorded) {}

  /** All but outputs that keep to themselves what they depend on. */
  supportsFeature(request: SupportsFeatureRequest, reply: Reply<{ getHassupport: () => boolean }>): void {
    const hasSupport = request.getId() !== "outputValues";
    reply(null, { getHassupport: () => hasSupport });
  }

  invoke(request: ResourceInvokeRequest, reply: Reply<never>): void {
    const token = request.getTok();
    reply(
      withDetails(
        `the rehearsal does not answer the call ${token}: compute the value, or pass it in settings`,
      ),
    );
  }

  registerResource(request: RegisterResourceRequest, reply: Reply<RegisterResourceResponse>): void {
    // One by one: toObject() would take apart all that the resource is made of, too.
    const [parent, custom, remote] = [request.getParent(), request.getCustom(), request.getRemote()];
    const [type, name] = [request.getType(), request.getName()];
    const own = custom ? [] : request.getProvidersMap().getEntryList();
    const providers = new Map([...(this.handedDown.get(parent) ?? []), ...own]);
    // awsx has no provider of its own to speak of: its children are made with the one for aws.
    const reference = remote ? providers.get("aws") : request.getProvider();
    const provider = this.providers.get(reference ?? "");
    const providerRegion = provider?.inputs["region"];
    const account = onlyAccount(provider);
    const region = typeof providerRegion === "string" ? providerRegion : undefined;
    const inputs = properties(request.getObject());
    const identity = [this.run.stack, parent, type, name].join(" ");
    let made: MockOutputs;
    try {
      const asked = custom || type.startsWith("awsx:");
      made = asked ? answer({ type, name, identity, inputs, account, region }) : { id: "", outputs: {} };
    } catch (error) {
      return reply(error);
    }
    const urn = this.urn(parent, type, name);
    this.handedDown.set(urn, providers);
    const registered: Resource = {
      ...{ stack: this.run.stack, type, name, custom, remote, parent, urn, id: made.id },
      ...{ provider: provider?.urn, account, region },
      ...{ dependsOn: request.getDependenciesList(), protect: request.getProtect() ?? false },
      ...{ inputs, outputs: made.outputs },
    };
    this.registered.push(registered);
    if (type.startsWith("pulumi:providers:")) this.providers.set(`${urn}::${made.id}`, registered);
    const response = new RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(made.id);
    response.setObject(struct(made.outputs));
    reply(null, response);
  }

  registerResourceOutputs(request: RegisterResourceOutputsRequest, reply: Reply<object>): void {
    if (request.getUrn() === this.registered[0]?.urn) this.outputs = properties(request.getOutputs());
    reply(null, {});
  }

  /** A StackReference. Only the stack's own name and the project's are compared: nobody is logged in to an organization here. */
  readResource(request: ReadResourceRequest, reply: Reply<ReadResourceResponse>): void {
    const [type, name, id] = [request.getType(), request.getName(), request.getId()];
    if (type !== "pulumi:pulumi:StackReference")
      return reply(new Error(`the rehearsal reads nothing that exists: ${name} (${type}) is read, not made`));
    const wanted = id || name;
    const [stack, project = this.run.project] = wanted.split("/").reverse();
    const there = project === this.run.project && this.run.earlier.find((run) => run.stack === stack);
    if (!there) return reply(new Error(`unknown stack "${wanted}"`));
    const response = new ReadResourceResponse();
    response.setUrn(this.urn(request.getParent(), type, name));
    response.setProperties(struct({ name: wanted, outputs: there.outputs, secretOutputNames: [] }));
    reply(null, response);
  }

  /** As the engine makes it, with the type of the parent alone of all that hold it. */
  private urn(parent: string, type: string, name: string): string {
    const held = parent.split("::")[2]?.split("$").pop();
    return `urn:pulumi:${this.run.stack}::${this.run.project}::${held === undefined ? "" : `${held}$`}${type}::${name}`;
  }
}
