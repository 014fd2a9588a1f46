/** Stores of release files near environments that are in other Regions than tooling. */
import type * as pulumi from "@pulumi/pulumi";
import { storeName } from "../components/names";
import { ArtifactStore } from "../components/store/artifactStore";
import { accountProvider } from "./account";
import { allReaders, furtherRegions, onlyRoles, readers } from "./grants";
import type { Pipeline, ToolingSettings } from "./settings/model";

export type StoresNear = Readonly<Record<string, ArtifactStore>>;

/** One for each Region in which environments read release files, by Region. Promote removes what is old there: nothing expires. */
export const storesNear = (settings: ToolingSettings, opts: pulumi.ComponentResourceOptions): StoresNear =>
  Object.fromEntries(
    furtherRegions(settings).map((region) => [
      region,
      new ArtifactStore(
        storeName(region),
        {
          account: settings.scope.toolingAccount,
          region,
          readers: allReaders(settings, region),
          onlyRoles: onlyRoles(settings),
          expirations: [],
          deletable: settings.deletable,
        },
        { ...opts, providers: [accountProvider(settings.provider, region, region)] },
      ),
    ]),
  );

/** Those that a pipeline's environments read from. */
export const storesOf = (settings: ToolingSettings, pipeline: Pipeline, stores: StoresNear): StoresNear =>
  Object.fromEntries(
    Object.entries(stores).filter(([region]) => readers(settings, pipeline, region).roleArns.length > 0),
  );
