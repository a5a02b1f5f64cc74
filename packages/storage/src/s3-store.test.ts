import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "./open-store.ts";
import { createS3Store } from "./s3-store.ts";
import { openTestS3Store, versitygw } from "./test-stores.ts";

describe.skipIf(!versitygw)("against a server", () => {
  let opened: Awaited<ReturnType<typeof openTestS3Store>>;
  beforeAll(async () => {
    opened = await openTestS3Store();
  });
  afterAll(() => opened?.close());

  test("lists more than a page of 1,000", async () => {
    const { store } = opened;
    const keys = Array.from({ length: 1003 }, (_, k) => `many/${String(k).padStart(4, "0")}`);
    for (let k = 0; k < keys.length; k += 50) {
      const some = keys.slice(k, k + 50);
      await Promise.all(some.map((key) => store.put(key, Uint8Array.of(1))));
    }
    expect(await store.list("many/")).toEqual(keys);
  });

  test("an address lets anybody read the object", async () => {
    await opened.store.put("shared", Buffer.from("hello"));
    const url = await opened.store.temporaryUrl("shared", 60);
    const answer = await fetch(url as URL);
    expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
    const bare = new URL(url as URL);
    bare.search = "";
    expect((await fetch(bare)).status).toBe(403);
  });

  test("a prefix is a store of its own", async () => {
    const { options, store } = opened;
    const other = createS3Store({ ...options, prefix: "some" });
    await store.put("own", Uint8Array.of(1));
    expect(await other.list("")).toContain("prefix/own");
    expect(await createS3Store({ ...options, prefix: "another" }).list("")).toEqual([]);
  });

  test("a wrong secret is nobody's missing object", async () => {
    const credentials = { accessKeyId: "tests", secretAccessKey: "wrong" };
    const store = createS3Store({ ...opened.options, credentials });
    await expect(store.get("own")).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(store.exists("own")).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test("is opened by its address", async () => {
    const { endpoint = "", credentials } = opened.options;
    const names = { AWS_ACCESS_KEY_ID: "accessKeyId", AWS_SECRET_ACCESS_KEY: "secretAccessKey" };
    for (const [name, field] of Object.entries(names)) {
      process.env[name] = credentials?.[field as "accessKeyId"] as string;
    }
    const url = `s3://objects/some/prefix?region=us-east-1&endpoint=${encodeURIComponent(endpoint)}`;
    const store = await openStore({ home: "nowhere", url });
    await store.put("by-address", Uint8Array.of(7));
    expect([...(await opened.store.get("by-address"))]).toEqual([7]);
  });
});

test("a server that is away is a matter of waiting", async () => {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const store = createS3Store({ bucket: "objects", endpoint: "http://127.0.0.1:9", credentials });
  const away = { code: "service-unavailable", service: "the object store" };
  await expect(store.get("a")).rejects.toMatchObject(away);
  await expect(store.put("a", new Uint8Array(1))).rejects.toMatchObject(away);
  await expect(store.list("")).rejects.toMatchObject(away);
  await expect(store.getRange("a", 0, 1)).rejects.toMatchObject(away);
  await expect(store.delete("a")).rejects.toMatchObject(away);
});

test("another address is refused", async () => {
  const open = openStore({ home: "nowhere", url: "https://bucket/prefix" });
  await expect(open).rejects.toThrow("s3://bucket/prefix");
});
