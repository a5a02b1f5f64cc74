import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

export interface Signature {
  algorithm: "Ed25519";
  /** SubjectPublicKeyInfo, base64. */
  publicKey: string;
  /** Base64. */
  value: string;
}

/** A report with its signature; null where there was no key. */
export type Signed<T> = T & { signature: Signature | null };

/**
 * JSON in one form alone (RFC 8785): keys in the order of their UTF-16 units, no space, numbers as JavaScript prints
 * them. What is undefined is left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

/**
 * An Ed25519 key.
 * @param text PEM, or base64 of PKCS 8 in DER: one line, as an environment variable likes it
 * @throws Error where it is none
 */
export function readSigningKey(text: string): KeyObject {
  return ed25519(
    text.includes("-----BEGIN")
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" }),
  );
}

/** The public half. @param text PEM, or base64 of SubjectPublicKeyInfo in DER. @throws Error where it is none */
export function readPublicKey(text: string): KeyObject {
  return ed25519(
    text.includes("-----BEGIN")
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" }),
  );
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`it is a key of ${key.asymmetricKeyType ?? key.type}, not of Ed25519`);
}

const toBase64 = (key: KeyObject) => key.export({ format: "der", type: "spki" }).toString("base64");

/** The report with its signature over all else of it; with null where there is no key. */
export function signReport<T extends object>(report: T, key: KeyObject | null): Signed<T> {
  if (!key) return { ...report, signature: null };
  const value = sign(null, Buffer.from(canonicalJson(report)), key).toString("base64");
  const publicKey = toBase64(createPublicKey(key));
  return { ...report, signature: { algorithm: "Ed25519", publicKey, value } };
}

/** Why a report is not what the holder of `key` signed; null where it is. */
export function whyNotSigned(report: object, key: KeyObject): string | null {
  const { signature, ...rest } = report as Signed<object>;
  if (!signature) return "the report is not signed";
  if (signature.algorithm !== "Ed25519") return `it is signed by ${signature.algorithm}`;
  if (signature.publicKey !== toBase64(key)) return "it is signed by another key";
  const value = Buffer.from(signature.value, "base64");
  if (verify(null, Buffer.from(canonicalJson(rest)), key, value)) return null;
  return "it was changed after it was signed";
}
