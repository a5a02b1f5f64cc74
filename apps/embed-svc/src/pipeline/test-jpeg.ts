/** A progressive JPEG whose last scan is there `times` times more: each costs a pass over the image. */
export function withScans(jpeg: Buffer, times: number): Buffer {
  const start = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const end = jpeg.length - 2;
  const again = Array.from({ length: times }, () => jpeg.subarray(start, end));
  return Buffer.concat([jpeg.subarray(0, end), ...again, jpeg.subarray(end)]);
}
