/** What environments in other Regions than tooling's take releases from: a store of release files, and repositories of images. */
import type { Provider } from "@pulumi/aws/provider";
import type * as pulumi from "@pulumi/pulumi";
import { repositoryName, storeName } from "../components/names";
import { ArtifactStore } from "../components/store/artifactStore";
import { ImageRepository } from "../components/store/imageRepository";
import { accountProvider } from "./account";
import { releaseExpirations } from "./expirations";
import { allReaders, furtherRegions, imageRegions, onlyRoles, pullers, readers } from "./grants";
import type { Pipeline, ToolingSettings } from "./settings/model";

export type StoresNear = Readonly<Record<string, ArtifactStore>>;
export type ImagesNear = Readonly<Record<string, ImageRepository>>;

/** Providers of tooling's account for these Regions, by Region. */
export const providersNear = (settings: ToolingSettings): Readonly<Record<string, Provider>> =>
  Object.fromEntries(
    furtherRegions(settings).map((region) => [region, accountProvider(settings.provider, region, region)]),
  );

const within = (
  opts: pulumi.ComponentResourceOptions,
  providers: Readonly<Record<string, Provider>>,
  region: string,
): pulumi.ComponentResourceOptions => ({
  ...opts,
  providers: Object.entries(providers).flatMap(([name, provider]) => (name === region ? [provider] : [])),
});

/** One for each Region in which environments read release files, by Region. Of code that is files Promote removes what is old there. */
export const storesNear = (
  settings: ToolingSettings,
  expirationInDays: number,
  providers: Readonly<Record<string, Provider>>,
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
            expirations: settings.pipelines
              .filter((pipeline) => readers(settings, pipeline, region).roleArns.length > 0)
              .flatMap((pipeline) => releaseExpirations(pipeline, expirationInDays)),
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
  providers: Readonly<Record<string, Provider>>,
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
