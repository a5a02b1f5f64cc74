import { chooseProvider, Device } from "./device.ts";

/** Why tests of a device cannot run on this machine; undefined where they can. */
export async function whyMissing(device: Device): Promise<string | undefined> {
  const { provider, passedOver } = await chooseProvider(device);
  if (device === "auto" || provider === device) return undefined;
  return `needs a GPU: ${passedOver[0]?.reason.split("\n").at(-1)}`;
}

/** The device that a run of the tests names by DEVICE; the CPU where it names none. */
export const testDevice = Device.parse(process.env.DEVICE ?? "cpu");
