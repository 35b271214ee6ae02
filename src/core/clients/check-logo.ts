/** What may be a logo: a picture that browsers draw and that cannot do anything else. */

import { hash } from 'node:crypto'
import type { SettingsMistake } from '../settings-mistake.ts'
import { imageKindOf } from './image-kind.ts'

export const MAX_LOGO_BYTES = 256 * 1024
const MAX_LOGO_PIXELS = 4096

export const LOGO_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const

export interface CheckedLogo {
  readonly mediaType: string
  readonly digest: string
}

export function checkLogo(content: Uint8Array): CheckedLogo | SettingsMistake {
  if (content.length > MAX_LOGO_BYTES) return mistake(`at most ${MAX_LOGO_BYTES / 1024} kB`, tooLarge(content))
  const kind = imageKindOf(content)
  if (kind === undefined) return mistake('PNG, JPEG, GIF or WebP', isMarkup(content) ? NO_SVG : UNKNOWN)
  const { width, height, mediaType } = kind
  if (width < 1 || height < 1 || width > MAX_LOGO_PIXELS || height > MAX_LOGO_PIXELS) {
    const message = `is ${width} × ${height} pixels; 1 to ${MAX_LOGO_PIXELS} on each side are possible`
    return mistake(`at most ${MAX_LOGO_PIXELS} pixels`, message)
  }
  return { mediaType, digest: hash('sha256', content, 'base64url') }
}

const UNKNOWN = 'is no PNG, JPEG, GIF or WebP picture, by its first bytes'
const NO_SVG = 'is SVG, which may hold programs that a browser runs on our pages: save it as PNG or WebP'

function isMarkup(content: Uint8Array): boolean {
  const start = Buffer.from(content.subarray(0, 1000)).toString('utf8')
  return /^\s*<|<svg/i.test(start.replace(/^\ufeff/, ''))
}

function tooLarge({ length }: Uint8Array): string {
  return `has ${Math.ceil(length / 1024)} kB; at most ${MAX_LOGO_BYTES / 1024} are possible`
}

function mistake(rule: string, message: string): SettingsMistake {
  return { member: 'logo', rule, message }
}
