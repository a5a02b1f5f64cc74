import { readFileSync } from "node:fs";

/** A sample of a metric, as Prometheus's text format has it. */
interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Every sample that the processes tell of. */
export async function scrape(urls: readonly string[]): Promise<Sample[]> {
  const texts = urls.map(async (url) => (await fetch(`${url}/metrics`)).text());
  return (await Promise.all(texts)).flatMap(parse);
}

/** Items of a service's queue that wait, and those that were ever begun. */
export async function queueOf(urls: readonly string[], queue: string) {
  const samples = await scrape(urls);
  const read = (name: string) =>
    samples.find((sample) => sample.name === name && sample.labels.queue === queue)?.value ?? 0;
  return { waiting: read("queue_waiting_items"), begun: read("queue_batch_items_sum") };
}

const parse = (text: string): Sample[] =>
  [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = "", labels = "", value]) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]),
    ),
    value: Number(value),
  }));

const FILE = new URL("../deploy/grafana/hyperface.json", import.meta.url);
/** What Prometheus adds to every sample that it reads. */
const SCRAPED = ["instance", "job_name"];

/** What each query of the dashboard reads: a metric, and the labels it groups or filters by. */
export function dashboardQueries(): { metric: string; labels: string[] }[] {
  const { panels } = JSON.parse(readFileSync(FILE, "utf8")) as {
    panels: { targets: { expr: string }[] }[];
  };
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return queries.flatMap((query) => {
    const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = ""]) =>
      names.split(", "),
    );
    const filtered = [...query.matchAll(/(\w+)=~?"/g)].map(([, name = ""]) => name);
    const labels = [...new Set([...grouped, ...filtered])].filter(
      (name) => !SCRAPED.includes(name),
    );
    const bare = query.replace(/by \([^)]*\)/g, "");
    return [...bare.matchAll(/\b([a-z_]{6,})(?=[[{)]|$)/g)].map(([, metric = ""]) => ({
      metric,
      labels,
    }));
  });
}
