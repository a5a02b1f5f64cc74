import type { Command } from "commander";
import { withSession } from "../session.ts";

export function addCertify(program: Command): void {
  program
    .command("certify")
    .description("how good a gallery or a packing is as a set, against what is possible")
    .argument("<set>", "its id")
    .action((set: string, _: object, command: Command) =>
      withSession(command, async ({ hyperface, answer }) => {
        const sets = set.startsWith("pak_") ? hyperface.packings : hyperface.galleries;
        const certificate = await sets.certificate(set);
        const { count, dimension, maxCosine, pair, meanNearestCosine, gap, unique } = certificate;
        answer(certificate, [
          `${set}: ${count} vectors of ${dimension} numbers`,
          `largest cosine ${maxCosine.toFixed(4)} (${pair.join(" and ")}), ${gap.toFixed(4)} above the best bound`,
          `mean nearest cosine ${meanNearestCosine.toFixed(4)}`,
          ...unique.map(({ threshold, count: below }) => `nearest below ${threshold}: ${below}`),
        ]);
      }),
    );
}
