import { z } from "@hono/zod-openapi";

const INTEGER = /^(0|-?[1-9]\d{0,20})$/;
/** What JavaScript writes for any number that a bound here lets through; 1e-7 has no shorter form. */
const DECIMAL = /^-?(0|[1-9]\d{0,20})(\.\d{1,40})?(e-\d{1,3})?$/;

/**
 * A number as text: in a path, a query or an environment variable. Decimal digits and nothing else, so that what
 * is blank, `0x1`, `1e0`, ` 1` or `+1` is refused and not taken for another number.
 */
export function textNumber(number: z.ZodNumber) {
  const { $schema: _, ...bounds } = z.toJSONSchema(number);
  const isInteger = bounds.type === "integer";
  const [pattern, example] = isInteger ? [INTEGER, "20"] : [DECIMAL, "0.005"];
  const kind = isInteger ? "a whole number" : "a number";
  return z
    .string(`must be given once, as ${kind}`)
    .regex(pattern, `must be ${kind} in decimal digits, such as ${example}`)
    .transform(Number)
    .pipe(number)
    .openapi(bounds as { type: "integer" | "number" });
}

/** A truth value as text. */
export const textFlag = (byDefault: boolean) =>
  z
    .stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" })
    .default(byDefault)
    .openapi({ type: "boolean", default: byDefault });

/** {@link textNumber} that need not be given. */
export const textNumberOr = (byDefault: number, number: z.ZodNumber) =>
  textNumber(number).default(byDefault).openapi({ default: byDefault });
