/** Reads the body of a request: within a limit, and as valid UTF-8. */

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

export type BodyProblem = 'too-large' | 'not-utf8'

/** What is sent beyond the limit is read and dropped up to this many times the limit, so that the refusal reaches its reader. */
const DROPPED_TIMES = 64

/** Calls back once: with the text, or with what is wrong with it. Not at all when the visitor goes away before the end. */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  whole: (body: string) => void,
  refused: (problem: BodyProblem) => void,
): void {
  let chunks: Buffer[] = []
  let bytes = 0
  let isRefused = Number(request.headers['content-length']) > limitBytes
  if (isRefused) refused('too-large')
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
    refused('too-large')
  })
  request.once('end', () => {
    if (isRefused) return
    const body = decodeBody(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks))
    if (body === undefined) refused('not-utf8')
    else whole(body)
  })
}

export function decodeBody(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}
