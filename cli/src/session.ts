import { createHash } from "node:crypto";
import { createHyperFace, type HyperFace, type Job } from "@hyperface/sdk";
import type { Command } from "commander";
import { createProgress } from "./progress.ts";

export interface GlobalOptions {
  url?: string;
  home?: string;
  json?: boolean;
}

export interface Session {
  hyperface: HyperFace;
  progress: ReturnType<typeof createProgress>;
  /** A command's answer: the object with --json, else the lines. */
  answer(result: object, lines: readonly string[]): void;
}

/** Runs a command against the server of --url, or one of its own that ends with it. */
export async function withSession(
  command: Command,
  run: (session: Session) => Promise<void>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const server = options.url ? undefined : await startServer(options);
  const progress = createProgress();
  const answer: Session["answer"] = (result, lines) => {
    progress.stop();
    console.log(options.json ? JSON.stringify(result) : lines.join("\n"));
  };
  const hyperface = createHyperFace({
    baseUrl: (options.url ?? server?.url) as string,
    apiKey: process.env.HYPERFACE_API_KEY,
  });
  try {
    await run({ hyperface, progress, answer });
  } finally {
    progress.stop();
    await server?.close();
  }
}

async function startServer({ home }: GlobalOptions) {
  // Two seconds of a core to load, for nothing where a server runs already.
  const [{ startAll }, { createLogger }] = await Promise.all([
    import("@hyperface/all"),
    import("@hyperface/service-kit"),
  ]);
  const variables = { ...process.env, PORT: "0", HOST: "127.0.0.1" };
  const own = home ? { ...variables, HYPERFACE_HOME: home } : variables;
  return startAll(own, createLogger("hyperface", "warn"));
}

/** Follows a job to its end on a bar; one that failed is tried once more from where it stood. */
export async function follow(
  { hyperface: { jobs }, progress }: Session,
  jobId: string,
  label: string,
  note: (event: { images?: { made: number; missing: number } }) => string = () => "",
): Promise<Job> {
  const { total, status } = await jobs.get(jobId);
  if (status === "failed") await jobs.retry(jobId);
  const bar = progress.start(label, total);
  const job = await jobs.wait(jobId, (event) => {
    if (event.type === "progress") bar.update(event.completed, note(event));
  });
  bar.update(total);
  return job;
}

/** A request's key, by which the same command again goes on with what it made before. */
export const again = (what: string, request: object) => {
  const digest = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  return { idempotencyKey: `cli-${what}-${digest}` };
};
