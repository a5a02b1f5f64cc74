import { z } from "@hono/zod-openapi";
import { Float32s, Int32s } from "./messages.ts";
import { SetKey } from "./object-keys.ts";
import { strictObject } from "./strict.ts";

/** Each vector's nearest other one. */
export const NeighboursRequest = strictObject({
  set: SetKey.openapi({ description: "A stored set of two vectors or more." }),
}).openapi("NeighboursRequest");
export type NeighboursRequest = z.infer<typeof NeighboursRequest>;

export const NeighboursResponse = z
  .object({ index: Int32s, cosine: Float32s })
  .openapi("NeighboursResponse");
export type NeighboursResponse = z.infer<typeof NeighboursResponse>;
