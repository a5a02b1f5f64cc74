import type { GroundKind } from "@hyperface/contracts";
import { exactExp } from "@hyperface/hypersphere";
import type { Draws } from "./draws.ts";
import { COARSE } from "./frame.ts";
import type { FaceLight } from "./light.ts";
import {
  bar,
  blank,
  blur,
  type Colour,
  clamp,
  luma,
  type Plane,
  type Planes,
  smooth,
} from "./raster.ts";
import { fractal } from "./texture.ts";

/** Grounds are out of focus: drawn coarse and enlarged. */
const SIDE = COARSE;
const AREA = SIDE * SIDE;

const isPlain = (kind: GroundKind) => kind === "studio" || kind === "wall";

/** A picture of side {@link SIDE} as its colour at (u, v) in [0, 1]; `p` is the pixel's number. */
type Shade = (u: number, v: number, p: number) => Colour;
type Painter = (draws: Draws, level: number) => Planes;

const PAINTERS: Record<GroundKind, Painter> = {
  studio,
  wall,
  foliage,
  bokeh,
  interior,
  outdoor,
};

/** Most portraits' grounds are plain. */
const SHARES: readonly GroundKind[] = [
  ...Array<GroundKind>(5).fill("studio"),
  ...Array<GroundKind>(2).fill("wall"),
  "foliage",
  "bokeh",
  "interior",
  "outdoor",
];
export const drawKind = (draws: Draws): GroundKind => draws.pick(SHARES);

/**
 * A coarse ground of `kind`, brighter on the face's lit side. Levels and colours are spread as behind the
 * portraits that the generator learned from: plain grounds bright and nearly grey, others of any level, and neither
 * led by how bright the face is.
 */
export function drawGround(draws: Draws, kind: GroundKind, light: FaceLight): Planes {
  const level = isPlain(kind)
    ? clamp(1 - 0.24 * exactExp(draws.normal(0, 0.42)), 0.3, 0.92)
    : (kind === "bokeh" ? 0.72 : 1) * clamp(draws.normal(0.56, 0.2), 0.18, 0.95);
  const tilt = 1.4 * light.side * draws.uniform(0.2, 0.7);
  const sigma = draws.uniform(0.7, 1.7);
  const planes = PAINTERS[kind](draws, level);
  const shade = Float32Array.from({ length: SIDE }, (_, x) => 1 - tilt * ((x + 0.5) / SIDE - 0.5));
  return planes.map((values) => {
    for (let p = 0; p < AREA; p++) {
      values[p] = clamp((values[p] as number) * (shade[p % SIDE] as number), 0, 1);
    }
    return blur(values, SIDE, sigma);
  }) as Planes;
}

function studio(draws: Draws, level: number): Planes {
  const colour = paper(draws);
  const depth = draws.uniform(0.02, 0.2);
  const [x, y] = [0.5 + draws.normal(0, 0.2), draws.uniform(0.15, 0.7)];
  const [wide, high] = [draws.uniform(0.45, 0.85), draws.uniform(0.45, 0.85)];
  const cloth = fractal(draws, SIDE, draws.uniform(1.5, 5));
  return paint((u, v, p) => {
    const glow = Math.exp(-(((u - x) / wide) ** 2) - ((v - y) / high) ** 2);
    return scale(colour, level * (1 - depth + 1.3 * depth * glow + 0.05 * (cloth[p] as number)));
  });
}

/** Grey, a little warm or cool, now and then a colour. */
const paper = (draws: Draws) =>
  even(
    draws.pick([0.07, 0.09, 0.1, 0.58, 0.61]),
    Math.min(0.35, 0.025 * exactExp(draws.normal(0, 1.3))),
  );

function wall(draws: Draws, level: number): Planes {
  const [near, far] = [paper(draws), paper(draws)];
  const [a, b] = [draws.uniform(0.95, 1.05), draws.uniform(0.65, 0.95)];
  const across = draws.uniform() < 0.55;
  const [at, lean, soft] = [
    draws.uniform(0.15, 0.85),
    draws.normal(0, 0.1),
    draws.uniform(0.04, 0.13),
  ];
  const frame = panel(draws, level, [0.45, 0.6, 1.2, 1.3]);
  const stain = fractal(draws, SIDE, 2.5);
  return paint((u, v, p) => {
    const [along, other] = across ? [v, u] : [u, v];
    const t = smooth((along - at + lean * (other - 0.5)) / soft + 0.5);
    const shade = level * (1 + 0.1 * (stain[p] as number));
    return frame(mix(scale(near, a * shade), scale(far, b * shade), t), u, v);
  });
}

function foliage(draws: Draws, level: number): Planes {
  const hue = draws.uniform(0.17, 0.3);
  const scaleOf = draws.uniform(2, 4.5);
  const [leaves, tint] = [fractal(draws, SIDE, scaleOf), fractal(draws, SIDE, 1.7 * scaleOf, 2)];
  const warm = even(hue - 0.06, draws.uniform(0.15, 0.4));
  const cool = even(hue + 0.03, draws.uniform(0.15, 0.4));
  const [contrast, fall] = [draws.uniform(0.8, 1.6), draws.uniform(0, 0.6)];
  const planes = paint((_, v, p) => {
    const shade = 0.85 + contrast * (leaves[p] as number) + fall * (0.5 - v);
    const t = clamp(0.5 + 2 * (tint[p] as number), 0, 1);
    return scale(mix(cool, warm, t), 0.9 * level * clamp(shade, 0.2, 1.7));
  });
  const colour = () => even(draws.uniform(0.12, 0.25), draws.uniform(0.05, 0.35));
  return discs(draws, planes, level, 3 + draws.integer(12), colour, 0.5);
}

