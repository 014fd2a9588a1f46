/** An emulated AWS with what the stacks register: started, handed out, stopped. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { decide } from "../../../packages/iam/src/evaluate/decide";
import { service, session as sessionOf } from "../../../packages/iam/src/policy/principals";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { type Account, type Aws, AwsError, type Session, type SessionOf } from "../model";
import { administration } from "./administration";
import type { Caller } from "./asks/ask";
import { certificates } from "./certificates";
import { Credentials, type Holder } from "./credentials";
import { startEmulator } from "./emulator";
import { estateOf } from "./estate";
import { Faults } from "./faults";
import { Gate } from "./gate";
import { agent, get } from "./get";
import { handlerAsking, parameterAsking } from "./handlerCalls";
import { startProxy } from "./proxy";
import { makeResources } from "./resources";
import type { Tools } from "./tools";

/** `aws` as jobs find it on PATH: AWS's own, sent through the proxy by its environment alone. */
const client = (command: readonly string[], port: number, authority: string): string =>
  `#!/bin/sh\nHTTPS_PROXY=http://127.0.0.1:${port} AWS_CA_BUNDLE='${authority}' exec ${command.map((each) => `'${each}'`).join(" ")} "$@"\n`;

/** Where the emulator's CloudFormation asks. */
const HANDLERS = "/handlers";

