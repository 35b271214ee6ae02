/** Blowfish with the expensive key schedule of bcrypt (Provos and Mazières, A Future-Adaptable Password Scheme, 1999). */

import { piWords } from './pi-words.ts'

const SUBKEYS = 18
const BOXES = 4 * 256
let constants: Int32Array | undefined

interface State {
  readonly subkeys: Int32Array
  readonly boxes: Int32Array
}

/** "OrpheanBeholderScryDoubt" */
const MAGIC = [0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274]

/** 24 octets. `key`: 1 to 72 octets; `salt`: 16; the work is 2^cost. */
export function eksBlowfish(key: Uint8Array, salt: Uint8Array, cost: number): Buffer {
  constants ??= piWords(SUBKEYS + BOXES)
  const state = { subkeys: constants.slice(0, SUBKEYS), boxes: constants.slice(SUBKEYS) }
  const keyWords = cyclicWords(key, SUBKEYS)
  const saltWords = cyclicWords(salt, SUBKEYS)
  expandKey(state, keyWords, saltWords)
  for (let round = 2 ** cost; round > 0; round--) {
    expandKey(state, keyWords, undefined)
    expandKey(state, saltWords, undefined)
  }
  return encryptedMagic(state)
}

function encryptedMagic(state: State): Buffer {
  const text = Int32Array.from(MAGIC)
  for (let block = 0; block < text.length; block += 2) {
    for (let times = 0; times < 64; times++) encrypt(state, text, block)
  }
  const octets = Buffer.alloc(24)
  text.forEach((word, index) => {
    octets.writeInt32BE(word, index * 4)
  })
  return octets
}

/** The octets over and over, as words. */
function cyclicWords(octets: Uint8Array, count: number): Int32Array {
  const octet = (index: number): number => octets[index % octets.length] ?? 0
  return Int32Array.from({ length: count }, (_, index) => {
    const at = index * 4
    return (octet(at) << 24) | (octet(at + 1) << 16) | (octet(at + 2) << 8) | octet(at + 3)
  })
}

/** `salt` absent: all zeros. */
function expandKey(state: State, key: Int32Array, salt: Int32Array | undefined): void {
  const { subkeys, boxes } = state
  for (let index = 0; index < SUBKEYS; index++) subkeys[index] = at(subkeys, index) ^ at(key, index)
  const block = new Int32Array(2)
  let salted = 0
  for (const table of [subkeys, boxes]) {
    for (let index = 0; index < table.length; index += 2) {
      if (salt !== undefined) {
        block[0] = at(block, 0) ^ at(salt, salted)
        block[1] = at(block, 1) ^ at(salt, salted + 1)
        salted ^= 2
      }
      encrypt(state, block, 0)
      table[index] = at(block, 0)
      table[index + 1] = at(block, 1)
    }
  }
}

/** Two words, in place. */
function encrypt({ subkeys, boxes }: State, block: Int32Array, start: number): void {
  let left = at(block, start) ^ at(subkeys, 0)
  let right = at(block, start + 1)
  for (let round = 1; round < 17; round += 2) {
    right ^= mixed(boxes, left) ^ at(subkeys, round)
    left ^= mixed(boxes, right) ^ at(subkeys, round + 1)
  }
  block[start] = right ^ at(subkeys, 17)
  block[start + 1] = left
}

function mixed(boxes: Int32Array, word: number): number {
  const sum = (at(boxes, word >>> 24) + at(boxes, 256 + ((word >>> 16) & 255))) | 0
  return ((sum ^ at(boxes, 512 + ((word >>> 8) & 255))) + at(boxes, 768 + (word & 255))) | 0
}

/** The index is always inside: the type does not know it. */
function at(words: Int32Array, index: number): number {
  return words[index] as number
}
