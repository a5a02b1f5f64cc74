import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAll } from "@hyperface/all";
import { createHyperFace, type HyperFace } from "@hyperface/sdk";
import { createLogger } from "@hyperface/service-kit";

/** The environment of deploy/Dockerfile, for a server whose memory is measured. */
export const AS_DEPLOYED = { MALLOC_ARENA_MAX: "2" };

/** Runs `measure` on services of its own, which start empty and are gone afterwards. */
export async function withServices<T>(measure: (hyperface: HyperFace) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "hyperface-bench-"));
  // Patient, for a busy machine.
  const variables = {
    ...{ PORT: "0", HOST: "127.0.0.1", HYPERFACE_HOME: home },
    SERVICE_TIMEOUT_SECONDS: "150",
  };
  const server = await startAll(variables, createLogger("bench", "warn"));
  try {
    return await measure(createHyperFace({ baseUrl: server.url, fetch: fetchAgain }));
  } finally {
    await server.close();
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * A bench that computes holds the thread that it shares with the server: an idle connection that the
 * server gives up meanwhile is found closed at the next request, which is then sent once more.
 */
const fetchAgain: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const again = request.clone();
  return fetch(request).catch((error: Error) => {
    console.error(`sent again: ${error.message} (${error.cause})`);
    return fetch(again);
  });
};
