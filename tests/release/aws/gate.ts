/**
 * The gate: every request is read, its principal found, and decided by the project's own evaluator over the policies that the
 * stacks register. What is allowed has its effect in the emulator, or is answered here; what is not is refused as AWS refuses.
 */
import type { ServerResponse } from "node:http";
import { type Answer as Decided, decide, type Question } from "../../../packages/iam/src/evaluate/decide";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import { AwsError, type Call, type DecidedCall, type Handler } from "../model";
import type { Asks, Caller, Looked, Need } from "./asks/ask";
import { CLOUDFORMATION } from "./asks/cloudformation";
import { OTHERS } from "./asks/others";
import { S3 } from "./asks/s3";
import type { Credentials, Holder } from "./credentials";
import { denial } from "./denials";
import type { Answer, Emulator } from "./emulator";
import type { Faults } from "./faults";
import { executor, type HandlerAsking, handlerNeeds, type ParameterAsking } from "./handlerCalls";
import { forward } from "./forward";
import type { Received } from "./proxy";
import { errorAnswer, errorCode, jsonAnswer, queryAnswer } from "./refusals";
import { noteDecision } from "./secondOpinion";
import { asking, type Asking, Unreadable } from "./request";
import { CREDENTIAL_ANSWERS } from "./credentialAnswers";

/** What each call needs, by service and operation. */
export const ASKS: Readonly<Record<string, Asks>> = { ...OTHERS, cloudformation: CLOUDFORMATION, s3: S3 };

/** An HTTP API's address: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html */
const API = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/;

export interface GateOptions {
  readonly credentials: Credentials;
  readonly emulator: Emulator;
  readonly faults: Faults;
  readonly looked: Looked;
}

/** What a need was decided to be. */
interface Weighed {
  readonly need: Need;
  readonly decided: Decided;
  readonly abroad: boolean;
}

/** What CloudFormation does for a stack, as the log of calls has it. */
interface ForStack {
  readonly account: string;
  readonly region: string;
  readonly stackName: string | null;
  readonly does: string;
  readonly of: Readonly<Record<string, unknown>>;
}

type Log = Omit<DecidedCall, "status" | "code">;

export class Gate {
  readonly #options: GateOptions;
  readonly #handlers = new Map<string, Handler>();
  /** Who has executed a change set, or deleted, by account and stack. */
  readonly #executed = new Map<string, Principal>();
  /** Who has made the newest change set. */
  readonly #planned = new Map<string, Principal>();
  readonly calls: DecidedCall[] = [];
  /** What nobody has taught the gate: a test that met one has shown less than it says. */
  readonly problems: string[] = [];

  constructor(options: GateOptions) {
    this.#options = options;
  }

  answer(of: string, handler: Handler): Handler {
    const before = this.#handlers.get(of) ?? this.#handlers.get(of.split(":")[0] ?? "");
    this.#handlers.set(of, handler);
    return (call) => before?.(call);
  }

  /** Decides one need of a principal. Throws NotKnown. */
  weigh(principal: Principal, account: string, need: Need): Weighed {
    const { model, buckets } = this.#options.looked.estate;
    const { action, resource, context = {} } = need;
    const bucket = /^arn:[^:]+:s3:::([^/]+)/.exec(resource)?.[1];
    const owner = (bucket === undefined ? undefined : buckets.get(bucket)?.account) ?? resource.split(":")[4];
    const question: Question = {
      ...{ principal, action, resource, context },
      resourceAccount: owner === undefined || owner === "" ? account : owner,
      absent: "others",
    };
    const decided = decide(model, question);
    noteDecision(model, question, decided.verdict);
    return { need, decided, abroad: owner !== undefined && owner !== "" && owner !== account };
  }

  /** Why CloudFormation may not do what it is about to; undefined where it may. */
  handler(asking: HandlerAsking): string | undefined {
    const { account, stackName, type, operation, logicalId } = asking;
    return this.#forStack(
      { ...asking, does: `${operation} ${type}`, of: { LogicalResourceId: logicalId } },
      () => [
        executor(asking.role, this.#executed.get(`${account} ${stackName ?? ""}`)),
        handlerNeeds(asking, this.#options.looked.estate),
      ],
    );
  }

  /** Why whoever makes a change set may not read a parameter of SSM that it names. */
  parameter(asking: ParameterAsking): string | undefined {
    const { account, region, parameter, stackName } = asking;
    return this.#forStack({ ...asking, does: "read parameter", of: { Name: parameter } }, () => [
      executor(null, this.#planned.get(`${account} ${stackName}`)),
      [
        {
          action: "ssm:GetParameters",
          resource: `arn:aws:ssm:${region}:${account}:parameter/${parameter.replace(/^\//, "")}`,
        },
      ],
    ]);
  }

