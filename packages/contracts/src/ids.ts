import { z } from "@hono/zod-openapi";

type Prefix = "gal" | "pak" | "dat" | "job";

/** What the gateway calls what it made. */
const id = (kind: string, prefixes: Prefix[]) =>
  z
    .string()
    .regex(new RegExp(`^(${prefixes.join("|")})_[a-z0-9]{1,40}$`), `must be the id of ${kind}`)
    .openapi({ example: `${prefixes[0]}_0mwty1yv10e3ebb58a9f8abb8` });

export const GalleryId = id("a gallery", ["gal"]);
export const PackingId = id("a packing", ["pak"]);
export const DatasetId = id("a dataset", ["dat"]);
export const JobId = id("a job", ["job"]);

/** A set of unit embeddings of one model: a gallery's id or a packing's. */
export const SetId = id("a gallery or a packing", ["gal", "pak"]).openapi({
  description: "A gallery or a packing.",
});
