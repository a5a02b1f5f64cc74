import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import type { Spec } from "vega";

export type { Spec } from "vega";

const require = createRequire(import.meta.url);
const font = require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
const bold = require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf");

/**
 * A Vega specification drawn as PNG. The font comes along, so a machine without fonts draws the same.
 * @param scale pixels per unit of the specification
 */
export async function renderPng(spec: Spec, scale = 2): Promise<Uint8Array> {
  // 250 modules that a server which draws nothing need not load.
  const { parse, View } = await import("vega");
  const view = new View(parse(spec, FONT), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svgToPng(svg, scale);
}

/** An SVG drawn as PNG in the same font. */
export function svgToPng(svg: string, scale = 1): Uint8Array {
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    background: "white",
    font: { fontFiles: [font, bold], loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  });
  return image.render().asPng();
}

const FONT = {
  title: { font: "DejaVu Sans" },
  axis: { labelFont: "DejaVu Sans", titleFont: "DejaVu Sans" },
  legend: { labelFont: "DejaVu Sans", titleFont: "DejaVu Sans" },
};
