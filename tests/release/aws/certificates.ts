/** A throw-away authority, whose key is nowhere but in this process, and AWS's names under it. */
import { generate } from "selfsigned";

export interface Certificates {
  /** What a client has to trust, as PEM. */
  readonly authority: string;
  readonly key: string;
  readonly certificate: string;
}

/** Names that the jobs ask: of services, of a bucket, of ECR's API and of registries, of HTTP APIs, and of an account's tables. */
const names = (region: string): string[] => [
  "*.amazonaws.com",
  `*.${region}.amazonaws.com`,
  ...["s3", "ecr", "dkr.ecr", "execute-api", "ddb"].map((each) => `*.${each}.${region}.amazonaws.com`),
];

export async function certificates(regions: readonly string[]): Promise<Certificates> {
  const kind = { keyType: "ec", algorithm: "sha256" } as const;
  const authority = await generate([{ name: "commonName", value: "authority of the release test" }], {
    ...kind,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const made = await generate([{ name: "commonName", value: "amazonaws.com" }], {
    ...kind,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [...new Set(regions.flatMap(names))].map((value) => ({ type: 2 as const, value })),
      },
    ],
  });
  return { authority: authority.cert, key: made.private, certificate: made.cert };
}
