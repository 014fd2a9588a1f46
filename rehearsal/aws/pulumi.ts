import { plain } from "./mockRows";
import type { Service } from "./types";

/** No service of AWS: what Pulumi itself has. */
export const pulumi: Service = {
  file: "pulumi",
  pulumi: {
    "pulumi:providers:aws": plain(({ hash }) => ({ id: hash(36), outputs: {} })),
    "pulumi:pulumi:StackReference": { answer: "the rehearsal", carries: "nothing" },
  },
};
