/**
 * What CodeBuild's images have, by the names that a buildspec's `runtime-versions` and a service's `delivery.yaml` have for it. As of
 * 2026-03: runtimes.yml of https://github.com/aws/aws-codebuild-docker-images, and of the older images the page
 * https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html. A runtime or an image that is not here is not
 * judged: Build asks the image itself.
 */
const JAVA = ["corretto8", "corretto11", "corretto17", "corretto21", "corretto25"];
const PYTHON = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
const GO = ["1.20", "1.21", "1.22", "1.23"];
const RUBY = ["3.1", "3.2", "3.3", "3.4"];
const DOTNET = ["6.0", "8.0", "10.0"];
const NODEJS = ["18", "20", "22", "24"];

export const IMAGE_RUNTIMES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "aws/codebuild/amazonlinux-x86_64-standard:5.0": {
    nodejs: NODEJS,
    python: PYTHON,
    java: JAVA,
    golang: [...GO, "1.24", "1.25", "1.26"],
    ruby: [...RUBY, "4.0"],
    dotnet: DOTNET,
  },
  "aws/codebuild/amazonlinux-aarch64-standard:3.0": {
    nodejs: NODEJS,
    python: PYTHON,
    java: JAVA,
    golang: GO,
    ruby: RUBY,
    dotnet: DOTNET,
  },
  "aws/codebuild/standard:7.0": { nodejs: ["18", "20", "22"] },
  "aws/codebuild/standard:6.0": { nodejs: [] },
  "aws/codebuild/standard:5.0": { nodejs: [] },
  "aws/codebuild/amazonlinux2-x86_64-standard:4.0": { nodejs: [] },
  "aws/codebuild/amazonlinux2-aarch64-standard:2.0": { nodejs: [] },
};
