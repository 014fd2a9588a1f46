import { BadRequestError, RequestEntityTooLargeError } from "@aws-lambda-powertools/event-handler/http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { z } from "zod";

/** Longest body that is read, in bytes. The largest valid product is well below it. */
export const MAX_BODY_BYTES = 16 * 1024;

/** A lone surrogate is valid in JSON text but is no character: DynamoDB cannot store it. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => value.isWellFormed(), "not well-formed Unicode");

/** An id goes into an address, so it has only characters that mean the same everywhere in one. */
const productId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit",
  );

const product = z.strictObject({
  id: productId,
  name: text(200),
  description: text(2000).optional(),
  /** In the smallest unit of the currency, such as cents. */
  price: z.int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/, "three capital letters, as in ISO 4217"),
});

/** A product as clients send it, as it is stored and as it is returned. */
export type Product = z.infer<typeof product>;

/** The product in a request's body. Throws what the client is to read: 413, or 400 with the fields at fault. */
export function parseProduct(event: Pick<APIGatewayProxyEventV2, "body" | "isBase64Encoded">): Product {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > MAX_BODY_BYTES) {
    throw new RequestEntityTooLargeError(`the body is longer than the ${MAX_BODY_BYTES} bytes that are read`);
  }
  return check(product, parseJson(bytes), "body");
}

/** An id from an address. Throws 400 if no product can have it. */
export const parseProductId = (value: string | undefined): string => check(productId, value, "id");

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new BadRequestError("the body is not JSON in UTF-8");
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, whole: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((field) => ({ field, message: "unknown field" }))
      : [{ field: issue.path.join(".") || whole, message: issue.message }],
  );
  const fields = [...new Set(issues.map(({ field }) => field))];
  throw new BadRequestError(`not valid: ${fields.join(", ")}`, undefined, { issues });
}
