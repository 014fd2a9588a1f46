import type { Call } from "./commands";
import { repositoryOf, SECRET, type Image } from "./world";
import { ServiceError, type Service } from "./service";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** `imageTag=x` or `imageDigest=y`, as the CLI's shorthand has it. */
function byId(images: readonly Image[], id: string): Image | undefined {
  const [, kind, value] = /^(imageTag|imageDigest)=(.+)$/.exec(id) ?? [];
  if (kind === undefined) throw new Error(`bad image id '${id}'`);
  return images.find((image) =>
    kind === "imageTag" ? image.tags.includes(value ?? "") : image.digest === value,
  );
}

/** ECR as the jobs see it. */
export const registry: Service = (call, { region = "" }, world) => {
  if (!call.operation.startsWith("ecr ")) return undefined;
  if (call.operation === "ecr get-login-password") return `${SECRET}\n`;
  const name = one(call, "repository-name");
  const repository = repositoryOf(world, name, region);
  if (!repository) throw new Error(`another repository than the job's: ${name}`);
  const { images } = repository;
  switch (call.operation) {
    case "ecr batch-get-image": {
      const id = one(call, "image-ids");
      const image = byId(images, id);
      if (!image) return { images: [], failures: [{ failureCode: "ImageNotFound" }] };
      if (image.manifest === "") return { images: [], failures: [{ failureCode: "UnsupportedImageType" }] };
      const imageManifestMediaType = "application/vnd.docker.distribution.manifest.v2+json";
      return {
        images: [
          { imageId: { imageDigest: image.digest }, imageManifest: image.manifest, imageManifestMediaType },
        ],
        failures: [],
      };
    }
    case "ecr describe-images":
      return {
        imageDetails: images.map(({ digest, tags, pushedAt }) => ({
          imageDigest: digest,
          imageTags: tags,
          imagePushedAt: pushedAt ?? new Date().toISOString().replace("Z", "+00:00"),
        })),
      };
    case "ecr batch-delete-image": {
      const ids = call.options["image-ids"] ?? [];
      if (ids.length > 100) throw new Error(`ECR takes 100 images at once, not ${ids.length}`);
      const failures: object[] = [];
      for (const id of ids) {
        const image = byId(images, id);
        const failureCode = image ? image.stays : "ImageNotFound";
        if (failureCode !== undefined)
          failures.push({ imageId: { imageDigest: id.replace("imageDigest=", "") }, failureCode });
        else repository.images = repository.images.filter((each) => each !== image);
      }
      return { failures };
    }
    case "ecr describe-image-scan-findings": {
      byId(images, one(call, "image-id"));
      const answer = world.scans.length > 1 ? world.scans.shift() : world.scans[0];
      if (answer === "gone") throw new ServiceError("ImageNotFoundException", "no such image");
      if (!answer) throw new ServiceError("ScanNotFoundException", "Image scan does not exist");
      return answer;
    }
    default:
      return undefined;
  }
};
