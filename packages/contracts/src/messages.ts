import { z } from "@hono/zod-openapi";

/** Media type of what processes send each other: JSON whose typed arrays are tensors of a safetensors file. */
export const MESSAGE = "application/vnd.hyperface+safetensors";

const binary = { type: "string", format: "binary" } as const;
const place =
  "null in the message's JSON, and the tensor named by its place, as /items/0/embedding";

const tensorOf = <T>(array: new (length: number) => T, dtype: string) =>
  z
    .custom<T>((value) => value instanceof array, `must be a tensor of ${dtype}`)
    .openapi({ ...binary, description: `${dtype}: ${place}.` });

export const Float32s = tensorOf<Float32Array>(Float32Array, "F32");
export const Int32s = tensorOf<Int32Array>(Int32Array, "I32");
/** A file. */
export const Bytes = tensorOf<Uint8Array>(Uint8Array, "U8");

/** A body of this schema, for the OpenAPI `content` of routes. */
export const messageContent = <T extends z.ZodType>(schema: T) => ({ [MESSAGE]: { schema } });
