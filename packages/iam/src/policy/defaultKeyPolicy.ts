/**
 * What AWS gives a key that nobody gives a policy.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export const defaultKeyPolicy = (keyArn: string, account: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "AwsDefault",
      Effect: "Allow",
      Action: ["kms:*"],
      Resource: "*",
      Principal: { AWS: `arn:${keyArn.split(":")[1]}:iam::${account}:root` },
    },
  ],
});
