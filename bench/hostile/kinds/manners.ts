import { imagePath, JSON_TYPE, type Kind, picture, post, succeeds, upload } from "../request.ts";

/** HTTP spoken oddly: headers, repeats, and clients that leave. */
export const MANNERS: Record<string, Kind> = {
  entityTag(chance, target) {
    const tag = target.imageTag;
    const [known, right] = chance.of([
      [tag, [304]],
      [`W/${tag}`, [304]],
      [`"x", W/${tag}`, [304]],
      ["*", [304]],
      [`"${"x".repeat(43)}"`, [200]],
      [tag.replaceAll('"', ""), [200, 304, 400]],
      [`w/${tag}`, [200, 304, 400]],
      [`${tag}${tag}`, [200, 304, 400]],
    ] as [string, number[]][]);
    return { path: imagePath(target, "size=64"), headers: { "if-none-match": known }, right };
  },
  accept(chance, target) {
    const [accept, media] = chance.of([
      ["image/png;q=0, */*", ["image/webp", "image/jpeg"]],
      ["image/webp;q=0.9, image/png;q=0.1", ["image/webp"]],
      ["IMAGE/JPEG", ["image/jpeg"]],
      ["*/*;q=0", []],
      ["text/csv", []],
    ] as [string, string[]][]);
    return {
      path: imagePath(target, "size=64"),
      headers: { accept },
      right: media.length > 0 ? [200] : [406],
      isSilentChange: (answer) =>
        succeeds(answer) && !media.includes(answer.headers.get("content-type") ?? ""),
    };
  },
  finishedEvents(chance, { finishedJob, lastEvent }) {
    const [id, right] = chance.of([
      [String(lastEvent), [204]],
      [String(lastEvent + 1), [200, 204, 400]],
      [String(lastEvent - 1), [200]],
      [chance.of(["-1", "x", "1e0", "9".repeat(30), "0x1"]), [200, 204, 400]],
    ] as [string, number[]][]);
    return { path: `/v1/jobs/${finishedJob}/events`, headers: { "last-event-id": id }, right };
  },
  repeatedKey(chance, target) {
    const [query, body, right] = chance.of([
      ["?name=first", target.upload, [201]],
      ["?name=other", target.upload, [422]],
      ["", target.upload, [422]],
      ["?name=first", target.upload.map((byte, k) => (k === 2000 ? byte ^ 1 : byte)), [422]],
    ] as [string, Uint8Array, number[]][]);
    const request = upload(body, "x-npy", { right });
    const headers = { ...request.headers, "idempotency-key": target.usedKey };
    return { ...request, path: `/v1/galleries${query}`, headers };
  },
  preference(chance, { gallery }) {
    const [prefer, right] = chance.of([
      ["Wait=20", [201]],
      ["wait = 20", [201]],
      ["respond-async, WAIT=20", [201]],
      ['wait="20"', [201]],
      ["wait=-1", [201, 202, 400]],
      ["wait=1e9", [201, 202, 400]],
    ] as [string, number[]][]);
    const body = { near: gallery, count: 4, iterations: 0, seed: chance.whole(0, 1e6) };
    return post("/v1/packings", body, { headers: { ...JSON_TYPE, prefer }, right });
  },
  /** Seven or fewer random points may happen to be a right angle apart. */
  impossiblePacking: (chance, { gallery }) =>
    post(
      "/v1/packings",
      { near: gallery, count: chance.whole(8, 20), start: "random", minimumDistance: 1 },
      { headers: { ...JSON_TYPE, prefer: "wait=20" }, right: [400, 422] },
    ),
  oddForm(chance, { face }) {
    const text = face.toString("latin1");
    const part = (name: string, type: string, content: string) =>
      `--b\r\ncontent-disposition: form-data; name="${name}"; filename="a"\r\ncontent-type: ${type}\r\n\r\n${content}\r\n`;
    const [body, right] = chance.of([
      [`${part("images", "image/png", text)}--b--`, [200]],
      [`${part("image", "image/png", text)}--b--`, [400]],
      [part("images", "image/png", text), [200, 400]],
      ["--c--", [400]],
      ["", [400]],
      [`${part("images", "image/png", "")}--b--`, [400, 422]],
      [`--b\r\ncontent-disposition: form-data; name="images"\r\n\r\ntext\r\n--b--`, [400]],
    ] as [string, number[]][]);
    return picture(Buffer.from(body, "latin1"), "", {
      headers: { "content-type": "multipart/form-data; boundary=b" },
      right,
    });
  },
  oddHeaders(chance, target) {
    const junk = chance.of([
      "",
      "*",
      ",,,",
      '"',
      "W/",
      "a=b;q=",
      "é".normalize("NFC"),
      "x".repeat(4000),
      "bytes=-",
      "wait=",
      'wait="'.repeat(100),
    ]);
    const name = chance.of([
      "accept",
      "accept-encoding",
      "if-none-match",
      "prefer",
      "idempotency-key",
      "content-type",
      "last-event-id",
      "range",
    ]);
    return chance.of([
      { path: imagePath(target, "size=64"), headers: { [name]: junk } },
      post(
        "/v1/packings",
        { near: target.gallery, count: 4, iterations: 0 },
        { headers: { ...JSON_TYPE, [name]: junk } },
      ),
      { path: `/v1/jobs/${target.finishedJob}/events`, headers: { [name]: junk } },
    ]);
  },
  leavingClient: (chance, { packing }) =>
    post(
      `/v1/packings/${packing}/identities/1/images`,
      { count: 64, size: 512 },
      { leavesAfter: chance.whole(1, 300) },
    ),
};
