/** Previews in pull requests: whoever can push to the repository may do this much with a stack's role. */
import { of, type Row, rowsOver } from "./rows";

const PREVIEW = "preview-role {previewRole}";

const row = rowsOver("stack");

export const PREVIEW_ROWS: readonly Row[] = [
  row(
    PREVIEW,
    of("s3", "GetObject"),
    ["state meta.yaml", "state stacks/{stateProjects}/*"],
    "a preview compares the program with the state of its own project, and reads tooling's outputs",
    { needs: "state" },
  ),
  row(PREVIEW, of("s3", "ListBucket"), "state-bucket", "Pulumi looks for the state of a stack", {
    needs: "state",
  }),
  {
    over: "state-key",
    who: PREVIEW,
    may: of("kms", "Decrypt"),
    on: "state-key",
    why: "the state is encrypted, and so are secrets in it",
  },
];
