import type { HyperFace } from "@hyperface/sdk";
import type { BenchmarkOptions } from "./options.ts";
import { exists, londonFolder } from "./photographs.ts";
import { withServices } from "./services.ts";
import { mean } from "./statistics.ts";
import { tenFolds } from "./ten-folds.ts";
import { facesOf, IDENTITIES, IMAGES } from "./utility/faces.ts";
import { areaUnderCurve, pairedBootstrap, rank } from "./utility/score.ts";
import { DEFAULT_SETS, parseSet, type TrainingSet } from "./utility/sets.ts";
import { type Trained, train } from "./utility/train.ts";
import { londonPairs, type View } from "./utility/verification.ts";

const STEPS = 400;
const DRAWS = 2;
const SEEDS = [0, 1];

/** A set's recognisers: each draw of identities with each seed, in one order for all sets. */
interface Trainings {
  set: TrainingSet;
  images: number;
  runs: Trained[];
}

/**
 * What images are worth to a trainer (the paper's Table 15, in miniature): a small recogniser trained
 * on each set, and how well it tells people apart whom nobody trained on. The first set is what the
 * others are compared with.
 * @param sets as parseSet reads them
 * @param draws how many times other identities are drawn
 */
export async function benchUtility({ sets = DEFAULT_SETS, draws = DRAWS }: BenchmarkOptions) {
  const wanted = sets.map(parseSet);
  const { PYTHON: python } = process.env;
  if (!python)
    return { skipped: "PYTHON names an interpreter with bench/utility/requirements.txt" };
  if (!(await exists(londonFolder()))) {
    return { skipped: `no folder ${londonFolder()}: LONDON names the photographs to verify on` };
  }
  return withServices((hyperface) => measure(hyperface, python, wanted, draws));
}

async function measure(
  hyperface: HyperFace,
  python: string,
  sets: readonly TrainingSet[],
  draws: number,
) {
  const { generators } = await hyperface.models.list();
  const generator = generators.find(({ name }) => name === "default");
  const { canvases: verify, ...photographs } = await londonPairs(hyperface);
  const trainings = sets.map((set): Trainings => ({ set, images: 0, runs: [] }));
  for (let draw = 1; draw <= draws; draw++) {
    for (const training of trainings) {
      const { set, runs } = training;
      const faces = await facesOf(hyperface, set, draw);
      training.images = faces.length;
      const trained = SEEDS.map((seed) => train(python, { faces, verify, seed, steps: STEPS }));
      runs.push(...(await Promise.all(trained)));
      const areas = areasOf(runs, "poor").join(" ");
      console.error(`${set.name}, draw ${draw}: areas under the curve, poor camera: ${areas}`);
    }
  }
  const untrained = await Promise.all(
    SEEDS.map((seed) => train(python, { faces: [], verify, seed, steps: 0 })),
  );
  const [first, ...others] = trainings as [Trainings, ...Trainings[]];
  return {
    generator: { version: generator?.version, sha256: generator?.sha256 },
    torch: first.runs[0]?.torch,
    protocol: { identities: IDENTITIES, images: IMAGES, steps: STEPS, draws, seeds: SEEDS },
    verification: { name: "Face Research Lab London Set", ...photographs },
    sets: trainings.map(figuresOf),
    untrained: viewsOf(untrained),
    differences: others.map((other) => compare(other, first)),
  };
}

function figuresOf({ set, images, runs }: Trainings) {
  return {
    ...set,
    images,
    ...viewsOf(runs),
    losses: runs.map(({ loss }) => loss),
    trainingAccuracies: runs.map(({ trainingAccuracy }) => trainingAccuracy),
    cpuSeconds: mean(runs.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

const viewsOf = (runs: readonly Trained[]) => ({
  smiling: figuresOfView(runs, "smiling"),
  poor: figuresOfView(runs, "poor"),
});

function figuresOfView(runs: readonly Trained[], view: View) {
  const areas = areasOf(runs, view);
  const accuracies = runs.map(({ similarities }) => tenFolds(similarities[view]).accuracy);
  return { area: mean(areas), accuracy: mean(accuracies), areas, accuracies };
}

const areasOf = (runs: readonly Trained[], view: View) =>
  rankedOf(runs, view).map((ranked) => areaUnderCurve(ranked));
const rankedOf = (runs: readonly Trained[], view: View) =>
  runs.map(({ similarities }) => rank(similarities[view]));

/** The area under the curve of one set less another's; `ofRuns` shows what draws and seeds do to it. */
function compare(set: Trainings, from: Trainings) {
  const differ = (view: View) => {
    const less = areasOf(from.runs, view);
    return {
      area: pairedBootstrap(rankedOf(set.runs, view), rankedOf(from.runs, view)),
      ofRuns: areasOf(set.runs, view).map((area, i) => area - (less[i] as number)),
    };
  };
  return {
    set: set.set.name,
    from: from.set.name,
    smiling: differ("smiling"),
    poor: differ("poor"),
  };
}
