/** A set of faces to train on: of identities `draw`, as a query of its images says. */
export interface TrainingSet {
  name: string;
  /** What its identities are: packed ones, uniform random ones, or people of a folder. */
  references: "packed" | "random" | { folder: string };
  /** Query of every image, as the gateway takes it: beta, seed, ... */
  query: Record<string, string>;
}

export const DEFAULT_SETS = ["packed=", "random=references=random"];

/**
 * `NAME=QUERY`, where QUERY is what stands behind an image's `?`; `references=random` in it takes
 * random unit vectors for the packed ones, `folder=PATH` photographs, a folder for each person.
 * @throws Error where a set has no name or other references than these
 */
export function parseSet(text: string): TrainingSet {
  const at = text.indexOf("=");
  if (at < 1) throw new Error(`--set ${text}: write it as NAME=QUERY, e.g. noisy=beta=0.02`);
  const parameters = new URLSearchParams(text.slice(at + 1));
  const references = parameters.get("references") ?? "packed";
  const folder = parameters.get("folder");
  if (references !== "packed" && references !== "random") {
    throw new Error(`--set ${text}: references are packed or random`);
  }
  parameters.delete("references");
  parameters.delete("folder");
  return {
    name: text.slice(0, at),
    references: folder === null ? references : { folder },
    query: Object.fromEntries(parameters),
  };
}
