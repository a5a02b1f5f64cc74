import { ListQuery } from "@hyperface/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Dependencies } from "../dependencies.ts";
import { DATABASES, EMBEDDER, openTestDependencies } from "../test-dependencies.ts";
import { listResources } from "../usecases/resources/list.ts";
import { galleries } from "./schema.ts";

const { name, sha256 } = EMBEDDER;
const COMMON = { source: "upload", count: 1, dimension: 4, model: { name, sha256 } } as const;
/** Made a minute apart, in this order. Code points order them Zoe, anna, anna, zoe, Émile, 李. */
const MADE = [
  ["gal_a", "zoe", "ready"],
  ["gal_b", "anna", "failed"],
  ["gal_c", "李", "ready"],
  ["gal_d", "Zoe", "ready"],
  ["gal_e", "anna", "ready"],
  ["gal_f", "Émile 100%", "pending"],
] as const;

describe.each(DATABASES)("pages of a list (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let deps: Dependencies;
  const insert = (
    id: string,
    called: string,
    status: "ready" | "failed" | "pending",
    minute: number,
  ) =>
    deps.db.insert(galleries).values({
      ...COMMON,
      ...{ id, name: called, status },
      createdAt: new Date(Date.UTC(2026, 0, 1, 12, minute)),
    });
  beforeAll(async () => {
    open = await openTestDependencies(database);
    deps = open.deps;
    for (const [minute, [id, called, status]] of MADE.entries()) {
      await insert(id, called, status, minute);
    }
  });
  afterAll(() => open?.close());

  /** The ids' last letters, over all pages of `limit`. */
  async function letters(query: Record<string, string> = {}, limit = 100) {
    let all = "";
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const text = { ...query, limit: String(limit), ...(cursor ? { cursor } : {}) };
      const { data, nextCursor } = await listResources(deps, "gallery", ListQuery.parse(text));
      expect(data.length).toBeLessThanOrEqual(limit);
      all += data.map(({ id }) => id.at(-1)).join("");
      cursor = nextCursor;
    }
    return all;
  }

  test.each([
    [{}, "fedcba"],
    [{ sort: "created" }, "abcdef"],
    [{ sort: "name" }, "dbeafc"],
    [{ sort: "-name" }, "cfaebd"],
    [{ status: "ready" }, "edca"],
    [{ status: "ready", sort: "name" }, "deac"],
    [{ name: "nn" }, "eb"],
    [{ name: "oe", sort: "created" }, "ad"],
    [{ name: "zoe" }, "a"],
    [{ name: "%" }, "f"],
    [{ name: "_" }, ""],
    [{ createdAfter: "2026-01-01T12:02:00Z" }, "fed"],
    [{ createdBefore: "2026-01-01T14:02:00+02:00" }, "ba"],
    [{ createdAfter: "2026-01-01T12:00:59Z", createdBefore: "2026-01-01T12:04:00.001Z" }, "edcb"],
    [{ createdAfter: "2026-01-01T12:00:00Z", status: "ready", name: "o", sort: "name" }, "d"],
  ])("%o is %s, in pages of any size", async (query, expected) => {
    for (const limit of [1, 2, 3, 100]) expect(await letters(query, limit)).toBe(expected);
  });

  test("what comes before the cursor while pages are turned moves nothing", async () => {
    const query = ListQuery.parse({ sort: "name", limit: "2" });
    const { data, nextCursor } = await listResources(deps, "gallery", query);
    // Of two of one name the cursor stands behind the first: ids break the tie.
    expect(data.map(({ id }) => id)).toEqual(["gal_d", "gal_b"]);
    await insert("gal_0", "Anna", "ready", 30);
    const cursor = nextCursor as string;
    const next = await listResources(deps, "gallery", { ...query, limit: 100, cursor });
    expect(next.data.map(({ id }) => id)).toEqual(["gal_e", "gal_a", "gal_f", "gal_c"]);
  });

  const cursorOf = (key: string) => Buffer.from(key).toString("base64url");
  test.each([
    ["created", cursorOf("gal_a anna")],
    ["name", cursorOf("gal_a")],
    ["name", cursorOf("gal_a \u0000")],
    ["-created", "nonsense"],
  ])("a cursor of another order or of none is refused (sort %s, %s)", async (sort, cursor) => {
    const query = ListQuery.parse({ sort, cursor });
    await expect(listResources(deps, "gallery", query)).rejects.toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "cursor" }],
    });
  });
});

test.each([
  [{ createdAfter: "0000-01-01T00:00:00Z" }],
  [{ createdAfter: "9999-12-31T23:59:59-12:00" }],
  [{ createdBefore: "yesterday" }],
  [{ createdBefore: "2026-01-01T12:00:00 02:00" }],
  [{ createdBefore: "2026-02-30T12:00:00Z" }],
  [{ name: "" }],
  [{ name: "a\u0000" }],
  [{ status: "done" }],
  [{ sort: "age" }],
  [{ stauts: "ready" }],
])("%o is refused", (query) => {
  expect(ListQuery.safeParse(query).success).toBe(false);
});
