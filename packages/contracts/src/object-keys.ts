import { text } from "./text.ts";

/** Keys of the object store that one service names to another: those the gateway writes, and none beside them. */
const keyUnder = (folders: string, what: string) =>
  text(512).regex(
    new RegExp(`^(${folders})_[a-z0-9]{1,40}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`),
    `must be the gateway's key of ${what}`,
  );

/** A stored set: a gallery's, a packing's or a dataset's. */
export const SetKey = keyUnder("galleries/gal|packings/pak|datasets/dat", "a stored set");

/** What is kept of a comparison on its way. */
export const ComparisonKey = keyUnder("leakage-checks/lea", "a comparison's checkpoint");

/** What is kept of a packing: its checkpoints and its set. */
export const PackingKey = keyUnder("packings/pak", "a packing's object");
