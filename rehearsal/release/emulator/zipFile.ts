import { inflateRawSync } from "node:zlib";
import { Stopped } from "../stopped";

/** A file in a zip. */
export interface ZippedFile {
  /** Its path, with slashes. */
  readonly name: string;
  readonly content: Buffer;
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** Reads the files of a zip, `file` by name. Throws Stopped for what is none, or has what Lambda would not unpack. */
export function readZip(zip: Buffer, file: string): ZippedFile[] {
  const refuse = (what: string): Stopped =>
    new Stopped(`${file} ${what}`, "correct what makes the zip, then start a new release");
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw refuse("is no zip");
  const files: ZippedFile[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw refuse("has a broken list of files");
    const method = zip.readUInt16LE(at + 10);
    const [size, nameLength] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const further = zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    at += 46 + nameLength + further;
    if (name.startsWith("/") || name.split("/").includes(".."))
      throw refuse(`has ${name}, which leads out of it`);
    if (name.endsWith("/")) continue;
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(start, start + size);
    if (method !== STORED && method !== DEFLATED)
      throw refuse(`has ${name} in a form that is not known here (${method})`);
    files.push({ name, content: method === STORED ? content : inflateRawSync(content) });
  }
  return files;
}
