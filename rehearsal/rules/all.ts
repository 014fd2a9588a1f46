import type { Rule } from "./rule";
import { actionRoles } from "./actionRoles";
import { documents } from "./documents";
import { compute } from "./compute";
import { artifactAges } from "./artifactAges";
import { artifacts } from "./artifacts";
import { nameForms, uniqueNames } from "./names";
import { parameters } from "./parameters";
import { entries, pasted } from "./pasted";
import { attachments, parents, providers } from "./placement";
import { principalsExist, promisesKept } from "./principals";
import { artifactStores, projectKeys, projects } from "./projects";
import { runtimes } from "./runtimes";
import { serviceRoles } from "./serviceRoles";
import { inlinePolicySizes, policySizes } from "./sizes";
import { actions, structure } from "./stages";
import { eventTargets } from "./targets";
import { lostValues } from "./texts";
import { triggers } from "./triggers";
import { values } from "./values";
import { namespaces, variables } from "./variables";

/** Every rule that the record is judged by. None may be idle but those that say so: whatever the settings are, each has its subject. */
export const RULES: readonly Rule[] = [
  providers,
  parents,
  attachments,
  lostValues,
  nameForms,
  uniqueNames,
  values,
  documents,
  policySizes,
  inlinePolicySizes,
  principalsExist,
  promisesKept,
  serviceRoles,
  actionRoles,
  structure,
  actions,
  artifacts,
  artifactAges,
  namespaces,
  variables,
  pasted,
  entries,
  triggers,
  projects,
  runtimes,
  compute,
  artifactStores,
  projectKeys,
  eventTargets,
  parameters,
];
