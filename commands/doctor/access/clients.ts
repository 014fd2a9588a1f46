/** The AWS clients that read policies; tests have their own. */
import { ECRClient } from "@aws-sdk/client-ecr";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Place } from "../../aws/accounts";

/** Everything here is read; nothing is changed. */
export interface PolicyClients {
  readonly ecr: (place: Place) => ECRClient;
  readonly iam: (place: Place) => IAMClient;
  readonly kms: (place: Place) => KMSClient;
  readonly s3: (place: Place) => S3Client;
  readonly sns: (place: Place) => SNSClient;
}

/** IAM allows few calls in a second, and everybody's count: the SDK slows down until they pass. */
const PATIENT = { retryMode: "adaptive", maxAttempts: 10 } as const;

export const realPolicyClients: PolicyClients = {
  ecr: (place) => new ECRClient({ ...place, ...PATIENT }),
  iam: (place) => new IAMClient({ ...place, ...PATIENT }),
  kms: (place) => new KMSClient({ ...place, ...PATIENT }),
  s3: (place) => new S3Client({ ...place, ...PATIENT }),
  sns: (place) => new SNSClient({ ...place, ...PATIENT }),
};
