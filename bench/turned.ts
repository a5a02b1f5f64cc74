import { cosine } from "@hyperface/hypersphere";
import sharp from "sharp";
import { withEmbedder } from "./embedder.ts";
import { exists, facesFolder, readHeldOut } from "./photographs.ts";

const FACES = 28;
const TURNS = [90, 180, 270];
/** Sides of a portrait, pixels. */
const SIDES = [256, 128];
/** Cosine to the upright portrait's embedding from which on a face is the same. */
const SAME = 0.9;

/** Portraits turned without an EXIF that says so: how many give the embedding that they give upright, another, or none. */
export async function benchTurned() {
  if (!(await exists(facesFolder()))) return { skipped: "there are no portraits: see FACES" };
  const portraits = await readHeldOut();
  const step = Math.floor(portraits.length / FACES);
  const chosen = Array.from({ length: FACES }, (_, k) => portraits[k * step]);
  const counts = { same: 0, silentlyWrong: 0, notFound: 0 };
  const wrong: object[] = [];
  const cosines: number[] = [];
  await withEmbedder(async (embed) => {
    for (const portrait of chosen) {
      for (const side of SIDES) {
        const upright = await sharp(portrait?.bytes).resize(side, side).png().toBuffer();
        const expected = (await embed(upright))?.embedding;
        if (!expected) throw new Error(`${portrait?.name} at ${side} pixels shows no face upright`);
        for (const turn of TURNS) {
          const found = (await embed(await sharp(upright).rotate(turn).png().toBuffer()))
            ?.embedding;
          const similarity = found && cosine(found, expected);
          if (similarity === undefined) counts.notFound += 1;
          else if (similarity > SAME) counts.same += 1;
          else counts.silentlyWrong += 1;
          if (similarity !== undefined) cosines.push(similarity);
          if (!(Number(similarity) > SAME)) {
            wrong.push({ portrait: portrait?.name, side, turn, cosine: similarity ?? null });
          }
        }
      }
    }
  });
  const pictures = FACES * SIDES.length * TURNS.length;
  return {
    ...{ portraits: FACES, sides: SIDES, turns: TURNS, pictures },
    ...{ sameShare: counts.same / pictures, ...counts },
    smallestCosine: Math.min(...cosines),
    wrong,
  };
}
