/** Which kind of picture bytes are, and how large, by the bytes themselves: what somebody says they are is not asked. */

export interface ImageKind {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly width: number
  readonly height: number
}

/** Nothing when they are no picture of these kinds, or cut off before their size is said. */
export function imageKindOf(content: Uint8Array): ImageKind | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  return pngKind(bytes) ?? gifKind(bytes) ?? webpKind(bytes) ?? jpegKind(bytes)
}

/** PNG (RFC 2083) §3.1, §4.1.1: the signature, and the header as the first chunk. */
function pngKind(bytes: Buffer): ImageKind | undefined {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(signature) || textAt(bytes, 12, 4) !== 'IHDR') return undefined
  return { mediaType: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/** GIF89a §17, §18: the logical screen. */
function gifKind(bytes: Buffer): ImageKind | undefined {
  if (bytes.length < 13 || !['GIF87a', 'GIF89a'].includes(textAt(bytes, 0, 6))) return undefined
  return { mediaType: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
}

/** RFC 9649 §2.4 to §2.7: a RIFF file with one of three kinds of first chunk. */
function webpKind(bytes: Buffer): ImageKind | undefined {
  if (bytes.length < 30 || textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP') return undefined
  const mediaType = 'image/webp'
  switch (textAt(bytes, 12, 4)) {
    case 'VP8 ':
      if (bytes.readUIntBE(23, 3) !== 0x9d012a) return undefined
      return { mediaType, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      if (bytes[20] !== 0x2f) return undefined
      const size = bytes.readUInt32LE(21)
      return { mediaType, width: (size & 0x3fff) + 1, height: ((size >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { mediaType, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}

/** ITU T.81 §B.1.1.3: C0 to CF but for the tables C4 and CC and the extension C8. */
const NO_FRAME = [0xc4, 0xc8, 0xcc]

/** ITU T.81 §B.2.2: segments until the frame header says the size. */
function jpegKind(bytes: Buffer): ImageKind | undefined {
  if (bytes.length < 4 || bytes.readUIntBE(0, 3) !== 0xffd8ff) return undefined
  let at = 2
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    // §B.1.1.2: any marker may be preceded by fill bytes.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.includes(marker)) {
      return { mediaType: 'image/jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    }
    // The picture itself, or its end, and no frame before.
    if (marker === 0xda || marker === 0xd9) return undefined
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    at += standsAlone ? 2 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

function textAt(bytes: Buffer, start: number, length: number): string {
  return bytes.toString('latin1', start, start + length)
}
