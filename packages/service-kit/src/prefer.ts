const PREFERENCE =
  /([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?((?:[^,"]|"(?:[^"\\]|\\.)*")*)/g;

/**
 * Seconds of the Prefer header's `wait` (RFC 7240, 4.3), `most` at most; 0 where it asks for none. Names are of any
 * case, values may be quoted, other preferences and parameters are passed over, and the first of two counts.
 */
export function preferredWait(header: string | undefined, most: number): number {
  for (const [, name, quoted, plain] of (header ?? "").matchAll(PREFERENCE)) {
    if (name?.toLowerCase() !== "wait") continue;
    const value = quoted ?? plain ?? "";
    return /^\d{1,9}$/.test(value) ? Math.min(most, Number(value)) : 0;
  }
  return 0;
}
