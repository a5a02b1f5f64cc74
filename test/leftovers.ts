/** What ends what a test file started. Each may be called again once it has ended. */
const ends = new Set<() => Promise<unknown>>();

/** Ends all of it, the last started first. */
export async function endLeftovers(): Promise<void> {
  const all = [...ends].reverse();
  ends.clear();
  for (const end of all) await end();
}

// Registered by the file that imports this: it runs after that file's own, even where a beforeAll failed half way.
// Without a runner, as in a benchmark, who started it calls endLeftovers.
if (process.env.VITEST) (await import("vitest")).afterAll(endLeftovers);

/** Has `end` called at the end of the test file, whatever becomes of its tests. */
export const endWithFile = (end: () => Promise<unknown>): void => {
  ends.add(end);
};
