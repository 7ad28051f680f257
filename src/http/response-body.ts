import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** No known page comes near this size; an endless response must not fill the memory. */
export const LARGEST_BODY_BYTES = 64 * 2 ** 20;
const AT_MOST = { maxOutputLength: LARGEST_BODY_BYTES };

/** Undefined for a body that is not JSON, or not complete. */
export function parseJson(bytes: unknown, encoding: unknown): unknown {
  try {
    if (!Buffer.isBuffer(bytes)) return undefined;
    const text = unpacked(bytes, encoding).toString("utf8");
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = "\ufeff";
/** A gzip stream begins with these bytes, which count even without a header. */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

const gunzip = (packed: Buffer) => gunzipSync(packed, AT_MOST);

const UNPACK: Readonly<Record<string, (packed: Buffer) => Buffer>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  // Some servers send the raw deflate stream under the same name.
  deflate: (packed) =>
    (packed[0] ?? 0) % 16 === 8 ? inflateSync(packed, AT_MOST) : inflateRawSync(packed, AT_MOST),
  br: (packed) => brotliDecompressSync(packed, AT_MOST),
};

/** Only gzip is asked for, but proxies do as they like: `Content-Encoding` is a list, in any case, last one first. */
function unpacked(bytes: Buffer, encoding: unknown): Buffer {
  const packings = String(encoding ?? "")
    .toLowerCase()
    .split(/[\s,]+/);
  const plain = packings.reduceRight((packed, one) => UNPACK[one]?.(packed) ?? packed, bytes);
  return plain.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC) ? gunzip(plain) : plain;
}
