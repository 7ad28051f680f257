import { type Document, deserialize, onDemand, serialize } from "bson";

/** The largest message a client may send, as announced in `hello`. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

/** One command as it came over the wire. Its bytes are kept, so that nothing is lost by decoding. */
export interface Request {
  readonly id: number;
  readonly kind: "query" | "message";
  readonly body: Buffer;
  /** Document sequences, by name: concatenated BSON documents. */
  readonly sequences: ReadonlyMap<string, Buffer>;
  readonly wantsReply: boolean;
}

/** Bytes that are not the wire protocol. The connection they came on cannot be trusted any more. */
export class BadFrameError extends Error {
  override readonly name = "BadFrameError";
}

/** A message over the size limit; its bytes are skipped. */
export interface Oversize {
  readonly id: number;
  readonly kind: "oversize";
  readonly bytes: number;
}

/** Cuts a byte stream into messages, holding at most one message in memory. */
export async function* frames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | Oversize> {
  let parts: Buffer[] = [];
  let have = 0;
  let skip = 0;
  for await (const chunk of chunks) {
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    if (skipped === chunk.length) continue;
    parts.push(chunk.subarray(skipped));
    have += chunk.length - skipped;
    while (have >= HEADER_BYTES) {
      const need = lengthOf(parts);
      if (have < need && need <= MAX_MESSAGE_BYTES) break;
      const all = joined(parts);
      const rest = all.subarray(Math.min(need, have));
      skip = Math.max(0, need - have);
      parts = rest.length > 0 ? [rest] : [];
      have = rest.length;
      if (need > MAX_MESSAGE_BYTES) yield { id: all.readInt32LE(4), kind: "oversize", bytes: need };
      else yield all.subarray(0, need);
    }
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only ? only : Buffer.concat(parts);
}

function lengthOf(parts: Buffer[]): number {
  const first = parts[0];
  if (first && first.length < HEADER_BYTES) parts.splice(0, parts.length, Buffer.concat(parts));
  const need = parts[0]?.readInt32LE(0) ?? 0;
  if (need < HEADER_BYTES) throw new BadFrameError(`a message cannot be ${need} bytes long`);
  return need;
}

/** Reads one message. */
export function parseRequest(frame: Buffer): Request {
  const opCode = frame.readInt32LE(12);
  try {
    if (opCode === OP_MSG) return parseMessage(frame);
    if (opCode === OP_QUERY) return parseQuery(frame);
  } catch (error) {
    throw new BadFrameError(`unreadable message: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new BadFrameError(`opcode ${opCode} is not supported`);
}

function parseMessage(frame: Buffer): Request {
  const flags = frame.readUInt32LE(HEADER_BYTES);
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const sequences = new Map<string, Buffer>();
  let body: Buffer | undefined;
  for (let at = HEADER_BYTES + 4; at < end; ) {
    const kind = frame[at];
    const section = sectionAt(frame, at + 1, end);
    if (kind === 0) body = section;
    else if (kind === 1) addSequence(sequences, section);
    else throw new BadFrameError(`section kind ${kind} is not supported`);
    at += 1 + section.length;
  }
  if (!body) throw new BadFrameError("a message without a body");
  const wantsReply = (flags & MORE_TO_COME) === 0;
  return { id: frame.readInt32LE(4), kind: "message", body, sequences, wantsReply };
}

function sectionAt(frame: Buffer, start: number, end: number): Buffer {
  const size = frame.readInt32LE(start);
  if (size < 5 || start + size > end) throw new BadFrameError(`a section of ${size} bytes does not fit`);
  return frame.subarray(start, start + size);
}

function addSequence(sequences: Map<string, Buffer>, section: Buffer): void {
  const nul = section.indexOf(0, 4);
  if (nul < 0) throw new BadFrameError("a document sequence without a name");
  sequences.set(section.toString("utf8", 4, nul), section.subarray(nul + 1));
}

/** The opcode older than OP_MSG: drivers use it for nothing but their first handshake. */
function parseQuery(frame: Buffer): Request {
  const start = frame.indexOf(0, HEADER_BYTES + 4) + 9;
  const body = sectionAt(frame, start, frame.length);
  return { id: frame.readInt32LE(4), kind: "query", body, sequences: new Map(), wantsReply: true };
}

let nextId = 1;

/** One answer, in the form its request calls for. */
export function reply(to: Pick<Request, "id" | "kind">, document: Buffer): Buffer {
  const prefix = to.kind === "query" ? queryPrefix() : Buffer.alloc(5);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + document.length, 0);
  header.writeInt32LE(nextId, 4);
  header.writeInt32LE(to.id, 8);
  header.writeInt32LE(to.kind === "query" ? OP_REPLY : OP_MSG, 12);
  nextId = (nextId + 1) & 0x7fff_ffff;
  return Buffer.concat([header, prefix, document]);
}

function queryPrefix(): Buffer {
  const prefix = Buffer.alloc(20);
  prefix.writeInt32LE(8, 0); // AwaitCapable, as every server says
  prefix.writeInt32LE(1, 16); // one document follows
  return prefix;
}

export function toBson(document: Document): Buffer {
  return Buffer.from(serialize(document, { ignoreUndefined: true }));
}

/** Reads a document without turning its numbers into JavaScript's, so that types survive. */
export function fromBson(bytes: Buffer): Document {
  return deserialize(bytes, { promoteValues: false });
}

/** The same document without some of its top-level fields, copied byte by byte. */
export function without(document: Buffer, fields: ReadonlySet<string>): Buffer {
  const kept: Buffer[] = [Buffer.alloc(4)];
  for (const [, nameOffset, nameLength, offset, length] of onDemand.parseToElements(document)) {
    if (fields.has(document.toString("utf8", nameOffset, nameOffset + nameLength))) continue;
    kept.push(document.subarray(nameOffset - 1, offset + length));
  }
  const copy = Buffer.concat([...kept, Buffer.alloc(1)]);
  copy.writeInt32LE(copy.length, 0);
  return copy;
}
