/** The AWS clients of the commands; tests have their own. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { CodeStarConnectionsClient } from "@aws-sdk/client-codestar-connections";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { ProviderSettings } from "../../stacks/settings/model";
import { callerAccount, type Place, placeOf } from "./accounts";

export interface Aws {
  /** Id of the account that a stack's credentials are of. Throws where there are none. */
  account(provider: ProviderSettings): Promise<string>;
  cloudFormation(place: Place): CloudFormationClient;
  codePipeline(place: Place): CodePipelineClient;
  connections(place: Place): CodeStarConnectionsClient;
  tagging(place: Place): ResourceGroupsTaggingAPIClient;
}

export const realAws: Aws = {
  account: (provider) => callerAccount(placeOf(provider)),
  cloudFormation: (place) => new CloudFormationClient({ ...place }),
  codePipeline: (place) => new CodePipelineClient({ ...place }),
  connections: (place) => new CodeStarConnectionsClient({ ...place }),
  tagging: (place) => new ResourceGroupsTaggingAPIClient({ ...place }),
};
