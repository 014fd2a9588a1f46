import type { Packaging } from "../../../components/workloads/workload";
import { image } from "./image";
import { serverless } from "./serverless";
import { zip } from "./zip";
import type { Packager } from "./packaging";

export const PACKAGERS: Readonly<Record<Packaging, Packager>> = { image, serverless, zip };
