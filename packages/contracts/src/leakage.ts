import { z } from "@hono/zod-openapi";
import { ComparedPair, ComparisonResult, FalseAcceptRate, TopK } from "./comparisons.ts";
import { ResourceName } from "./galleries.ts";
import { ComparableSetId, DatasetId, LeakageCheckId, SetId } from "./ids.ts";
import { MakingJobId, ResourceStatus } from "./jobs.ts";
import { strictObject } from "./strict.ts";
import { ModelReference, orNull, Sha256 } from "./values.ts";

const asked = {
  topK: TopK.default(200).openapi({ description: "Nearest pairs that the report lists." }),
  falseAcceptRate: FalseAcceptRate.default(1e-4).openapi({
    description:
      "Share of the reference set's own pairs, each taken to be of two people, that may reach the threshold.",
  }),
  exclude: z.int().min(0).max(1000).default(0).openapi({
    description:
      "Images in so many of the nearest pairs are left out of the cleaned manifest; of a dataset.",
  }),
};

export const CreateLeakageCheckRequest = strictObject({
  name: ResourceName,
  set: ComparableSetId.openapi({ description: "What is checked." }),
  reference: SetId.openapi({
    description:
      "What it may not resemble, e.g. a gallery of photographs of real people, or of their embeddings.",
  }),
  ...asked,
})
  .refine(({ topK, exclude }) => exclude <= topK, {
    path: ["exclude"],
    message: "exclude must not be above topK",
  })
  .openapi("CreateLeakageCheckRequest");
export type CreateLeakageCheckRequest = z.infer<typeof CreateLeakageCheckRequest>;

/** What was asked of a check, with every default filled in. */
export const LeakageSpec = z.object(asked);
export type LeakageSpec = z.infer<typeof LeakageSpec>;

/** What a check found, in short. */
export const LeakageFigures = ComparisonResult.pick({
  count: true,
  referenceCount: true,
  pairs: true,
  threshold: true,
  pairsAbove: true,
  vectorsAbove: true,
  largestCosine: true,
})
  .extend({
    excluded: z.int().openapi({ description: "Images that the cleaned manifest leaves out." }),
    isSigned: z.boolean().openapi({ description: "Whether the installation signs its reports." }),
  })
  .openapi("LeakageFigures");
export type LeakageFigures = z.infer<typeof LeakageFigures>;

/** All vectors of a set compared with all of a reference set (section 3.3, appendix D). */
export const LeakageCheck = z
  .object({
    id: LeakageCheckId,
    name: z.string(),
    status: ResourceStatus,
    set: ComparableSetId,
    reference: SetId,
    spec: LeakageSpec,
    model: ModelReference.openapi({ description: "The embedder of both." }),
    figures: orNull(LeakageFigures).openapi({ description: "Null until it is ready." }),
    jobId: MakingJobId,
    createdAt: z.iso.datetime(),
  })
  .openapi("LeakageCheck");
export type LeakageCheck = z.infer<typeof LeakageCheck>;

const photograph = (which: string) =>
  z
    .object({ file: z.string(), sha256: Sha256 })
    .optional()
    .openapi({ description: `Of a gallery of photographs: the file that \`${which}\` is of.` });

const ReportedPair = ComparedPair.extend({
  image: z
    .object({ key: z.string(), sha256: Sha256 })
    .optional()
    .openapi({ description: "Of a dataset: the image that `index` is." }),
  photograph: photograph("index"),
  referencePhotograph: photograph("reference"),
});

/** A leakage check in full, as it is signed. */
export const LeakageReport = z
  .object({
    format: z.literal("hyperface-leakage-report-1"),
    leakageCheck: LeakageCheckId,
    createdAt: z.iso.datetime(),
    set: ComparableSetId,
    reference: SetId,
    model: ModelReference,
    spec: LeakageSpec,
    ...ComparisonResult.shape,
    top: z.array(ReportedPair),
    dataset: z
      .object({
        id: DatasetId,
        files: z.array(z.object({ name: z.string(), sha256: Sha256 })).openapi({
          description: "Its manifests and its description; a manifest has every image's hash.",
        }),
        excluded: z.array(z.string()).openapi({ description: "Keys of the images left out." }),
      })
      .nullable()
      .openapi({ description: "Of a dataset: null of another set." }),
    signature: z
      .object({
        algorithm: z.literal("Ed25519"),
        publicKey: z.string().openapi({ description: "SubjectPublicKeyInfo, base64." }),
        value: z.string().openapi({
          description:
            "Base64, of the report without it, as canonical JSON (RFC 8785): keys in order, no space.",
        }),
      })
      .nullable()
      .openapi({ description: "Null where the installation has no SIGNING_KEY." }),
  })
  .openapi("LeakageReport");
export type LeakageReport = z.infer<typeof LeakageReport>;
