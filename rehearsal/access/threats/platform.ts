/** What attacks on a container platform have in common. */
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { service } from "../../../packages/iam/src/policy/principals";
import { arnIn, contained } from "./pairs";
import type { Attack, Scene } from "./scene";
import { list } from "../../../packages/iam/src/json";
import type { Facts } from "./inventoryModel";

export const TASKS = service("ecs-tasks.amazonaws.com");

type Container = Exclude<ReturnType<typeof contained>, { readonly lacks: string }>;

/** A scene that needs tasks on a container platform. */
export const onPlatform =
  (make: (facts: Facts, last: Container) => Scene): Attack["scene"] =>
  (facts) => {
    const last = contained(facts);
    return "lacks" in last ? last : make(facts, last);
  };

/** The one resource of a statement of a role: names that AWS completes are in there. */
function resourceOf({ model }: Facts, role: string, sid: string): string {
  const [found] = (model.roles.get(role)?.identity ?? []).flatMap(({ statements }) =>
    statements.filter((each) => each.sid === sid).flatMap(({ content }) => list(content["Resource"])),
  );
  return typeof found === "string" ? found : notKnown(`role ${role} has no statement ${sid}`);
}
const servicesOf = (facts: Facts, { execution }: Container): string =>
  resourceOf(facts, execution, "RunTasks");
/** In the environment's cluster, by another name. */
export const serviceOf = (facts: Facts, last: Container, name: string): string =>
  servicesOf(facts, last).replace(/[^/]*$/, name);
export const definitionOf = (facts: Facts, { account }: Container, family: string): string =>
  arnIn(facts, "ecs", account, `task-definition/${family}:7`);
export const listenerOf = (facts: Facts, { execution }: Container): string =>
  resourceOf(facts, execution, "CreateRule");
