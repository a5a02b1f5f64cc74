import { MESSAGE } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";

/** A POST whose body is a message. */
export const message = (value: object) => ({
  method: "POST",
  headers: { "content-type": MESSAGE },
  body: encodeMessage(value) as Uint8Array<ArrayBuffer>,
});

/** What a service answers to a message: another, or a problem. */
export async function exchange(
  { fetch }: { fetch(request: Request): Response | Promise<Response> },
  path: string,
  value: object,
  // biome-ignore lint/suspicious/noExplicitAny: as supertest has it.
): Promise<{ status: number; body: any }> {
  const answer = await fetch(new Request(`http://generate${path}`, message(value)));
  const { status } = answer;
  if (!answer.ok) return { status, body: await answer.json() };
  return { status, body: decodeMessage(new Uint8Array(await answer.arrayBuffer())) };
}
