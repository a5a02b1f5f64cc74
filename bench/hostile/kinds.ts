import { BODIES } from "./kinds/bodies.ts";
import { FACES } from "./kinds/faces.ts";
import { MANNERS } from "./kinds/manners.ts";
import { PICTURES } from "./kinds/pictures.ts";
import { QUERIES } from "./kinds/queries.ts";
import { VECTORS } from "./kinds/vectors.ts";
import type { Kind } from "./request.ts";

/** Each makes a request of its kind, by chance. */
export const KINDS: Record<string, Kind> = {
  ...PICTURES,
  ...FACES,
  ...VECTORS,
  ...BODIES,
  ...QUERIES,
  ...MANNERS,
};
