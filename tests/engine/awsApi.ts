/** As much of AWS's API as the commands ask in a job: whose credentials these are, roles, and pipelines in which nothing runs. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Account that the job's own credentials are of. */
const OWN = "111111111111";
const keys = (account: string) => ({ AccessKeyId: `KEY${account}`, SecretAccessKey: "secret" });

const xml = (action: string, result: string): string =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`;

export class AwsApi {
  /** Roles that were taken, in order. */
  readonly taken: string[] = [];
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /** What tells the SDKs of it, and gives them the credentials of a container. */
  async open(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { AWS_ENDPOINT_URL: url, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials` };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const target = request.headers["x-amz-target"];
    if (request.url === "/credentials")
      response.end(JSON.stringify({ ...keys(OWN), Token: "t", Expiration: "2999-01-01T00:00:00Z" }));
    else if (form.get("Action") === "AssumeRole") {
      const arn = form.get("RoleArn") ?? "";
      this.taken.push(arn);
      const { AccessKeyId, SecretAccessKey } = keys(arn.split(":")[4] ?? "");
      const credentials = `<AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey>`;
      response.end(
        xml(
          "AssumeRole",
          `<Credentials>${credentials}<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>`,
        ),
      );
    } else if (form.get("Action") === "GetCallerIdentity") {
      const [, account] = /Credential=KEY(\d{12})\//.exec(request.headers.authorization ?? "") ?? [];
      response.end(xml("GetCallerIdentity", `<Account>${String(account)}</Account>`));
    } else if (target === "CodePipeline_20150709.GetPipelineState")
      response.end(JSON.stringify({ stageStates: [] }));
    else {
      response.statusCode = 400;
      response.end(
        JSON.stringify({ __type: "UnknownOperationException", message: `${String(target)} ${String(form)}` }),
      );
    }
  }
}
