import {
  Dataset,
  DatasetId,
  Gallery,
  GalleryId,
  LeakageCheck,
  LeakageCheckId,
  Packing,
  PackingId,
  Sweep,
  SweepId,
} from "@hyperface/contracts";

/** Of what clients make, the two kinds that are sets of embeddings, each at a path of its own. */
export const SETS = [
  {
    kind: "gallery",
    path: "galleries",
    name: "Gallery",
    plural: "Galleries",
    Id: GalleryId,
    schema: Gallery,
  },
  {
    kind: "packing",
    path: "packings",
    name: "Packing",
    plural: "Packings",
    Id: PackingId,
    schema: Packing,
  },
] as const;

/** All that clients make. */
export const COLLECTIONS = [
  ...SETS,
  {
    kind: "dataset",
    path: "datasets",
    name: "Dataset",
    plural: "Datasets",
    Id: DatasetId,
    schema: Dataset,
  },
  {
    kind: "leakage-check",
    path: "leakage-checks",
    name: "LeakageCheck",
    plural: "LeakageChecks",
    Id: LeakageCheckId,
    schema: LeakageCheck,
  },
  {
    kind: "sweep",
    path: "sweeps",
    name: "Sweep",
    plural: "Sweeps",
    Id: SweepId,
    schema: Sweep,
  },
] as const;
