import { text } from "./text.ts";

/** Keys of the object store that one service names to another: those the gateway writes, and none beside them. */
const keyUnder = (folders: string, what: string) =>
  text(512).regex(
    new RegExp(`^(${folders})_[a-z0-9]{1,40}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`),
    `must be the gateway's key of ${what}`,
  );

/** A stored set: a gallery's or a packing's. */
export const SetKey = keyUnder("galleries/gal|packings/pak", "a stored set");

/** What is kept of a packing: its checkpoints and its set. */
export const PackingKey = keyUnder("packings/pak", "a packing's object");
