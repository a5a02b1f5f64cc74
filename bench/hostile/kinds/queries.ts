import { ODD_NUMBERS, ODD_TEXT } from "../odd.ts";
import { imagePath, type Kind, succeeds } from "../request.ts";

/** Names and values in a URL that stand for nothing. */
export const QUERIES: Record<string, Kind> = {
  oddNumber(chance, target) {
    const name = chance.of(["beta", "size", "seed", "draw", "yaw"]);
    return {
      path: imagePath(target, `${name}=${chance.of(ODD_NUMBERS)}`),
      isSilentChange: succeeds,
    };
  },
  misspeltQuery(chance, target) {
    const name = chance.of(["betta", "sed", "Size", "beta[]", "limit", "constructor"]);
    return { path: imagePath(target, `${name}=1`), isSilentChange: succeeds };
  },
  twiceInQuery: (chance, target) => ({
    path: imagePath(target, chance.of(["beta=0&beta=1", "size=64&size=32", "seed=1&seed=1"])),
    isSilentChange: succeeds,
  }),
  oddId(chance) {
    const id = encodeURIComponent(
      chance.of([...ODD_TEXT.filter((text) => text.isWellFormed()), "gal_", "pak_0"]),
    );
    const noun = chance.of(["galleries", "packings", "jobs", "datasets"]);
    return {
      path: `/v1/${noun}/${id}${chance.of(["", "/embeddings", "/events"])}`,
      method: chance.of(["GET", "DELETE"]),
      isSilentChange: succeeds,
    };
  },
  oddList(chance) {
    const query = chance.of([
      `cursor=${Buffer.from(chance.bytes(20)).toString("base64url")}`,
      `sort=name&cursor=${Buffer.from("gal_a \u0000").toString("base64url")}`,
      `createdAfter=${chance.of(["0000-01-01T00:00:00Z", "yesterday", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z"])}`,
      `name=${encodeURIComponent(chance.of(["%", "_", "\\", "'", "🙂"]))}`,
      `limit=${chance.of(ODD_NUMBERS)}`,
    ]);
    return { path: `/v1/${chance.of(["galleries", "packings", "datasets"])}?${query}` };
  },
};
