import type { HyperFace } from "@hyperface/sdk";

/** A gallery of the default generator's own faces. @returns its id once it is there */
export async function generateGallery(
  hyperface: HyperFace,
  count: number,
  seed: number,
): Promise<string> {
  const gallery = await hyperface.galleries.create({ source: "generator", count, seed });
  await hyperface.jobs.wait(gallery.jobId as string);
  return gallery.id;
}

/** @returns the packing's id once it is packed */
export async function pack(
  hyperface: HyperFace,
  request: Parameters<HyperFace["packings"]["create"]>[0],
): Promise<string> {
  const { id, jobId } = await hyperface.packings.create(request);
  await hyperface.jobs.wait(jobId);
  return id;
}
