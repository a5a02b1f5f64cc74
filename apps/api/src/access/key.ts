import { createHash, randomBytes } from "node:crypto";

/** A key of 256 random bits, and what is kept of it: nobody guesses so many, so a plain hash is enough. */
export function newKey(): { key: string; hash: string } {
  const key = `hf_${randomBytes(32).toString("base64url")}`;
  return { key, hash: hashKey(key) };
}

/** SHA-256 of a key, hex. */
export const hashKey = (key: string) => createHash("sha256").update(key).digest("hex");
