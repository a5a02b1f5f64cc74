import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Session, withSession } from "../session.ts";

export function addCertify(program: Command): void {
  program
    .command("certify")
    .description("how good a gallery, a packing or a dataset is, against what is possible")
    .argument("<id>", "its id")
    .option("--html <file>", "of a dataset: write the certificate as a page there")
    .action((id: string, { html }: { html?: string }, command: Command) =>
      withSession(command, (session) =>
        id.startsWith("dat_") ? certifyDataset(session, id, html) : certifySet(session, id),
      ),
    );
}

async function certifySet({ hyperface, answer }: Session, id: string): Promise<void> {
  const sets = id.startsWith("pak_") ? hyperface.packings : hyperface.galleries;
  const certificate = await sets.certificate(id);
  const { count, dimension, maxCosine, pair, meanNearestCosine, gap, unique } = certificate;
  answer(certificate, [
    `${id}: ${count} vectors of ${dimension} numbers`,
    `largest cosine ${maxCosine.toFixed(4)} (${pair.join(" and ")}), ${gap.toFixed(4)} above the best bound`,
    `mean nearest cosine ${meanNearestCosine.toFixed(4)}`,
    ...unique.map(({ threshold, count: below }) => `nearest below ${threshold}: ${below}`),
  ]);
}

async function certifyDataset({ hyperface, answer }: Session, id: string, html?: string) {
  const certificate = await hyperface.datasets.certificate(id);
  if (html) await writeFile(html, await hyperface.datasets.certificatePage(id));
  const { made, identities, drawn, images, separation } = certificate;
  const { between, within, verification } = separation;
  const eer = verification?.equalErrorRate;
  answer(certificate, [
    `${id}: ${made} images of ${identities} identities`,
    ...(drawn.draw > 0 && drawn.cosine
      ? [
          `references drawn by ${drawn.draw}: mean cosine with what they were ${drawn.cosine.mean.toFixed(4)}, smallest ${drawn.cosine.smallest.toFixed(4)} (${drawn.farthest})`,
        ]
      : []),
    ...(images.similarity
      ? [`cosine with the reference: mean ${images.similarity.mean.toFixed(4)}`]
      : []),
    ...(between
      ? [
          `largest cosine of two centres ${between.maxCosine.toFixed(4)} (${between.pair.join(" and ")})`,
        ]
      : []),
    ...(within
      ? [`mean cosine distance of two images of an identity ${within.diversity.mean.toFixed(4)}`]
      : []),
    ...(eer
      ? [
          `equal error rate ${eer.mean.toFixed(4)}, 95 % within ${eer.low.toFixed(4)} to ${eer.high.toFixed(4)}`,
        ]
      : []),
    ...(html ? [`the page is ${html}`] : []),
  ]);
}
