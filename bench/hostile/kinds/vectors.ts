import { writeNpy } from "../npy.ts";
import { type Answer, json, type Kind, post, succeeds, type Target, upload } from "../request.ts";
import { corruptSafetensors } from "../safetensors.ts";

const sameRows = ({ isOtherThanRows }: Target) => ({
  isSilentChange: async (answer: Answer) => succeeds(answer) && isOtherThanRows(json(answer).id),
});

/** Vectors in files and in JSON. */
export const VECTORS: Record<string, Kind> = {
  npy(chance, target) {
    const { file, readable } = writeNpy(target.rows, target.columns, chance);
    return upload(file, "x-npy", { ...sameRows(target), right: readable ? [201] : [400, 422] });
  },
  damagedNpy(chance, { rows, columns }) {
    const { file } = writeNpy(rows, columns, chance);
    for (let k = chance.whole(1, 3); k > 0; k--) file[chance.whole(0, 127)] = chance.whole(0, 255);
    return upload(
      file.subarray(0, chance.of([file.length, chance.whole(0, file.length)])),
      "x-npy",
    );
  },
  safetensors(chance, target) {
    const { file, readable } = corruptSafetensors(target.rows, target.columns, chance);
    const right = readable ? [201] : [400, 422];
    return upload(file, "vnd.safetensors", { ...sameRows(target), right });
  },
  oddVectors(chance) {
    const value = chance.of([0, 1e308, -1e308, 5e-324, 1e39, "1", null]);
    const odd = Array.from({ length: chance.of([512, 511, 2, 0]) }, () => value);
    const good = Array.from({ length: 512 }, (_, k) => (k === 7 ? 1 : 0));
    const embeddings = chance.of([[odd], [good, odd], [odd, good]]);
    const finite = typeof value === "number" && value !== 0 && odd.length === 512;
    const right = finite ? [201] : [400, 422];
    return post("/v1/galleries", { source: "upload", embeddings }, { right });
  },
};
