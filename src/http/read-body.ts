/** Reads the body of a request, within a limit. */

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

/** What is sent beyond the limit is read and dropped up to this many times the limit, so that the refusal reaches its reader. */
const DROPPED_TIMES = 64

/** Calls back once: with the bytes, or when there are too many. Not at all when the visitor goes away before the end. */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  whole: (body: Buffer) => void,
  tooLarge: () => void,
): void {
  let chunks: Buffer[] = []
  let bytes = 0
  let isRefused = Number(request.headers['content-length']) > limitBytes
  if (isRefused) tooLarge()
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= limitBytes && !isRefused) {
      chunks.push(chunk)
      return
    }
    chunks = []
    if (bytes > limitBytes * DROPPED_TIMES) request.destroy()
    if (isRefused) return
    isRefused = true
    tooLarge()
  })
  request.once('end', () => {
    if (isRefused) return
    whole(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks))
  })
}

export function decodeBody(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}
