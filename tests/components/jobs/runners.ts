import { ServiceError, type Service } from "./service";

/** CodeBuild in an environment's account: the one project that is the runner there. */
export const runner: Service = (call, _, world) => {
  const { runner: state } = world;
  const option = (name: string) => call.options[name]?.[0];
  switch (call.operation) {
    case "codebuild start-build": {
      const name = option("project-name") ?? "";
      if (!state || name !== "delivery-catalog--test-runner")
        throw new ServiceError("ResourceNotFoundException", `Project cannot be found: ${name}`);
      const refusal = state.refusals?.shift();
      if (refusal) throw refusal;
      const token = option("idempotency-token");
      // The same token is the same build: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
      const known = token === undefined ? undefined : state.builds.find((each) => each.token === token);
      if (known) return { build: { id: known.id } };
      const variables = (call.options["environment-variables-override"] ?? []).map((each) => {
        const [, key, value] = /^name=([A-Z0-9_]+),value=([^,=]*)$/.exec(each) ?? [];
        if (key === undefined || value === undefined) throw new Error(`the CLI would not read ${each}`);
        return [key, value] as const;
      });
      const id = `${name}:00000000-0000-4000-8000-${String(state.builds.length + 1).padStart(12, "0")}`;
      state.builds.push({ id, token, variables: Object.fromEntries(variables) });
      if (state.log) world.logs.set(id, state.log);
      return { build: { id } };
    }
    case "codebuild batch-get-builds": {
      const ids = call.options["ids"] ?? [];
      const known = ids.flatMap((id) => state?.builds.filter((each) => each.id === id) ?? []);
      const status =
        (state && (state.statuses.length > 1 ? state.statuses.shift() : state.statuses[0])) ?? "";
      return { builds: known.map(({ id }) => ({ id, buildStatus: status })) };
    }
    default:
      return undefined;
  }
};
