/** What a bucket tells of its objects: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
import { randomUUID } from "node:crypto";
import type { Bucket, Notification, Put, Wiring } from "./model";

/** What happened to an object. */
export interface ObjectEvent {
  /** `ObjectCreated:Put` */
  readonly name: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly sequencer: string;
}

/** Whether a notification is for this event. */
export const isFor = ({ event, prefix, suffix }: Notification, { name, key }: ObjectEvent): boolean =>
  (event === `s3:${name}` || event === `s3:${name.replace(/:.*/, ":*")}`) &&
  key.startsWith(prefix) &&
  key.endsWith(suffix);

const isRemoval = ({ name }: ObjectEvent): boolean => name.startsWith("ObjectRemoved");

/** As a form has it, which is how S3 writes keys here. */
const encoded = (key: string): string =>
  encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");

export function notificationOf(
  { site }: Wiring,
  { name: bucket, arn }: Bucket,
  event: ObjectEvent,
): { readonly Records: readonly object[] } {
  const { key, size, etag, sequencer } = event;
  const principal = { principalId: "AWS:rehearsal" };
  const record = {
    ...{ eventVersion: "2.1", eventSource: "aws:s3", awsRegion: site.region },
    ...{ eventTime: new Date().toISOString(), eventName: event.name, userIdentity: principal },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": randomUUID(), "x-amz-id-2": randomUUID() },
    s3: {
      ...{ s3SchemaVersion: "1.0", configurationId: "rehearsal" },
      bucket: { name: bucket, ownerIdentity: principal, arn },
      object: { key: encoded(key), ...(!isRemoval(event) && { size, eTag: etag }), sequencer },
    },
  };
  return { Records: [record] };
}

const REASONS: Readonly<Record<string, string>> = {
  Put: "PutObject",
  Copy: "CopyObject",
  Delete: "DeleteObject",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function eventOf({ site }: Wiring, { name: bucket, arn }: Bucket, event: ObjectEvent): Put {
  const { key, size, etag, sequencer } = event;
  return {
    source: "aws.s3",
    type: isRemoval(event) ? "Object Deleted" : "Object Created",
    bus: "default",
    resources: [arn],
    detail: {
      ...{ version: "0", bucket: { name: bucket } },
      object: { key, ...(!isRemoval(event) && { size, etag }), sequencer },
      ...{ "request-id": randomUUID(), requester: site.account, "source-ip-address": "127.0.0.1" },
      reason: REASONS[event.name.replace(/.*:/, "")],
      ...(isRemoval(event) && { "deletion-type": "Permanently Deleted" }),
    },
  };
}
