import { z } from "@hono/zod-openapi";

export type IdPrefix = "gal" | "pak" | "dat" | "lea" | "swp" | "job" | "key" | "aud";

/** What the gateway calls what it made. */
const id = (kind: string, prefixes: IdPrefix[]) =>
  z
    .string()
    .regex(new RegExp(`^(${prefixes.join("|")})_[a-z0-9]{1,40}$`), `must be the id of ${kind}`)
    .openapi({ example: `${prefixes[0]}_0mwty1yv10e3ebb58a9f8abb8` });

export const GalleryId = id("a gallery", ["gal"]);
export const PackingId = id("a packing", ["pak"]);
export const DatasetId = id("a dataset", ["dat"]);
export const LeakageCheckId = id("a leakage check", ["lea"]);
export const SweepId = id("a sweep", ["swp"]);
export const JobId = id("a job", ["job"]);
export const KeyId = id("a key", ["key"]);

/** A set of unit embeddings of one model: a gallery's id or a packing's. */
export const SetId = id("a gallery or a packing", ["gal", "pak"]).openapi({
  description: "A gallery or a packing.",
});

/** What can be compared with a set: one, or the embeddings of a dataset's images. */
export const ComparableSetId = id("a gallery, a packing or a dataset", [
  "dat",
  "gal",
  "pak",
]).openapi({ description: "A dataset, a gallery or a packing." });
