// node --import tsx training/packings.ts FILE: packed identities, as the solver makes them, to train the generator on.
// float32 [n, 512], unit, in native byte order; each packing is near a gallery of the default generator's own faces.
import { writeFile } from "node:fs/promises";
import { generateGallery, pack } from "../bench/packings.ts";
import { withServices } from "../bench/services.ts";

const GALLERY = 1024;
const IDENTITIES = 512;
const SEEDS = [11, 12, 13];
const ALPHAS = [0.5, 0.75];

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node --import tsx training/packings.ts FILE");
await withServices(async (hyperface) => {
  const parts: Float32Array[] = [];
  for (const seed of SEEDS) {
    const near = await generateGallery(hyperface, GALLERY, seed);
    for (const alpha of ALPHAS) {
      const packing = await pack(hyperface, { near, count: IDENTITIES, alpha, seed });
      const { embeddings } = await hyperface.packings.embeddings(packing);
      parts.push(...embeddings.map((row) => Float32Array.from(row)));
    }
    await writeFile(file, Buffer.concat(parts.map(({ buffer }) => new Uint8Array(buffer))));
    console.log(`${parts.length} identities`);
  }
});