function bokeh(draws: Draws, level: number): Planes {
  const colour = even(draws.pick([0.06, 0.08, 0.1, 0.6, 0.62, 0.66]), draws.uniform(0.1, 0.4));
  const [cloud, fall] = [fractal(draws, SIDE, draws.uniform(1.5, 3.5)), draws.uniform(0, 0.4)];
  const planes = paint((_, v, p) =>
    scale(colour, level * 0.8 * (1 + 1.2 * (cloud[p] as number)) * (1.1 - fall * v)),
  );
  const lamp = draws.uniform(0.06, 0.12);
  const light = () => even(draws.pick([lamp, lamp, 0.05, 0.55, 0.12]), draws.uniform(0.1, 0.4));
  return discs(draws, planes, level, 6 + draws.integer(18), light, 0.6);
}

function interior(draws: Draws, level: number): Planes {
  const colour = even(draws.uniform(0.05, 0.12), draws.uniform(0.06, 0.3));
  const cloud = fractal(draws, SIDE, 2);
  const panels = Array.from({ length: 3 + draws.integer(5) }, () =>
    panel(draws, level, [0.4, 0.55, 0.75, 1.25, 1.4]),
  );
  return paint((u, v, p) =>
    panels.reduce(
      (under, over) => over(under, u, v),
      scale(colour, level * (1 + 0.6 * (cloud[p] as number))),
    ),
  );
}

function outdoor(draws: Draws, level: number): Planes {
  const sky = even(draws.uniform(0.54, 0.62), draws.uniform(0, 0.2));
  const land = even(draws.uniform(0.08, 0.28), draws.uniform(0.08, 0.32));
  const [horizon, soft] = [draws.uniform(0.3, 0.75), draws.uniform(0.1, 0.22)];
  const [edge, ground] = [fractal(draws, SIDE, 2.5), fractal(draws, SIDE, 5)];
  return paint((_, v, p) => {
    const t = smooth((v - horizon - 0.25 * (edge[p] as number)) / soft + 0.5);
    const shade = level * 0.62 * (1 + 1.2 * (ground[p] as number));
    return mix(scale(sky, Math.min(0.95, 1.3 * level)), scale(land, shade), t);
  });
}

/** A soft upright or lying rectangle: a door, a picture, a shelf; laid over what is under it. */
function panel(draws: Draws, level: number, shades: readonly number[]) {
  const upright = draws.uniform() < 0.65;
  const [left, lean] = [draws.uniform(-0.1, 1), draws.normal(0, 0.02)];
  const right = left + draws.uniform(0.05, 0.3);
  const [top, bottom] = [draws.uniform(-0.8, 0.4), draws.uniform(0.4, 1.4)];
  const [soft, opacity] = [draws.uniform(0.015, 0.04), draws.uniform(0.35, 0.85)];
  const hue = draws.pick([0.06, 0.08, 0.1, 0.6, 0.55, 0.02]);
  const colour = scale(even(hue, draws.uniform(0.03, 0.35)), level * draws.pick(shades));
  return (under: Colour, u: number, v: number): Colour => {
    const [along, other] = upright ? [u, v] : [v, u];
    const place = along + lean * (other - 0.5);
    return mix(
      under,
      colour,
      opacity * bar(place, left, right, soft) * bar(other, top, bottom, soft),
    );
  };
}

/** Discs of light out of focus, laid over `planes` in place. */
function discs(
  draws: Draws,
  planes: Planes,
  level: number,
  count: number,
  colour: () => Colour,
  opacity: number,
): Planes {
  const usual = draws.uniform(1.5, 5);
  for (let k = 0; k < count; k++) {
    const [x, y] = [draws.uniform(-3, SIDE + 3), draws.uniform(-3, 0.85 * SIDE)];
    const radius = usual * draws.uniform(0.75, 1.25);
    const light = scale(colour(), Math.min(1, level * draws.uniform(1.1, 1.9)));
    const strength = opacity * draws.uniform(0.25, 1);
    const soft = 0.7 + 0.12 * radius;
    const reach = (at: number) => Math.min(SIDE, Math.max(0, Math.ceil(at)));
    for (let row = reach(y - radius - soft); row < reach(y + radius + soft); row++) {
      for (let column = reach(x - radius - soft); column < reach(x + radius + soft); column++) {
        const distance = Math.sqrt((column - x) ** 2 + (row - y) ** 2);
        const t = strength * smooth((radius + soft - distance) / (2 * soft));
        const p = row * SIDE + column;
        for (let c = 0; c < 3; c++) {
          const values = planes[c] as Plane;
          values[p] = (values[p] as number) * (1 - t) + (light[c] as number) * t;
        }
      }
    }
  }
  return planes;
}

function paint(shade: Shade): Planes {
  const planes: Planes = [0, 1, 2].map(() => blank(AREA)) as Planes;
  for (let p = 0; p < AREA; p++) {
    const colour = shade(((p % SIDE) + 0.5) / SIDE, (Math.floor(p / SIDE) + 0.5) / SIDE, p);
    for (let c = 0; c < 3; c++) (planes[c] as Float32Array)[p] = colour[c] as number;
  }
  return planes;
}

export const scale = ([r, g, b]: Colour, k: number): Colour => [r * k, g * k, b * k];
const mix = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

/** A hue (turns) of a saturation in [0, 1], at luma 1. */
export function even(hue: number, saturation: number): Colour {
  const channel = (n: number) => {
    const k = (n + hue * 6 + 6) % 6;
    return 1 - saturation * clamp(Math.min(k, 4 - k), 0, 1);
  };
  const colour = [channel(5), channel(3), channel(1)] as const;
  return scale(colour, 1 / luma(...colour));
}
