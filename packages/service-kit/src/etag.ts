/**
 * Whether an If-None-Match header names an entity tag, by the weak comparison (RFC 9110, 8.8.3.2): a proxy that
 * compresses an answer makes its tag weak.
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const opaque = (tag: string) => tag.replace(/^W\//, "");
  const named = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return named.some((tag) => opaque(tag) === opaque(etag));
}
