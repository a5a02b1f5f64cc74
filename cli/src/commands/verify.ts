import type { Command } from "commander";
import { withSession } from "../session.ts";
import { whole } from "../usage.ts";

/** Rows of one request. */
const BATCH = 64;
/** Exit code where an image is another. */
const DIFFERENT = 3;

export function addVerify(program: Command): void {
  program
    .command("verify")
    .description("make a dataset's images again, and compare them byte for byte")
    .argument("<dataset>", "its id")
    .option("--count <n>", "images, spread over the dataset; all where this is not given", whole(1))
    .action((id: string, { count }: { count?: number }, command: Command) =>
      withSession(command, async ({ hyperface, progress, answer }) => {
        const { made } = await hyperface.datasets.get(id);
        const step = count ? Math.max(1, Math.floor(made / count)) : 1;
        const total = Math.min(count ?? made, Math.ceil(made / step));
        const bar = progress.start("verify", total);
        let checked = 0;
        const different: { key: string }[] = [];
        for (let first: number | null = 0; first !== null && checked < total; ) {
          const request = { first, step, count: Math.min(BATCH, total - checked) };
          const found = await hyperface.datasets.verify(id, request);
          checked += found.checked;
          different.push(...found.different);
          bar.update(checked);
          first = found.next;
        }
        const equal = checked - different.length;
        answer({ dataset: id, checked, equal, different }, [
          `${equal} of ${checked} images of ${id} came out byte for byte`,
          ...different.map(({ key }) => `different: ${key}`),
        ]);
        if (different.length > 0) process.exitCode = DIFFERENT;
      }),
    );
}