  /** What cannot be decided is refused, and a problem. */
  #forStack(
    { account, region, stackName, does, of }: ForStack,
    asks: () => readonly [Principal, readonly Need[]],
  ): string | undefined {
    try {
      const [who, needs] = asks();
      const weighed = needs.map((need) => this.weigh(who, account, need));
      const denied = weighed.find(({ decided }) => decided.verdict === "denied");
      this.calls.push({
        ...{
          number: this.calls.length + 1,
          session: `CloudFormation, stack ${stackName ?? ""}`,
          service: "cloudformation",
        },
        ...{ operation: does, input: of, account, region },
        ...{
          principal: who.kind === "session" ? who.roleArn : "",
          sessionName: "AWSCloudFormation",
          sessionTags: {},
        },
        verdict: denied ? "denied" : "allowed",
        asked: needs.map(({ action, resource }) => ({ action, resource })),
        missing: denied?.decided.missing ?? [],
        status: denied ? 403 : 200,
      });
      const made = this.calls.at(-1);
      if (!denied) return made && this.#failing(made);
      const { action, resource } = denied.need;
      const { message } = denial(
        { protocol: "json", service: action.split(":")[0] ?? "" },
        who,
        { action, resource, abroad: false },
        denied.decided,
      );
      return message;
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      this.problems.push(error.message);
      return `the release test's gate: ${error.message}`;
    }
  }

  /** Why a resource can't be made, changed or deleted, where a test says so: `cloudformation:create AWS::Lambda::Function`. */
  #failing(call: Call): string | undefined {
    try {
      this.#handlers.get(`${call.service}:${call.operation}`)?.(call);
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return error.message;
    }
  }

  /** All that a call needs. */
  #needs({ service, operation, input }: Call, caller: Caller): readonly Need[] {
    const asks = ASKS[service]?.[operation];
    if (asks === undefined) throw new Unreadable(`${service}:${operation} is no call that the gate knows`);
    return asks(input, caller, this.#options.looked);
  }

  #decide(
    asked: Asking,
    call: Call,
    principal: Principal,
  ): { readonly log: Log; readonly refusal?: AwsError } {
    const needs = this.#needs(call, { ...call, partition: "aws" });
    const weighed = needs.map((need) => this.weigh(principal, call.account, need));
    const denied = weighed.find(({ decided }) => decided.verdict === "denied");
    const log: Log = {
      ...call,
      verdict: denied ? "denied" : "allowed",
      asked: needs.map(({ action, resource }) => ({ action, resource })),
      missing: denied?.decided.missing ?? [],
    };
    if (!denied) return { log };
    const { action, resource } = denied.need;
    return {
      log,
      refusal: denial(asked, principal, { action, resource, abroad: denied.abroad }, denied.decided),
    };
  }

  /** The effect of an allowed call. */
  async #effect(
    received: Received,
    asked: Asking,
    call: Call,
    holder: Holder,
    principal: Principal,
  ): Promise<Answer> {
    const { service, operation } = call;
    const handler = this.#handlers.get(`${service}:${operation}`) ?? this.#handlers.get(service);
    const body: unknown = handler?.(call);
    const answered: unknown = body instanceof Promise ? await body : body;
    if (answered !== undefined)
      return asked.protocol === "query" ? queryAnswer(operation, answered) : jsonAnswer(answered);
    const own = CREDENTIAL_ANSWERS[`${service}:${operation}`];
    if (own) {
      const given = own(call, holder, principal, this.#options.credentials);
      return asked.protocol === "query" ? queryAnswer(operation, given) : jsonAnswer(given);
    }
    const answer = await forward(received, asked, call, this.#options);
    return this.#hidden(asked, call, principal, answer);
  }

  /**
   * To whoever may not list a bucket S3 does not tell that an object is missing.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
   */
  #hidden(asked: Asking, call: Call, principal: Principal, answer: Answer): Answer {
    if (answer.status !== 404 || !/^(Get|Head)Object$/.test(call.operation)) return answer;
    const resource = `arn:aws:s3:::${String(call.input["Bucket"])}`;
    const { decided, abroad } = this.weigh(principal, call.account, { action: "s3:ListBucket", resource });
    if (decided.verdict === "allowed") return answer;
    const error = denial(asked, principal, { action: "s3:ListBucket", resource, abroad }, decided);
    return errorAnswer("s3", error, call.operation === "HeadObject");
  }

  async #answer(
    received: Received,
    asked: Asking,
    call: Call,
    holder: Holder,
    principal: Principal,
  ): Promise<{ readonly log: Log; readonly answer: Answer }> {
    const { log, refusal } = this.#decide(asked, call, principal);
    const changing = /^(ExecuteChangeSet|DeleteStack|ContinueUpdateRollback)$/.test(call.operation);
    if (changing || call.operation === "CreateChangeSet") {
      const name = String(call.input["StackName"]).replace(/^arn:.*:stack\/([^/]+)\/.*$/, "$1");
      (changing ? this.#executed : this.#planned).set(`${call.account} ${name}`, principal);
    }
    const head = received.method === "HEAD";
    if (refusal) return { log, answer: errorAnswer(asked.protocol, refusal, head) };
    try {
      return { log, answer: await this.#effect(received, asked, call, holder, principal) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { log, answer: errorAnswer(asked.protocol, error, head) };
    }
  }

  /** Answers one request; what cannot be read or decided is a problem, and the caller is told so in a way that it does not try again. */
  async handle(received: Received, response: ServerResponse): Promise<void> {
    let asked: Asking | undefined;
    try {
      const [, api] = API.exec(received.host) ?? [];
      if (api !== undefined) {
        // Whoever asks an HTTP API signs nothing, and this one's routes have no authorizer.
        const sent = { ...received, path: received.url };
        return reply(response, await this.#options.emulator.sendTo(`${api}.execute-api.localhost`, sent));
      }
      asked = asking(received);
      await this.#handle(received, asked, response);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const known = error instanceof NotKnown || error instanceof Unreadable;
      this.problems.push(
        known ? message : `${message}\n${error instanceof Error ? (error.stack ?? "") : ""}`,
      );
      reply(
        response,
        errorAnswer(
          asked?.protocol ?? "json",
          new AwsError("NotCovered", `the release test's gate: ${message}`),
        ),
      );
    }
  }

  async #handle(received: Received, asked: Asking, response: ServerResponse): Promise<void> {
    const { credentials, faults } = this.#options;
    const holder =
      asked.protocol === "registry"
        ? credentials.holderOf(asked.token)
        : credentials.holder(asked.accessKeyId, asked.token);
    if (!holder) {
      const invalid = new AwsError(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
      );
      return reply(response, errorAnswer(asked.protocol, invalid, received.method === "HEAD"));
    }
    const { service, operation, input, region } = asked;
    const { role, account } = holder;
    const call: Call = {
      ...{
        number: this.calls.length + 1,
        session: holder.session,
        service,
        operation,
        input,
        account,
        region,
      },
      ...{ principal: role?.arn ?? account, sessionName: role?.name ?? "", sessionTags: role?.tags ?? {} },
    };
    if (!role) return reply(response, await forward(received, asked, call, this.#options));
    const principal = session(role.arn, role.name, role.tags);
    const fault = faults.meets(call, asked.invocation);
    if (fault?.kind === "kill-before") {
      await fault.fire(call);
      return void response.destroy();
    }
    const { log, answer } = await this.#answer(received, asked, call, holder, principal);
    const code = errorCode(answer);
    this.calls.push({
      ...log,
      number: this.calls.length + 1,
      status: fault ? 0 : answer.status,
      ...(code !== undefined && { code }),
    });
    if (!fault) return reply(response, answer);
    await fault.fire(call);
    response.destroy();
  }
}

const DROPPED = /^(connection|transfer-encoding|content-length|keep-alive)$/i;

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !DROPPED.test(name))
      response.setHeader(name, typeof value === "string" ? value : [...value]);
  const length = response.req.method === "HEAD" ? headers["content-length"] : String(body.length);
  if (typeof length === "string") response.setHeader("content-length", length);
  response.end(response.req.method === "HEAD" ? undefined : body);
}
