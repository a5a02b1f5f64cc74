import type { Command } from "commander";
import { follow, withSession } from "../session.ts";
import { decimal, whole } from "../usage.ts";

interface Options {
  count: number;
  near?: string;
  alpha?: number;
  seed: number;
  iterations?: number;
  budgetSeconds?: number;
  extends?: string;
}

export function addPack(program: Command): void {
  program
    .command("pack")
    .description("reference embeddings as far apart as they go (Eq. 2)")
    .requiredOption("--count <n>", "identities", whole(1))
    .option("--near <set>", "the gallery to stay near, by its id")
    .option("--alpha <x>", "weight of the gallery; 0 without one", decimal)
    .option("--seed <n>", "seed", whole(0), 0)
    .option("--iterations <n>", "steps", whole(0))
    .option("--budget-seconds <x>", "anneal for so long instead; not the same again", decimal)
    .option("--extends <set>", "a set whose vectors come first and do not move")
    .action(({ alpha, near, ...options }: Options, command: Command) =>
      withSession(command, async (session) => {
        const { packings } = session.hyperface;
        const weight = alpha ?? (near ? undefined : 0);
        const { id, jobId } = await packings.create({
          ...options,
          ...(near ? { near } : {}),
          ...(weight === undefined ? {} : { alpha: weight }),
        });
        await follow(session, jobId, "packing");
        const packing = await packings.get(id);
        const largest = packing.metrics?.maxCosine.toFixed(4);
        session.answer(packing, [`${id}  ${packing.count} identities, largest cosine ${largest}`]);
      }),
    );
}
