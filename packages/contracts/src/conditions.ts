import { z } from "@hono/zod-openapi";
import { HyperFaceError, inBody } from "./errors.ts";
import { textNumber, textNumberOr } from "./numbers.ts";
import { strictObject } from "./strict.ts";

/** What stands behind a portrait. */
export const GroundKind = z.enum(["studio", "wall", "foliage", "bokeh", "interior", "outdoor"]);
export type GroundKind = z.infer<typeof GroundKind>;

/** `any`: a kind drawn for the sample; `none`: the generator's own picture, untouched. */
export const Ground = z.enum(["any", "none", ...GroundKind.options]).openapi({
  description:
    "What stands behind the person: `any` draws a kind for each sample, about half of them plain; `none` is the generator's own picture, surroundings and clothes included.",
});
export type Ground = z.infer<typeof Ground>;

/** What varies between images of one identity and can be asked for, by the same names whatever the generator. */
export const AxisName = z.enum(["yaw", "pitch", "light", "side"]);
export type AxisName = z.infer<typeof AxisName>;

/** Where an axis can be asked to be, in standard deviations. */
export const AXIS_RANGE = [-3, 3] as const;

const Axis = z.number().min(AXIS_RANGE[0]).max(AXIS_RANGE[1]);
const AXES = {
  yaw: "How far the face is turned: above 0 to the picture's right.",
  pitch: "How far the face is bent down (above 0) or up.",
  light: "How bright the face is.",
  side: "Which side the light comes from: above 0 the picture's right.",
} as const satisfies Record<AxisName, string>;
const axis = (name: AxisName) => ({
  description: `${AXES[name]} In standard deviations of what the generator draws where it is not given. Refused by generators without this axis.`,
  example: 1,
});

/** `any`: a camera drawn for the sample; `none`: the picture as it is drawn, for trainers who degrade it themselves. */
export const Camera = z.enum(["none", "any"]).openapi({
  description:
    "`any`: exposure, white balance, blur, resolution and JPEG's losses are drawn for each sample, as photographs come; `none` leaves that to whoever trains.",
});

/** A camera as it was drawn. */
export const CameraSettings = z.object({
  exposure: z.number().openapi({ description: "Stops." }),
  warmth: z.number().openapi({ description: "Share by which red gains and blue loses." }),
  blur: z.number().openapi({ description: "Standard deviation, in 128ths of the picture." }),
  resolution: z.number().openapi({ description: "Share of the picture's pixels a side." }),
  quality: z.int().openapi({ description: "JPEG's, 1 to 100." }),
});
export type CameraSettings = z.infer<typeof CameraSettings>;

const Draw = z.number().min(0).max(1);
const DRAW = {
  description:
    "How far the reference is drawn to where embeddings of plain portraits lie before an image is made of it: 0 not at all, 1 wholly. Pictures gain, identities come nearer to one another: an identity's answer says how far it moves.",
  example: 0.5,
};

/** All that can be asked of an image beside whose it is; the same for one image, for many and for datasets. */
export const ImageConditions = z.object({
  ground: Ground.default("any"),
  draw: Draw.default(0).openapi(DRAW),
  yaw: Axis.optional().openapi(axis("yaw")),
  pitch: Axis.optional().openapi(axis("pitch")),
  light: Axis.optional().openapi(axis("light")),
  side: Axis.optional().openapi(axis("side")),
  camera: Camera.default("none"),
});
export type ImageConditions = z.infer<typeof ImageConditions>;

const Deviation = z.number().min(0).max(3).optional();

/** How far the images of a dataset spread on each axis. */
export const AxisDeviations = strictObject({
  yaw: Deviation,
  pitch: Deviation,
  light: Deviation,
  side: Deviation,
} satisfies Record<AxisName, z.ZodType>).openapi("AxisDeviations", {
  description:
    "Of each axis named here, every image has a place of its own: normal about the axis's own value (`yaw` and so on; 0 where it is not given) with this standard deviation, truncated to -3 to 3 (a number beyond is drawn again, so that a wide distribution comes out narrower than it was asked for: of 1.5 about 0 the places deviate by 1.32, of 3 by 1.62). It is drawn from the image's own random numbers, and its provenance says it. Of an axis that is not named here, every image has the axis's value, or what the generator draws where that is not given.",
  example: { yaw: 1.5, light: 1 },
});
export type AxisDeviations = z.infer<typeof AxisDeviations>;

/** {@link ImageConditions} as a dataset has them. */
export const DatasetConditions = ImageConditions.extend({ deviation: AxisDeviations.optional() });
export type DatasetConditions = z.infer<typeof DatasetConditions>;

const textAxis = (name: AxisName) => textNumber(Axis).optional().openapi(axis(name));

/** {@link ImageConditions} as a query has them. */
export const TextImageConditions = ImageConditions.extend({
  draw: textNumberOr(0, Draw).openapi(DRAW),
  yaw: textAxis("yaw"),
  pitch: textAxis("pitch"),
  light: textAxis("light"),
  side: textAxis("side"),
});

/**
 * Refuses what a generator cannot do.
 * @param at where the conditions stand in the request
 * @throws HyperFaceError `unsupported-condition`
 */
export function checkConditions(
  generator: { name: string; axes: readonly AxisName[]; draw: boolean; grounds: boolean },
  conditions: Partial<DatasetConditions>,
  at = inBody(),
): void {
  if (conditions.draw && !generator.draw) {
    const detail = `generator ${generator.name} cannot draw embeddings: leave draw out`;
    throw unsupported(detail, [at("draw")]);
  }
  const { ground = "none" } = conditions;
  if (!generator.grounds && ground !== "none" && ground !== "any") {
    const detail = `generator ${generator.name} makes its own surroundings: use none or any`;
    throw unsupported(detail, [at("ground")]);
  }
  const { deviation = {} } = conditions;
  const lacking = (of: AxisDeviations, within = at) =>
    AxisName.options
      .filter((name) => of[name] !== undefined && !generator.axes.includes(name))
      .map((name) => ({ name, place: within(name) }));
  const missing = [...lacking(conditions), ...lacking(deviation, inBody(at("deviation")))];
  if (missing.length === 0) return;
  const has = generator.axes.length > 0 ? generator.axes.join(", ") : "none";
  const names = [...new Set(missing.map(({ name }) => name))].join(", ");
  const detail = `generator ${generator.name} has no axis ${names}: it has ${has}`;
  throw unsupported(
    detail,
    missing.map(({ place }) => place),
  );
}

const unsupported = (detail: string, pointers: readonly string[]) =>
  new HyperFaceError("unsupported-condition", detail, {
    errors: pointers.map((pointer) => ({ pointer, detail })),
  });

/** A strength of drawing in a query; undefined: none is asked about. */
export const TextDraw = textNumber(Draw).optional().openapi(DRAW);
