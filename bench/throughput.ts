import { median } from "./statistics.ts";

const ROUNDS = 7;
const SECONDS = 2;

/** Something to measure: a run, how many images it makes, and how many are under way at once. */
export interface Contender {
  run: (k: number) => Promise<unknown>;
  images: number;
  atOnce: number;
}

export interface Throughput {
  imagesPerSecond: number;
  cpuMilliseconds: number;
}

/** Each in turn, round by round, so that what else the machine does falls on all; medians of what `read` says of a round. */
export async function compareThroughput<K extends string>(contenders: Record<K, Contender>) {
  const names = Object.keys(contenders) as K[];
  for (const { run, atOnce } of Object.values<Contender>(contenders)) {
    await Promise.all(Array.from({ length: 2 * atOnce }, (_, k) => run(k)));
  }
  const rounds: Record<K, Throughput>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const found = {} as Record<K, Throughput>;
    for (const name of names) found[name] = await measure(contenders[name]);
    rounds.push(found);
  }
  return (read: (round: Record<K, Throughput>) => number) => median(rounds.map(read));
}

async function measure({ run, images, atOnce }: Contender): Promise<Throughput> {
  let runs = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const work = async () => {
    while (performance.now() - started < 1000 * SECONDS) await run(runs++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    imagesPerSecond: (runs * images) / seconds,
    cpuMilliseconds: (user + system) / 1000 / (runs * images),
  };
}
