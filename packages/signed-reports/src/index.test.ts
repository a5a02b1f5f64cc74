import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalJson, readPublicKey, readSigningKey, signReport, whyNotSigned } from "./index.ts";

test("canonical JSON is that of RFC 8785's examples", () => {
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '€$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const ordered = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
  expect(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))).toBe(
    `{${ordered.map((key) => `"${key}":0`).join(",")}}`,
  );
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

const pair = () => generateKeyPairSync("ed25519");
const { privateKey, publicKey } = pair();
const report = { top: [{ cosine: 0.123456789012345 }], count: 3 };

test("a report as it was signed is known, whatever the order of its keys and however the key is written", () => {
  const der = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const publicPem = publicKey.export({ format: "pem", type: "spki" }).toString();
  for (const text of [der, pem]) {
    const { signature, ...rest } = JSON.parse(
      JSON.stringify(signReport(report, readSigningKey(text))),
    );
    const turned = { signature, ...Object.fromEntries(Object.entries(rest).reverse()) };
    expect(whyNotSigned(turned, readPublicKey(publicPem))).toBeNull();
    expect(whyNotSigned(turned, readPublicKey(signature.publicKey))).toBeNull();
  }
});

test("a report that was changed, signed by another or by nobody is not", () => {
  const signed = signReport(report, privateKey);
  expect(whyNotSigned({ ...signed, count: 4 }, publicKey)).toMatch(/changed/);
  expect(whyNotSigned({ ...signed, note: "" }, publicKey)).toMatch(/changed/);
  expect(whyNotSigned(signed, pair().publicKey)).toMatch(/another key/);
  const forged = signReport({ ...report, count: 4 }, pair().privateKey);
  const publicOfOurs = signed.signature?.publicKey as string;
  const posing = { ...forged, signature: { ...forged.signature, publicKey: publicOfOurs } };
  expect(whyNotSigned(posing, publicKey)).toMatch(/changed/);
  expect(whyNotSigned(signReport(report, null), publicKey)).toMatch(/not signed/);
});

test("a key of another kind is refused", () => {
  const { privateKey: other } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const text = other.export({ format: "pem", type: "pkcs8" }).toString();
  expect(() => readSigningKey(text)).toThrow("not of Ed25519");
  expect(() => readSigningKey("nonsense")).toThrow();
});
