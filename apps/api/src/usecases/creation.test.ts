import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { galleries } from "../db/schema.ts";
import { DATABASES, openTestDependencies } from "../test-dependencies.ts";
import { createOnce } from "./creation.ts";

const model = { name: "mobilefacenet-512", sha256: "0".repeat(64) };

describe.each(DATABASES)("a request under a key (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let db: Database;
  beforeAll(async () => {
    open = await openTestDependencies(database);
    db = open.deps.db;
  });
  afterAll(() => open?.close());

  /** What creates a gallery, and counts how often that began. */
  const creating = (id: string, count = 1) => {
    const state = { prepared: 0 };
    const prepare = async () => {
      state.prepared += 1;
      const values = { id, name: id, source: "upload", status: "ready", dimension: 4 } as const;
      return async (transaction: Database) => {
        await transaction.insert(galleries).values({ ...values, count, model });
        return id;
      };
    };
    return { state, prepare };
  };
  const rows = (name: string) => db.select().from(galleries).where(eq(galleries.name, name));

  test("the same request again does nothing, not even what it needs first", async () => {
    const { state, prepare } = creating("gal_again");
    const request = { key: "again", hash: "a" };
    expect(await createOnce(db, request, prepare)).toEqual({ id: "gal_again", created: true });
    expect(await createOnce(db, request, prepare)).toEqual({ id: "gal_again", created: false });
    expect(state.prepared).toBe(1);
  });

  test("two of the same at a time make one", async () => {
    const request = { key: "at a time", hash: "a" };
    const [one, other] = [creating("gal_one"), creating("gal_other")];
    const made = await Promise.all([
      createOnce(db, request, one.prepare),
      createOnce(db, request, other.prepare),
    ]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made.map(({ created }) => created).sort()).toEqual([false, true]);
    expect([...(await rows("gal_one")), ...(await rows("gal_other"))]).toHaveLength(1);
  });

  test("another request is refused, before and beside the first", async () => {
    const mismatch = { code: "idempotency-mismatch", message: expect.stringContaining("mixed") };
    const results = await Promise.allSettled(
      ["a", "b"].map((hash) =>
        createOnce(db, { key: "mixed", hash }, creating(`gal_${hash}`).prepare),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")?.reason).toMatchObject(mismatch);
    const third = creating("gal_c");
    await expect(createOnce(db, { key: "mixed", hash: "c" }, third.prepare)).rejects.toMatchObject(
      mismatch,
    );
    expect(third.state.prepared).toBe(0);
  });

  test("a failed creation leaves its key free", async () => {
    const request = { key: "failed", hash: "a" };
    const failing = async () => async () => {
      throw new Error("no");
    };
    await expect(createOnce(db, request, failing)).rejects.toThrow("no");
    const { prepare } = creating("gal_failed");
    expect(await createOnce(db, request, prepare)).toMatchObject({ created: true });
  });

  test("without a key each call creates", async () => {
    await createOnce(db, undefined, creating("gal_first").prepare);
    await createOnce(db, undefined, creating("gal_second").prepare);
    expect(await rows("gal_second")).toHaveLength(1);
  });
});
