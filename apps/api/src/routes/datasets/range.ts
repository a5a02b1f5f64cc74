/**
 * The one range of a Range header (RFC 9110), of bytes `start` to `end - 1`; undefined where the whole file is to be
 * sent: no header, several ranges, another unit, or a file that is no longer the one of If-Range.
 */
export function rangeOf(
  header: string | undefined,
  ifRange: string | undefined,
  bytes: number,
  etag: string,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const start = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes : Math.min(bytes, Number(last) + 1);
  return start < end ? { start, end } : "unsatisfiable";
}
