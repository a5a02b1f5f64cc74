import pg from "pg";

const RECONNECT_MS = 500;

/** Told of each notification; without a payload where some may have been missed. */
export type Listener = (payload?: string) => void;

/**
 * Listens on a channel of PostgreSQL by a connection of its own, opened anew when it is lost.
 * @returns what ends it
 */
export function listenOnServer(
  url: string,
  channel: string,
  listener: Listener,
): () => Promise<void> {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const connect = async () => {
    const next = new pg.Client({ connectionString: url, keepAlive: true });
    client = next;
    let lost = false;
    const again = () => {
      if (lost || closed) return;
      lost = true;
      next.end().catch(() => {});
      timer = setTimeout(connect, RECONNECT_MS);
    };
    next.on("error", again);
    next.on("end", again);
    next.on("notification", ({ payload }) => listener(payload));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      listener();
    } catch {
      again();
    }
  };
  const connecting = connect();
  return async () => {
    closed = true;
    clearTimeout(timer);
    await connecting;
    await client?.end().catch(() => {});
  };
}
