import { svgToPng } from "@hyperface/plots";
import sharp from "sharp";

export interface ContactSheet {
  /** images[identity][beta][sample], encoded. */
  images: Uint8Array[][][];
  identities: number[];
  betas: number[];
}

const CELL = 64;
const GAP = 2;
const GROUP_GAP = 14;
const MARGIN = { top: 58, left: 92, right: 12, bottom: 12 };

/** One sheet: rows identities, columns samples, grouped by beta. */
export async function drawContactSheet(sheet: ContactSheet): Promise<Uint8Array> {
  const samples = sheet.images[0]?.[0]?.length ?? 0;
  const groupWidth = samples * (CELL + GAP) + GROUP_GAP;
  const x = (group: number, sample: number) =>
    MARGIN.left + group * groupWidth + sample * (CELL + GAP);
  const y = (row: number) => MARGIN.top + row * (CELL + GAP);
  const width = x(sheet.betas.length, 0) - GROUP_GAP + MARGIN.right;
  const height = y(sheet.identities.length) + MARGIN.bottom;

  const cells = sheet.images.flatMap((groups, row) =>
    groups.flatMap((group, g) =>
      group.map(async (image, k) => ({
        input: await sharp(image).resize(CELL, CELL).toBuffer(),
        left: x(g, k),
        top: y(row),
      })),
    ),
  );
  const labels = labelSheet({ ...sheet, width, height, x, y });
  return sharp(svgToPng(labels))
    .composite(await Promise.all(cells))
    .png()
    .toBuffer();
}

function labelSheet({
  identities,
  betas,
  width,
  height,
  x,
  y,
}: Pick<ContactSheet, "identities" | "betas"> & {
  width: number;
  height: number;
  x: (group: number, sample: number) => number;
  y: (row: number) => number;
}): string {
  const text = (left: number, top: number, size: number, content: string, weight = "normal") =>
    `<text x="${left}" y="${top}" font-size="${size}" font-weight="${weight}" fill="#222">${content}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">`,
    text(
      MARGIN.left,
      22,
      14,
      "HyperFace: samples of packed identities, none of them a person",
      "bold",
    ),
    ...betas.map((beta, g) => text(x(g, 0), 46, 13, `beta ${beta}`)),
    ...identities.map((identity, row) =>
      text(12, y(row) + CELL / 2 + 4, 12, `identity ${identity}`),
    ),
    "</svg>",
  ].join("");
}
