import {
  BadRequestError,
  HttpError,
  InternalServerError,
  NotFoundError,
  ParameterValidationError,
  Router,
} from "@aws-lambda-powertools/event-handler/http";
import { metrics as measure } from "@aws-lambda-powertools/event-handler/http/middleware/metrics";
import { tracer as trace } from "@aws-lambda-powertools/event-handler/http/middleware/tracer";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { logger, metrics, tracer } from "./observability";
import { parseProduct, parseProductId } from "./product";
import { find, insert } from "./table";

class ConflictError extends HttpError {
  readonly statusCode = 409;
  readonly errorType = "ConflictError";
  constructor(message: string) {
    super(message);
  }
}

/** Every route of the service. template.yaml lists the same ones, so that nothing else reaches the function. */
export const router = new Router({ logger });

router.use(trace(tracer, { captureResponse: false, logger }));
router.use(measure(metrics));

router.post("/product/create", async ({ event }) => {
  const product = parseProduct(event as APIGatewayProxyEventV2);
  if (!(await insert(product))) throw new ConflictError(`there is a product ${product.id} already`);
  logger.info("product created", { productId: product.id });
  return Response.json(product, { status: 201, headers: { location: `/product/find/${product.id}` } });
});

router.get("/product/find/:id", async ({ params }) => {
  const id = parseProductId(params.id);
  const product = await find(id);
  if (!product) throw new NotFoundError(`there is no product ${id}`);
  return Response.json(product);
});

router.errorHandler(Error, (error) => Promise.resolve(answer(error).toWebResponse()));

/** What a client may know of an error: all of it if it is about the request, nothing otherwise. */
function answer(error: Error): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof ParameterValidationError || error instanceof URIError) {
    return new BadRequestError("the address is not valid");
  }
  logger.error("the request failed", error);
  return new InternalServerError("the request could not be completed");
}
