/** What ends what a test file started. Each may be called again once it has ended. */
const ends = new Set<() => Promise<unknown>>();

/** Ends all of it, the last started first. With a test file by itself (setup.ts); who started it without a runner, as a benchmark, calls this. */
export async function endLeftovers(): Promise<void> {
  const all = [...ends].reverse();
  ends.clear();
  for (const end of all) await end();
}

/** Has `end` called at the end of the test file, whatever becomes of its tests. */
export const endWithFile = (end: () => Promise<unknown>): void => {
  ends.add(end);
};
