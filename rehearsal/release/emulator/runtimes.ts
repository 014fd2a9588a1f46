import type { Workload } from "../../../components/workloads/workload";
import type { Runtime } from "./deployment";
import { functions } from "./functions";
import { tasks } from "./tasks";

/** How workloads run here, by what their kind says of itself. */
export const runtimeOf = ({ platform }: Workload): Runtime => (platform ? tasks : functions);
