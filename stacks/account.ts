import type { Region } from "@pulumi/aws";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { CONNECTION_TAG } from "../components/names";
import type { ProviderSettings } from "./settings/model";

/**
 * The provider of a stack, or of what it has in another Region. It takes nothing from the `aws:` namespace by itself, and refuses any
 * other account.
 */
export const accountProvider = (
  settings: ProviderSettings,
  name = "account",
  region: string = settings.region,
): Provider =>
  new Provider(name, {
    region: region as Region,
    allowedAccountIds: [settings.account],
    assumeRoles: settings.assumeRoles.map((role) => ({ ...role })),
    defaultTags: {
      tags: {
        "delivery:project": pulumi.getProject(),
        "delivery:stack": pulumi.getStack(),
        ...settings.defaultTags,
      },
    },
    // Else a refresh would take it for drift, and an update would remove what the commands remember by it.
    ignoreTags: { keys: [CONNECTION_TAG] },
    ...(settings.profile !== undefined && { profile: settings.profile }),
  });
