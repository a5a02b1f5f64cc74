import type { ComparedPair, ComparisonResult, ComparisonSliceRequest } from "@hyperface/contracts";
import { rowDot } from "@hyperface/vectors";
import { clampCosine } from "../packing/kernels/kernels.ts";
import {
  BINS,
  binOf,
  binOfShare,
  coarser,
  countFrom,
  countOf,
  emptyHistogram,
  lowerEdge,
} from "./cosine-histogram.ts";
import type { RowsFile } from "./rows-file.ts";
import type { ComparisonState } from "./state.ts";

/** Bins of the histograms that are told. */
const TOLD_BINS = 256;

/** What a finished comparison found. */
export async function summarise(
  { sha256, impostors, pairs, nearest, top: found }: ComparisonState,
  { topK, falseAcceptRate }: ComparisonSliceRequest,
  set: RowsFile,
  reference: RowsFile,
): Promise<ComparisonResult> {
  const impostorPairs = countOf(impostors);
  const bin = impostorPairs === 0 ? BINS : binOfShare(impostors, falseAcceptRate);
  const ofVectors = emptyHistogram();
  for (const cosine of nearest) {
    const at = binOf(cosine);
    ofVectors[at] = (ofVectors[at] as number) + 1;
  }
  const top = await inFloat64(found, set, reference);
  return {
    sha256,
    count: set.count,
    referenceCount: reference.count,
    pairs: countOf(pairs),
    impostorPairs,
    threshold: impostorPairs === 0 ? null : lowerEdge(bin),
    falseAccepts: countFrom(impostors, bin),
    pairsAbove: countFrom(pairs, bin),
    vectorsAbove: countFrom(ofVectors, bin),
    largestCosine: top[0]?.cosine ?? -1,
    histograms: {
      pairs: coarser(pairs, TOLD_BINS),
      impostors: coarser(impostors, TOLD_BINS),
      nearest: coarser(ofVectors, TOLD_BINS),
    },
    top: top.slice(0, topK),
  };
}

/** The nearest pairs by their cosines in float64; of equal ones the smaller indices first. */
async function inFloat64(
  { index, reference }: ComparisonState["top"],
  set: RowsFile,
  references: RowsFile,
): Promise<ComparedPair[]> {
  const found: ComparedPair[] = [];
  for (const [k, i] of index.entries()) {
    const j = reference[k] as number;
    const [a, b] = await Promise.all([set.read(i, 1), references.read(j, 1)]);
    found.push({ index: i, reference: j, cosine: clampCosine(rowDot(a, 0, b, 0)) });
  }
  return found.sort(
    (a, b) => b.cosine - a.cosine || a.index - b.index || a.reference - b.reference,
  );
}
