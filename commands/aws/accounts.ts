/** Whose credentials a stack has: the same profile or roles that its provider gets serve the commands' own calls. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { basename } from "node:path";
import type { ProviderSettings } from "../../stacks/settings/model";
import type { Part } from "../delivery";
import { messageOf } from "../refusal";

/** Where a stack's calls go: what every AWS client of the commands is made with. */
export interface Place {
  readonly region: string;
  readonly credentials: ReturnType<typeof fromNodeProviderChain>;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** One of `aws:assumeRoles`, in the SDK's words. Its duration is left out: the calls here take minutes. */
export function roleParameters(role: Readonly<Record<string, unknown>>) {
  const optional = {
    RoleSessionName: text(role["sessionName"]),
    ExternalId: text(role["externalId"]),
    Policy: text(role["policy"]),
    SourceIdentity: text(role["sourceIdentity"]),
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { RoleArn: text(role["roleArn"]) ?? "", ...Object.fromEntries(given) };
}

/** Where a stack's calls go: by its profile or, without one, what the environment gives; through its roles, in order. */
export function placeOf({ region, profile, assumeRoles }: ProviderSettings): Place {
  const clientConfig = { region };
  const own =
    profile === undefined ? fromNodeProviderChain({ clientConfig }) : fromIni({ profile, clientConfig });
  const credentials = assumeRoles.reduce<Place["credentials"]>(
    (masterCredentials, role) =>
      fromTemporaryCredentials({ masterCredentials, params: roleParameters(role), clientConfig }),
    own,
  );
  return { ...clientConfig, credentials };
}

/** Id of the account that these credentials are of. */
export async function callerAccount(place: Place): Promise<string> {
  const { Account } = await new STSClient({ ...place }).send(new GetCallerIdentityCommand({}));
  return Account ?? "none";
}

/** What is wrong with a stack's credentials, and the command that fixes it. */
export interface WrongAccount {
  readonly stack: string;
  readonly problem: string;
  readonly fix: string;
}

function fix({ file, settings }: Part, profile: string | undefined): string {
  const { account } = settings.provider;
  return profile === undefined
    ? `give it credentials of ${account}: set aws:profile or aws:assumeRoles in ${basename(file)}, or export AWS_PROFILE`
    : `aws sso login --profile ${profile} (or aws configure --profile ${profile})`;
}

/** Compares the caller's account with the one in the settings, for every stack. */
export async function wrongAccounts(
  parts: readonly Part[],
  accountOf: (provider: ProviderSettings) => Promise<string>,
): Promise<WrongAccount[]> {
  const checked = parts.map(async (part): Promise<WrongAccount[]> => {
    const { stack, settings } = part;
    const { account, profile } = settings.provider;
    try {
      const actual = await accountOf(settings.provider);
      if (actual === account) return [];
      const problem = `its credentials are of account ${actual}, its settings say ${account}`;
      return [{ stack, problem, fix: fix(part, undefined) }];
    } catch (error) {
      const [reason = ""] = messageOf(error).split("\n");
      return [
        { stack, problem: `no credentials for account ${account} (${reason})`, fix: fix(part, profile) },
      ];
    }
  });
  return (await Promise.all(checked)).flat();
}

/** What a command of the AWS CLI needs to go to the same place. */
export const cliOptions = ({ region, profile }: ProviderSettings, elsewhere = region): string =>
  ` --region ${elsewhere}${profile === undefined ? "" : ` --profile ${profile}`}`;
