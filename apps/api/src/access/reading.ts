/** Whether a request of this method changes nothing (RFC 9110, safe methods). */
export const isReading = (method: string) => ["GET", "HEAD", "OPTIONS"].includes(method);
