const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** Markers that no segment follows: a stuffed byte, TEM, restarts and the start of the image. */
const standsAlone = (code: number) => code <= 1 || (code >= 0xd0 && code <= 0xd8);

/** Scans of a JPEG file (ITU-T T.81, annex B), its thumbnails' left out; bytes that belong nowhere are passed over, as decoders do. */
export function countScans(jpeg: Uint8Array): number {
  let scans = 0;
  let at = jpeg.indexOf(MARKER);
  while (at >= 0 && at + 1 < jpeg.length) {
    const code = jpeg[at + 1] as number;
    if (code === END_OF_IMAGE) break;
    if (code === START_OF_SCAN) scans += 1;
    let next = at + 2;
    // Any number of fill bytes may stand before a marker's code.
    if (code === MARKER) next = at + 1;
    else if (!standsAlone(code)) next += ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
    at = jpeg.indexOf(MARKER, next);
  }
  return scans;
}
