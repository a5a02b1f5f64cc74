import { GalleryId, PackingId } from "@hyperface/contracts";

/** The two kinds of sets, each at a path of its own. */
export const COLLECTIONS = [
  { kind: "gallery", path: "galleries", name: "Gallery", Id: GalleryId },
  { kind: "packing", path: "packings", name: "Packing", Id: PackingId },
] as const;
