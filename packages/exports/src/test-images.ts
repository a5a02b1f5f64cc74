import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import sharp from "sharp";
import type { ExportImage, Put } from "./export.ts";

/** Pictures of plain colours, `samples` of each identity; some end in bytes that look like RecordIO's. */
export async function testImages(identities: number, samples: number): Promise<ExportImage[]> {
  const images: ExportImage[] = [];
  for (let label = 0; label < identities; label++) {
    for (let sample = 0; sample < samples; sample++) {
      const background = { r: (label * 40) % 256, g: (sample * 60) % 256, b: 128 };
      const file = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .jpeg()
        .toBuffer();
      const key = `${String(label).padStart(6, "0")}-${sample}`;
      const bytes = sample % 2 === 1 ? withMagic(file, sample + label) : file;
      images.push({
        key,
        label,
        bytes,
        extension: "jpg",
        provenance: { label, sample, beta: 0.01 },
      });
    }
  }
  return images;
}

/** After a JPEG's end readers pass over anything. */
function withMagic(file: Buffer, shift: number): Buffer {
  const magic = Buffer.from([0x0a, 0x23, 0xd7, 0xce]);
  const aligned = Buffer.alloc((-file.length & 3) + (shift % 4), 7);
  return Buffer.concat([file, aligned, magic, magic, Buffer.from([1, 2, 3, 4]), magic]);
}

/** Writes files under a folder. */
export const putInto =
  (folder: string): Put =>
  async (name, bytes) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(bytes, createWriteStream(path));
  };
