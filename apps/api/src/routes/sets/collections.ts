import { GalleryId, PackingId } from "@hyperface/contracts";

/** The two kinds of sets, each at a path of its own. */
export const COLLECTIONS = [
  { path: "galleries", tag: "galleries", name: "Gallery", Id: GalleryId },
  { path: "packings", tag: "packings", name: "Packing", Id: PackingId },
] as const;
