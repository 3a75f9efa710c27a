/** The files of /dev for tools that read and write whole files. */
import { openDevice } from "../open-files.ts";
import type { Shell } from "../shell.ts";

const DESCRIPTOR = /^\/dev\/(?:fd\/(\d+)|(stdin)|(stdout)|(stderr))$/;

function toDescriptor(path: string): number | undefined {
  const match = DESCRIPTOR.exec(path);
  if (match === null) return undefined;
  return match[1] === undefined ? (match[2] ? 0 : match[3] ? 1 : 2) : Number(match[1]);
}

/** All of it; undefined if the path is none of a device. */
export async function readDevice(shell: Shell, path: string): Promise<Uint8Array | undefined> {
  const number = toDescriptor(path);
  if (number !== undefined) return await shell.file(number).readAll({ signal: shell.signal });
  return path === "/dev/null" ? new Uint8Array(0) : undefined;
}

/** @returns whether it is a device */
export async function writeDevice(shell: Shell, path: string, bytes: Uint8Array): Promise<boolean> {
  const number = toDescriptor(path);
  const device = number === undefined ? openDevice(path, shell.system) : shell.file(number).share();
  if (device === undefined) return false;
  try {
    await device.write(bytes, { signal: shell.signal });
  } finally {
    device.close();
  }
  return true;
}
