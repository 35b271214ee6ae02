/** Tests of what may be a logo. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkLogo, MAX_LOGO_BYTES } from './check-logo.ts'
import { imageKindOf } from './image-kind.ts'

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const u16le = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8])
const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, latin(type), data, Buffer.alloc(4)])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', Buffer.alloc(9))])
}
const gif = (width: number, height: number): Buffer =>
  Buffer.concat([latin('GIF89a'), u16le(width), u16le(height), Buffer.alloc(10)])
const webp = (kind: string, rest: Buffer): Buffer =>
  Buffer.concat([latin('RIFF'), Buffer.alloc(4), latin('WEBP'), latin(kind), Buffer.alloc(4), rest, Buffer.alloc(8)])
const lossy = webp('VP8 ', Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a]), u16le(64), u16le(48)]))
const lossless = webp('VP8L', Buffer.from([0x2f, 63, 0xc0 | 0, 11, 0, 0, 0, 0, 0, 0]))
const extended = webp('VP8X', Buffer.from([0, 0, 0, 0, 63, 0, 0, 47, 0, 0]))
function jpeg(width: number, height: number): Buffer {
  const app = Buffer.concat([Buffer.from([0xff, 0xe0]), u16(4), Buffer.alloc(2)])
  const huffman = Buffer.concat([Buffer.from([0xff, 0xff, 0xc4]), u16(4), Buffer.alloc(2)])
  const frame = Buffer.concat([Buffer.from([0xff, 0xc2]), u16(11), Buffer.from([8]), u16(height), u16(width)])
  return Buffer.concat([Buffer.from([0xff, 0xd8]), app, huffman, frame, Buffer.alloc(6)])
}

describe('pictures are told by their bytes', () => {
  it('PNG, GIF, JPEG and the three kinds of WebP, each with its size (PNG §4.1.1, RFC 9649 §2.4, T.81 §B.2.2)', () => {
    assert.deepEqual(imageKindOf(png(64, 48)), { mediaType: 'image/png', width: 64, height: 48 })
    assert.deepEqual(imageKindOf(gif(64, 48)), { mediaType: 'image/gif', width: 64, height: 48 })
    assert.deepEqual(imageKindOf(jpeg(64, 48)), { mediaType: 'image/jpeg', width: 64, height: 48 })
    for (const picture of [lossy, lossless, extended]) {
      assert.deepEqual(imageKindOf(picture), { mediaType: 'image/webp', width: 64, height: 48 })
    }
  })

  it('nothing else, however much it looks like one', () => {
    const cut = [png(64, 48), gif(64, 48), jpeg(64, 48), lossy].map(picture => picture.subarray(0, 12))
    const swf = Buffer.concat([latin('FWS'), Buffer.alloc(40)])
    const claimed = [latin('<html>PNG'), latin('RIFF....WAVEfmt '.padEnd(60)), swf, Buffer.alloc(64), Buffer.alloc(0)]
    for (const bytes of [...cut, ...claimed]) assert.equal(imageKindOf(bytes), undefined)
  })

  it('a JPEG whose segments lead nowhere ends the search', () => {
    const endless = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), u16(0), Buffer.alloc(100)])
    assert.equal(imageKindOf(endless), undefined)
    assert.equal(imageKindOf(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(5000, 0xff)])), undefined)
  })
})

describe('a logo', () => {
  it('is kept under the kind that its bytes say, and the digest of them', () => {
    const checked = checkLogo(png(64, 48))
    assert.ok(!('rule' in checked))
    assert.equal(checked.mediaType, 'image/png')
    assert.match(checked.digest, /^[\w-]{43}$/)
  })

  it('is refused as SVG, which may hold programs, and says so', () => {
    for (const text of [
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      '\ufeff<?xml version="1.0"?><svg/>',
      '\n <!-- --><svg/>',
    ]) {
      const refused = checkLogo(Buffer.from(text))
      assert.match('rule' in refused ? refused.message : '', /^is SVG/)
    }
    const other = checkLogo(latin('%PDF-1.7'))
    assert.match('rule' in other ? other.message : '', /^is no PNG, JPEG, GIF or WebP/)
  })

  it('has a size that a page can show: 1 to 4096 pixels, at most 256 kB', () => {
    const ruleOf = (bytes: Buffer) => {
      const checked = checkLogo(bytes)
      return 'rule' in checked ? checked.rule : 'none'
    }
    assert.equal(ruleOf(png(4096, 4096)), 'none')
    for (const wrong of [png(4097, 1), png(1, 4097), png(0, 1), gif(65_535, 2)]) {
      assert.equal(ruleOf(wrong), 'at most 4096 pixels')
    }
    assert.equal(ruleOf(Buffer.concat([png(8, 8), Buffer.alloc(MAX_LOGO_BYTES)])), 'at most 256 kB')
  })
})
