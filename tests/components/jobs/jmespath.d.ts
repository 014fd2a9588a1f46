declare module "jmespath" {
  /** Throws on a query that is not JMESPath. */
  export function search(data: unknown, query: string): unknown;
}
