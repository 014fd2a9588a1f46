import { BRANCH_JOBS } from "./branchJobs";
import { BRANCH_ROLES } from "./branchRoles";
import { BRANCH_SESSIONS } from "./branchSessions";
import { BRANCH_TAKING } from "./branchTaking";
import { BRANCH_TEMPLATES } from "./branchTemplates";
import { BOUNDARIES } from "./boundaries";
import { CHANGE_SETS } from "./changeSets";
import { CODE_FILES } from "./codeFiles";
import { CONTAINERS } from "./containers";
import { DEPUTIES } from "./deputies";
import { ENCRYPTION } from "./encryption";
import { ESCALATION } from "./escalation";
import { HAND_OVER } from "./handOver";
import { IMAGES } from "./images";
import { KEY } from "./key";
import { LIKE_NAMES } from "./likeNames";
import { LOOKING } from "./looking";
import { OPENNESS } from "./openness";
import { OTHER_PIPELINES } from "./otherPipelines";
import { PASSED_ROLES } from "./passedRoles";
import { PASSING_ON } from "./passingOn";
import { PEOPLE } from "./people";
import { PIPELINE } from "./pipeline";
import { RECORDS } from "./records";
import { RELEASES } from "./releases";
import { ROLES } from "./roles";
import { STACKS } from "./stacks";
import { TASK_ATTACKS } from "./tasks";
import { TEMPLATES } from "./templates";
import type { Attack } from "./scene";

/** Every attack, in the order in which a report tells them. */
export const ATTACKS: readonly Attack[] = [
  ...HAND_OVER,
  ...RELEASES,
  ...LIKE_NAMES,
  ...ENCRYPTION,
  ...KEY,
  ...OPENNESS,
  ...LOOKING,
  ...IMAGES,
  ...ROLES,
  ...DEPUTIES,
  ...CHANGE_SETS,
  ...STACKS,
  ...ESCALATION,
  ...BOUNDARIES,
  ...PASSED_ROLES,
  ...TEMPLATES,
  ...PASSING_ON,
  ...CODE_FILES,
  ...RECORDS,
  ...CONTAINERS,
  ...TASK_ATTACKS,
  ...PIPELINE,
  ...PEOPLE,
  ...OTHER_PIPELINES,
  ...BRANCH_JOBS,
  ...BRANCH_TAKING,
  ...BRANCH_SESSIONS,
  ...BRANCH_ROLES,
  ...BRANCH_TEMPLATES,
];
