import { HyperFaceError } from "@hyperface/contracts";
import type { Context } from "hono";

/**
 * Refuses a client's request where there are too many.
 * @returns what is done once it is answered, where there is anything to do
 * @throws HyperFaceError `rate-limited`
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most limits have nothing to do afterwards.
export type Limit = (c: Context, client: string) => Promise<(() => void) | void>;

export interface Quota {
  name: "requests" | "bytes" | "at-once";
  /** How many; of what, where that is not requests. */
  q: number;
  unit?: "content-bytes" | "concurrent-requests";
  /** Seconds of its window. */
  w?: number;
}

/** Says a quota, and what is left of it, by the headers of draft-ietf-httpapi-ratelimit-headers. */
export function tellQuota(c: Context, quota: Quota, left: number, seconds?: number): void {
  const { name, q, unit, w } = quota;
  const parameters = [`q=${q}`, ...(unit ? [`qu="${unit}"`] : []), ...(w ? [`w=${w}`] : [])];
  const reset = seconds === undefined ? "" : `;t=${seconds}`;
  // Whatever answer is made then takes them over, another service's that is passed on too.
  c.res.headers.append("ratelimit-policy", `"${name}";${parameters.join(";")}`);
  c.res.headers.append("ratelimit", `"${name}";r=${left}${reset}`);
}

export function tooMuch(c: Context, seconds: number, detail: string): HyperFaceError {
  c.header("retry-after", `${seconds}`);
  return new HyperFaceError("rate-limited", `${detail}: go on in ${seconds} s`);
}
