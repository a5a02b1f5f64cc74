import { type Dataset, type DatasetSeconds, ServiceAway } from "@hyperface/contracts";
import { joinRows } from "@hyperface/vectors";
import { eq } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { datasetParts, datasets } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { forgetKey, reserveSliceKey } from "../../jobs/objects.ts";
import type { Slice } from "../../jobs/slice.ts";
import type { DatasetSlice } from "./advance.ts";
import { findDataset } from "./get.ts";
import { encodePart, type Part } from "./part.ts";
import type { Range } from "./ranges.ts";
import { openRecipe, type Recipe } from "./recipe.ts";
import { makeSamples, type Outcome, samplesFrom } from "./samples.ts";

/** Samples made together, and how many such groups of a piece at once: while one is embedded the next is drawn. */
const GROUP = 8;
const GROUPS_AT_ONCE = 2;

/** Samples of a piece, as many as a slice runs for, as one part. */
export async function makeImages(
  deps: Dependencies,
  { job, dataset }: Pick<DatasetSlice, "job" | "dataset">,
  range: Range,
  signal: AbortSignal,
): Promise<Slice> {
  const recipe = await openRecipe(deps, dataset);
  const { outcomes, seconds } = await makeForSlice(deps, recipe, range, signal);
  const part = toPart(outcomes, recipe.packing.dimension);
  const started = performance.now();
  const objectKey = await reserveSliceKey(deps.db, `datasets/${dataset.id}/parts`, job);
  await deps.store.put(objectKey, encodePart(part, recipe.packing.model));
  seconds.write += (performance.now() - started) / 1000;
  const samples = outcomes.length;
  const images = part.rows.length;
  const attempts = outcomes.reduce((sum, outcome) => sum + attemptsOf(outcome), 0);
  const bytes = part.rows.reduce((sum, row) => sum + row.bytes, 0);
  const added = { made: images, missing: part.missing.length, attempts, bytes };
  const start = range.start + samples;
  return {
    completed: samples,
    done: start === range.end,
    state: { ...range, start },
    needs: [],
    async record(transaction) {
      await transaction
        .insert(datasetParts)
        .values({ datasetId: dataset.id, start: range.start, samples, images, objectKey });
      await forgetKey(transaction, objectKey);
      await addToDataset(transaction, dataset.id, added, seconds);
    },
    async event(transaction) {
      const { made, missing, attempts: all } = await findDataset({ db: transaction }, dataset.id);
      return { images: { made, missing, attempts: all } };
    },
  };
}

type Counts = Pick<Dataset, "made" | "missing" | "attempts" | "bytes">;

/** Adds to what a dataset's row counts, while its job is locked: others add to it too. */
export async function addToDataset(
  transaction: Database,
  id: string,
  added: Partial<Counts>,
  seconds: DatasetSeconds,
): Promise<void> {
  const dataset = await findDataset({ db: transaction }, id);
  const counts = Object.entries(added).map(([name, count]) => {
    return [name, dataset[name as keyof Counts] + count] as const;
  });
  await transaction
    .update(datasets)
    .set({ ...Object.fromEntries(counts), seconds: addSeconds(dataset.seconds, seconds) })
    .where(eq(datasets.id, id));
}

/**
 * Groups until the slice's time is over, or a service has too much to do or is away: then those that are done
 * before the first that is not. The samples that are done follow each other.
 */
export async function makeForSlice(
  deps: Dependencies,
  recipe: Recipe,
  { start, end }: Range,
  signal: AbortSignal,
): Promise<{ outcomes: Outcome[]; seconds: DatasetSeconds }> {
  const seconds = { ...NO_SECONDS };
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const until = performance.now() + deps.sliceSeconds * 1000;
  const groups: (Outcome[] | undefined)[] = [];
  let away: ServiceAway | undefined;
  let next = start;
  const work = async () => {
    do {
      const count = Math.min(GROUP, end - next);
      if (count === 0) return;
      const samples = samplesFrom(recipe.spec, next, count);
      const place = groups.push(undefined) - 1;
      next += count;
      try {
        groups[place] = await makeSamples(deps, recipe, samples, { signal: either, seconds });
      } catch (error) {
        if (!(error instanceof ServiceAway)) throw error;
        away = error;
      }
    } while (performance.now() < until && !away);
  };
  try {
    await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, work));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  const gap = groups.indexOf(undefined);
  if (gap === 0) throw away;
  const done = gap < 0 ? groups : groups.slice(0, gap);
  return { outcomes: done.flatMap((group) => group ?? []), seconds };
}

/** Kept images and missing samples, in order. */
export function toPart(outcomes: readonly Outcome[], dimension: number): Part {
  const kept = outcomes.flatMap((outcome) => ("image" in outcome ? [outcome.image] : []));
  return {
    rows: kept.map(({ row }) => row),
    missing: outcomes.flatMap((outcome) => ("missing" in outcome ? [outcome.missing] : [])),
    images: kept.map(({ bytes }) => bytes),
    embeddings: joinRows(
      kept.map(({ embedding }) => embedding),
      dimension,
    ),
    dimension,
  };
}

const attemptsOf = (outcome: Outcome) =>
  "image" in outcome ? outcome.attempts : outcome.missing.reasons.length;

export const NO_SECONDS: DatasetSeconds = { generate: 0, embed: 0, write: 0 };

const addSeconds = (a: DatasetSeconds, b: DatasetSeconds): DatasetSeconds => ({
  generate: a.generate + b.generate,
  embed: a.embed + b.embed,
  write: a.write + b.write,
});
