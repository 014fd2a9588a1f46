/** The AWS clients of the commands; tests have their own. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { CodeStarConnectionsClient } from "@aws-sdk/client-codestar-connections";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { ProviderSettings } from "../../stacks/settings/model";
import { callerAccount, type Place, placeOf } from "./accounts";

export interface Aws {
  /** Id of the account that a stack's credentials are of. Throws where there are none. */
  account(provider: ProviderSettings): Promise<string>;
  cloudFormation(place: Place): CloudFormationClient;
  codeCommit(place: Place): CodeCommitClient;
  codePipeline(place: Place): CodePipelineClient;
  connections(place: Place): CodeStarConnectionsClient;
  logs(place: Place): CloudWatchLogsClient;
  tagging(place: Place): ResourceGroupsTaggingAPIClient;
}

/** CodePipeline allows few calls in a second, and everybody's count: the SDK slows down until they pass. */
const PATIENT = { retryMode: "adaptive", maxAttempts: 10 } as const;

export const realAws: Aws = {
  account: (provider) => callerAccount(placeOf(provider)),
  cloudFormation: (place) => new CloudFormationClient({ ...place }),
  codeCommit: (place) => new CodeCommitClient({ ...place }),
  codePipeline: (place) => new CodePipelineClient({ ...place, ...PATIENT }),
  connections: (place) => new CodeStarConnectionsClient({ ...place }),
  logs: (place) => new CloudWatchLogsClient({ ...place, ...PATIENT }),
  tagging: (place) => new ResourceGroupsTaggingAPIClient({ ...place }),
};
