/** What a pipeline is told of the services of ECS that other stacks own, and it releases code to. */
import type { OwnersService } from "../../components/stage";
import { ENDPOINT, ENVIRONMENT, type Form, key, type Owned } from "./owned";
import { object, told } from "./schemas";

const ecs = (what: string): Form => ({
  form: /^[\w-]{1,255}$/,
  allowed: `${what}, letters, digits, - and _`,
});
/** By its name: it is in the environment's account, which the ARN would say once more. */
const role: Form = {
  form: /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  allowed: "the name of a role, behind its path if it has one, such as services/quotes-execution, and no ARN",
};

const FORMS = {
  cluster: ecs("the name of a cluster"),
  name: ecs("the name of a service"),
  family: ecs("the family of a task definition"),
  container: ecs("the name of a container"),
  executionRole: role,
  taskRole: role,
  instanceRole: role,
  endpoint: ENDPOINT,
} as const satisfies Record<keyof OwnersService, Form>;

const MUST = "none: it must be said";
const NAME = `name, with \`${ENVIRONMENT}\``;

export const ownersService = object({
  cluster: key(FORMS.cluster)
    .exactOptional()
    .describe("Name of the cluster")
    .register(told, { allowed: NAME, unset: MUST }),
  name: key(FORMS.name)
    .exactOptional()
    .describe("Name of the service")
    .register(told, { allowed: NAME, unset: MUST }),
  family: key(FORMS.family)
    .exactOptional()
    .describe("Family of its task definition: each release registers a revision")
    .register(told, { allowed: NAME, unset: MUST }),
  container: key(FORMS.container)
    .exactOptional()
    .describe("Container of the task definition that runs the image")
    .register(told, { allowed: NAME, unset: MUST }),
  executionRole: key(FORMS.executionRole)
    .exactOptional()
    .describe("Task execution role of the task definition, behind its path: it pulls the image")
    .register(told, { allowed: NAME, unset: MUST }),
  taskRole: key(FORMS.taskRole)
    .exactOptional()
    .describe(
      "Task role of the task definition, behind its path; Plan refuses a task definition that has another",
    )
    .register(told, { allowed: NAME, unset: "it has none" }),
  instanceRole: key(FORMS.instanceRole)
    .exactOptional()
    .describe(
      "Role of the instances that its tasks run on, behind its path: it pulls the image [there](ecs-service-code.md#services-on-instances)",
    )
    .register(told, { allowed: NAME, unset: "tasks run on Fargate" }),
  endpoint: key(FORMS.endpoint)
    .exactOptional()
    .describe("Where the service is reached: what the end-to-end tests call")
    .register(told, { allowed: `https URL, with \`${ENVIRONMENT}\``, unset: MUST }),
});

export const ownedService: Owned = {
  kind: "service",
  several: "services of ECS",
  takenBy: "ECS",
  forms: FORMS,
  defaults: {},
  optional: () => ["taskRole", "instanceRole"],
  named: ["cluster", "name", "family", "container", "executionRole", "taskRole", "instanceRole"],
  unique: [["cluster", "name"], ["family"]],
  apart: ["name", "family"],
  example: () =>
    "{ cluster: main, name: quotes-${environment}, family: quotes-${environment}, container: app, " +
    "executionRole: quotes-execution, endpoint: https://quotes.example.com }",
};
