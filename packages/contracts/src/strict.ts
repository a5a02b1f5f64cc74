import { z } from "@hono/zod-openapi";
import { distance } from "fastest-levenshtein";

/** Unknown names that an answer explains. */
const EXPLAINED = 20;

/**
 * An object of a request: a name that it does not know is refused, for a misspelt one would be taken for one left
 * out. The message has a line for each of the first of its `keys`.
 */
export const strictObject = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === "unrecognized_keys"
        ? (keys as string[])
            .slice(0, EXPLAINED)
            .map((name) => whyUnknown(name, Object.keys(shape)))
            .join("\n")
        : undefined,
  });

/** Says that a name is unknown, and the one that was probably meant or else those that there are. */
export function whyUnknown(name: string, known: readonly string[]): string {
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}...` : name);
  if (known.length === 0) return `${shown} is not known: there is none here`;
  const meant = nearestName(name, known);
  const right = meant === undefined ? `use ${known.join(", ")}` : `did you mean ${meant}?`;
  return `${shown} is not known: ${right}`;
}

/** The known name within a third of its length of edits, case aside; undefined where there is none. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 60) return undefined;
  const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, "");
  const distances = known.map((other) => ({ other, edits: distance(plain(name), plain(other)) }));
  distances.sort((a, b) => a.edits - b.edits);
  const [nearest] = distances;
  if (!nearest || nearest.edits > Math.ceil(nearest.other.length / 3)) return undefined;
  return nearest.other;
}