export async function startAws(tools: Tools, record: Rehearsed): Promise<Aws> {
  const estate = await estateOf(record);
  const folder = mkdtempSync(join(tmpdir(), "delivery-aws-"));
  const regions = [...new Set(estate.accounts.map(({ region }) => region))];
  const certificate = await certificates(regions);
  const credentials = new Credentials();
  const faults = new Faults();
  const stackArn = ({ partition, region, account }: Caller, name: string): string =>
    name.startsWith("arn:")
      ? name
      : `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/00000000-0000-0000-0000-000000000000`;

  /** The containers' credentials: by a path and a token of each session's own. */
  const sessions = new Map<string, { readonly token: string; readonly holder: Holder }>();
  const plain = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === HANDLERS) {
      void json(request).then((asked) => {
        const parameter = parameterAsking.safeParse(asked).data;
        const refused = parameter ? gate.parameter(parameter) : gate.handler(handlerAsking.parse(asked));
        response.end(JSON.stringify({ ...(refused !== undefined && { refused }) }));
      });
      return;
    }
    const found = sessions.get(request.url ?? "");
    if (!found || request.headers.authorization !== found.token) {
      response.writeHead(404).end();
      return;
    }
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials.hand(found.holder);
    const body = {
      RoleArn: found.holder.role?.arn,
      AccessKeyId,
      SecretAccessKey,
      Token: SessionToken,
      Expiration,
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const proxy = await startProxy(certificate, (received, response) => gate.handle(received, response), plain);
  const emulator = await startEmulator(tools, `http://127.0.0.1:${proxy.port}${HANDLERS}`, folder).catch(
    async (error: unknown) => {
      await proxy.stop(); // else nothing ends this process
      throw error;
    },
  );
  const gate = new Gate({ credentials, emulator, faults, looked: { estate, stackArn } });

  const authority = join(folder, "authority.pem");
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(authority, certificate.authority);
  for (const [name, ...command] of [
    ["aws", join(tools.cli, "aws")],
    ["docker", process.execPath, join(__dirname, "docker.cjs")],
  ] as const) {
    writeFileSync(join(bin, name), client(command, proxy.port, authority));
    chmodSync(join(bin, name), 0o755);
  }

  /** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html, as CodeBuild gives them, but on loopback. */
  function environment(holder: Holder, { region }: Pick<Account, "region">): Session {
    const path = `/credentials/${sessions.size + 1}`;
    const { AccessKeyId, SecretAccessKey, SessionToken: token } = credentials.hand(holder);
    sessions.set(path, { token, holder });
    return {
      id: holder.session,
      env: {
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${proxy.port}${path}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
        PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      },
      keys: {
        AWS_ACCESS_KEY_ID: AccessKeyId,
        AWS_SECRET_ACCESS_KEY: SecretAccessKey,
        AWS_SESSION_TOKEN: token,
      },
    };
  }
  const accountOf = (id: string): Account => {
    const found = estate.accounts.find((each) => each.id === id);
    if (!found)
      throw new Error(
        `no stack is in account ${id}: there are ${estate.accounts.map((each) => each.id).join(", ")}`,
      );
    return found;
  };
  const regionOf = (account: string): string => accountOf(account).region;
  const admin = administration(emulator, regionOf, estate.buckets);
  await makeResources(record, { request: admin.request, s3: admin.s3 });

  const holders = new Map<string, Holder>();
  function startSession({ roleArn, name, tags = {}, by }: SessionOf): Session {
    if (by) {
      const context =
        by.sourceArn === undefined
          ? {}
          : { "aws:SourceArn": by.sourceArn, "aws:SourceAccount": by.sourceArn.split(":")[4] ?? "" };
      const { verdict } = decide(estate.model, {
        ...{ principal: service(by.service), action: "sts:AssumeRole", resource: roleArn, context },
        absent: "others",
      });
      if (verdict === "denied")
        throw new AwsError("AccessDenied", `${by.service} is not authorized to assume role ${roleArn}`, 403);
    }
    if (!estate.model.roles.has(roleArn)) throw new Error(`no stack registers role ${roleArn}`);
    const account = accountOf(roleArn.split(":")[4] ?? "");
    const id = `${roleArn}/${name}#${holders.size + 1}`;
    const holder = { session: id, account: account.id, role: { arn: roleArn, name, tags } };
    holders.set(id, holder);
    return environment(holder, account);
  }

  return {
    accounts: estate.accounts,
    cli: join(bin, "aws"),
    session: startSession,
    answer: (of, handler) => gate.answer(of, handler),
    ask: ({ id }, { action, resource, context }) => {
      const holder = holders.get(id);
      if (!holder?.role) throw new Error(`${id} is no session of a role`);
      const { arn, name, tags } = holder.role;
      const region = regionOf(holder.account);
      const { decided } = gate.weigh(sessionOf(arn, name, tags), holder.account, {
        action,
        resource,
        ...(context && { context }),
      });
      const [serviceName = "", operation = ""] = action.split(":");
      gate.calls.push({
        ...{ number: gate.calls.length + 1, session: id, service: serviceName, operation, input: {} },
        ...{ principal: arn, sessionName: name, sessionTags: tags, account: holder.account, region },
        ...{ verdict: decided.verdict, asked: [{ action, resource }], missing: decided.missing },
        status: decided.verdict === "allowed" ? 200 : 403,
      });
      if (decided.verdict === "denied")
        throw new AwsError(
          "AccessDenied",
          `${arn} may not ${action} on ${resource}: ${decided.missing.join(", ")}`,
          403,
        );
    },
    fault: (fault) => faults.set(fault),
    calls: () => gate.calls,
    problems: () => gate.problems,
    administrator: (account) =>
      environment({ session: `administrator of ${account}`, account, role: undefined }, accountOf(account)),
    objects: admin.objects,
    request: admin.request,
    registry: (host, method, path, body) => emulator.sendTo(host, { method, path, headers: {}, body }),
    cloudFormation: admin.cloudFormation,
    get: (url) => get(url, emulator, proxy.port, certificate.authority),
    agent: () => agent(proxy.port, certificate.authority),
    secrets: () => credentials.secrets(),
    keep: () => emulator.keep(),
    stop: async () => {
      await proxy.stop();
      await emulator.stop();
      rmSync(folder, { recursive: true, maxRetries: 5 }); // what ends with the emulator may still write
    },
  };
}
