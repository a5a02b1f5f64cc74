import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { certificatePlot } from "@hyperface/certificate";
import { renderPng } from "@hyperface/plots";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";
import { certify } from "./certify.ts";
import { openNpyFile } from "./npy-file.ts";

const USAGE = "npm run certify -- EMBEDDINGS.npy [--gallery GALLERY.npy] [--plot PLOT.png]";

/** The certificate of a file of vectors as JSON on the standard output. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { gallery: { type: "string" }, plot: { type: "string" } },
  });
  const [path] = positionals;
  if (!path || positionals.length > 1) throw new Error(USAGE);
  const points = await openNpyFile(path);
  const gallery = values.gallery ? await openNpyFile(values.gallery) : null;
  const kernels = await createOnnxKernels(points.dimension);
  let told = 0;
  const progress = (share: number) => {
    const percent = Math.floor(100 * share);
    if (percent >= told + 5) console.error(`${percent} %`);
    if (percent >= told + 5) told = percent;
  };
  const certificate = await certify({ points, gallery, kernels, progress });
  if (values.plot) await writeFile(values.plot, await renderPng(certificatePlot(certificate)));
  console.log(JSON.stringify(certificate));
  await Promise.all([points.close(), gallery?.close()]);
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
