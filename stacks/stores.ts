/** What environments in other Regions than tooling's take releases from: a store of release files, and repositories of images. */
import type { Provider } from "@pulumi/aws/provider";
import type * as pulumi from "@pulumi/pulumi";
import { repositoryName, storeName } from "../components/names";
import { ArtifactStore } from "../components/store/artifactStore";
import { ImageRepository } from "../components/store/imageRepository";
import { accountProvider } from "./account";
import { branchExpiration, releaseExpirations } from "./expirations";
import {
  allReaders,
  furtherRegions,
  imageRegions,
  onlyRoles,
  placesOfBranches,
  pullers,
  readers,
} from "./grants";
import type { Pipeline, ToolingSettings } from "./settings/model";

export type StoresNear = Readonly<Record<string, ArtifactStore>>;
export type ImagesNear = Readonly<Record<string, ImageRepository>>;

/** Of tooling's account, by Region that isn't its own. */
export type Providers = Readonly<Record<string, Provider>>;

export const providersNear = (settings: ToolingSettings): Providers =>
  Object.fromEntries(
    furtherRegions(settings).map((region) => [region, accountProvider(settings.provider, region, region)]),
  );

/** As resources of that Region. */
export const within = (
  opts: pulumi.ComponentResourceOptions,
  providers: Providers,
  region: string,
): pulumi.ComponentResourceOptions => ({
  ...opts,
  providers: Object.entries(providers).flatMap(([name, provider]) => (name === region ? [provider] : [])),
});

/** One for each Region in which environments read release files, by Region. Of code that is files Promote removes what is old there. */
export const storesNear = (
  settings: ToolingSettings,
  expirationInDays: number,
  providers: Providers,
  opts: pulumi.ComponentResourceOptions,
): StoresNear =>
  Object.fromEntries(
    furtherRegions(settings)
      .filter((region) => allReaders(settings, region).length > 0)
      .map((region) => [
        region,
        new ArtifactStore(
          storeName(region),
          {
            account: settings.scope.toolingAccount,
            region,
            readers: allReaders(settings, region),
            onlyRoles: onlyRoles(settings),
            expirations: settings.pipelines.flatMap((pipeline) => [
              ...(readers(settings, pipeline, region).roleArns.length > 0
                ? releaseExpirations(pipeline, expirationInDays)
                : []),
              ...placesOfBranches(settings, pipeline, region).map(() => branchExpiration(pipeline)),
            ]),
            deletable: settings.deletable,
          },
          within(opts, providers, region),
        ),
      ]),
  );

/** Those that a pipeline's environments read from. */
export const storesOf = (settings: ToolingSettings, pipeline: Pipeline, stores: StoresNear): StoresNear =>
  Object.fromEntries(
    Object.entries(stores).filter(([region]) => readers(settings, pipeline, region).roleArns.length > 0),
  );

/** One for each Region in which environments pull the pipeline's images, by Region. */
export const imagesNear = (
  settings: ToolingSettings,
  pipeline: Pipeline,
  providers: Providers,
  opts: pulumi.ComponentResourceOptions,
): ImagesNear =>
  Object.fromEntries(
    imageRegions(pipeline).map((region) => [
      region,
      new ImageRepository(
        repositoryName(pipeline.id.name, region),
        { pullers: pullers(settings, pipeline, region), deletable: settings.deletable },
        within(opts, providers, region),
      ),
    ]),
  );
