import { z } from "@hono/zod-openapi";
import { SetCertificate } from "./certificate.ts";
import { AxisName } from "./conditions.ts";
import { DatasetSpec } from "./datasets.ts";
import { DatasetId, LeakageCheckId, PackingId, SetId } from "./ids.ts";
import { Separation, Spread } from "./separations.ts";
import { ModelReference, orNull } from "./values.ts";

const spread = (description: string) => orNull(Spread).openapi({ description });

/** What a dataset is worth, from its manifest, its embeddings and its packing. */
export const DatasetCertificate = z
  .object({
    dataset: DatasetId,
    spec: DatasetSpec,
    generator: ModelReference,
    model: ModelReference.openapi({ description: "The embedder." }),
    identities: z.int(),
    promised: z.int(),
    made: z.int(),
    attemptsPerImage: z.number().nullable(),
    drawn: z
      .object({
        draw: z.number().openapi({ description: "The strength that was asked for." }),
        cosine: spread(
          "Over identities: of the reference as it was drawn with the reference itself. Null where no image was kept, or none says it, as of earlier releases.",
        ),
        farthest: z.int().nullable().openapi({ description: "The identity of the smallest." }),
      })
      .openapi({
        description:
          "How far `draw` moved what images are made from. With `draw` 0 nothing is drawn, and every cosine is 1. The manifest has each identity's, `drawnSimilarity`; an identity's own `?draw=` has the embedding.",
      }),
    images: z
      .object({
        similarity: spread("Cosine of each image with its identity's reference."),
        nearestOtherSimilarity: spread("Cosine of each image with the nearest other reference."),
        quality: spread("0 to 1, as embeddings have it."),
        detectionScore: spread("Null where nothing was detected."),
        yaw: spread("Degrees."),
        pitch: spread("Degrees."),
        roll: spread("Degrees."),
        axes: z.partialRecord(AxisName, Spread).openapi({
          description:
            "Places on the generator's axes, as they were asked for or drawn, in standard deviations; of those that it has.",
        }),
      })
      .openapi({ description: "Over all images; null where nothing is known." }),
    separation: Separation,
    packing: z.object({
      id: PackingId,
      maxCosine: z.number().nullable().openapi({ description: "Of its references." }),
      bounds: SetCertificate.shape.bounds,
    }),
    leakage: z
      .array(
        z.object({
          leakageCheck: LeakageCheckId,
          reference: SetId,
          threshold: z.number().nullable(),
          largestCosine: z.number(),
          vectorsAbove: z.int().openapi({ description: "Images that reach the threshold." }),
        }),
      )
      .openapi({ description: "Its leakage checks that are ready, newest first." }),
  })
  .openapi("DatasetCertificate");
export type DatasetCertificate = z.infer<typeof DatasetCertificate>;
