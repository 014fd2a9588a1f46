import type { Call } from "./commands";
import { ServiceError, type Service } from "./aws";
import { SECRET, type Image, type World } from "./world";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** `imageTag=x` or `imageDigest=y`, as the CLI's shorthand has it. */
function byId(world: World, id: string): Image | undefined {
  const [, kind, value] = /^(imageTag|imageDigest)=(.+)$/.exec(id) ?? [];
  if (kind === undefined) throw new Error(`bad image id '${id}'`);
  return world.images.find((image) =>
    kind === "imageTag" ? image.tags.includes(value ?? "") : image.digest === value,
  );
}

/** ECR as the jobs see it: tags are immutable but for those that begin `live-`. */
export const registry: Service = (call, _who, world) => {
  if (
    call.operation.startsWith("ecr ") &&
    call.operation !== "ecr get-login-password" &&
    one(call, "repository-name") !== "catalog"
  ) {
    throw new Error(`another repository than the job's: ${one(call, "repository-name")}`);
  }
  switch (call.operation) {
    case "ecr get-login-password":
      return `${SECRET}\n`;
    case "ecr batch-get-image": {
      const id = one(call, "image-ids");
      const image = byId(world, id);
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
    case "ecr put-image": {
      const [tag, digest] = [one(call, "image-tag"), one(call, "image-digest")];
      const image = world.images.find(
        (each) => each.digest === digest && each.manifest === one(call, "image-manifest"),
      );
      if (!image)
        throw new ServiceError("ImageDigestDoesNotMatchException", "the manifest has another digest");
      if (!tag.startsWith("live-"))
        throw new ServiceError("ImageTagAlreadyExistsException", "the tag is immutable");
      if (image.tags.includes(tag))
        throw new ServiceError("ImageAlreadyExistsException", `${tag} is there already`);
      for (const each of world.images) each.tags = each.tags.filter((other) => other !== tag);
      image.tags.push(tag);
      return { image: { imageId: { imageTag: tag, imageDigest: digest } } };
    }
    case "ecr describe-images":
      return {
        imageDetails: world.images
          .filter((image) => image.tags.length > 0)
          .map((image) => ({ imageDigest: image.digest, imageTags: image.tags })),
      };
    case "ecr describe-image-scan-findings": {
      if (!byId(world, one(call, "image-id")))
        throw new ServiceError("ImageNotFoundException", "no such image");
      const answer = world.scans.length > 1 ? world.scans.shift() : world.scans[0];
      if (!answer) throw new ServiceError("ScanNotFoundException", "Image scan does not exist");
      return answer;
    }
    default:
      return undefined;
  }
};
