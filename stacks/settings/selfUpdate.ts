/** The settings of the pipeline that brings these stacks up. */
import { approvalTerms } from "./approval";
import { state } from "./previews";
import { object, text, told } from "./schemas";
import { source } from "./source";

export const selfUpdate = object({
  source: source
    .describe("Where this program and the stacks' files are: a repository that exists")
    .register(told, { allowed: "a source, as pipelines have it; without `create` and `pullRequests`" }),
  state: state
    .describe("S3 backend that all stacks are kept in, and its keys: { url, keys: [] }")
    .register(told, { allowed: "as in `previews`" }),
  role: text(
    /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
    "allowed is the name of a role, with its path before it and no slash at the beginning: every account has the role",
  )
    .describe(
      "Role that every account has, with the rights of whoever brings the stacks up; it lets in tooling's `<project>-self-up`",
    )
    .register(told, { allowed: "name of a role, with its path" }),
  ...approvalTerms.shape,
})
  .exactOptional()
  .describe(
    "A pipeline that brings these stacks up: { source, state: { url, keys: [] }, role, emails: [], timeoutDays: 7 }",
  )
  .register(told, { unset: "people bring them up" });
