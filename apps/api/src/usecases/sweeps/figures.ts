import type { DatasetCertificate, Packing, SweepFigures } from "@hyperface/contracts";

/** Thresholds at which a cell's figures are read off its certificate. */
const UNIQUE_BELOW = 0.4;
const FALSE_MATCH_RATE = 1e-3;

/** A cell's row of figures, from its dataset's certificate and its packing. */
export function figuresOf(
  { made, promised, attemptsPerImage, images, separation }: DatasetCertificate,
  { metrics }: Pick<Packing, "metrics">,
): SweepFigures {
  const { between, within, verification } = separation;
  const unique = between?.unique.find(({ threshold }) => threshold === UNIQUE_BELOW);
  const point = verification?.roc.find(({ falseMatchRate }) => falseMatchRate === FALSE_MATCH_RATE);
  const error = verification?.equalErrorRate;
  return {
    made,
    missing: promised - made,
    attemptsPerImage,
    packingMaxCosine: metrics?.maxCosine ?? null,
    packingNearestCosine: metrics?.nearestCosine.mean ?? null,
    packingRegulariser: metrics?.regulariser ?? null,
    centreMaxCosine: between?.maxCosine ?? null,
    centreNearestCosine: between?.nearest.mean ?? null,
    uniqueIdentities: unique?.count ?? null,
    similarity: images.similarity?.mean ?? null,
    otherSimilarity: images.nearestOtherSimilarity?.mean ?? null,
    consistency: within?.consistency.mean ?? null,
    diversity: within?.diversity.mean ?? null,
    equalErrorRate: error?.mean ?? null,
    equalErrorRateLow: error?.low ?? null,
    equalErrorRateHigh: error?.high ?? null,
    trueMatchRate: point?.trueMatchRate.mean ?? null,
    quality: images.quality?.mean ?? null,
  };
}
