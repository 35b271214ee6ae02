/** The static files of the pages, under names that change with their content: browsers may keep them for ever. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Asset {
  /** Below the issuer's path: `/assets/pages-1f3870be274f.css`. */
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
  /** Strong, quoted (RFC 9110 §8.8.3). */
  readonly etag: string
}

const FONT = '@fontsource-variable/inter/files/inter'
const SOURCES = {
  'inter-latin.woff2': `${FONT}-latin-wght-normal.woff2`,
  'inter-latin-ext.woff2': `${FONT}-latin-ext-wght-normal.woff2`,
  'inter-greek.woff2': `${FONT}-greek-wght-normal.woff2`,
  'inter-greek-ext.woff2': `${FONT}-greek-ext-wght-normal.woff2`,
  'inter-cyrillic.woff2': `${FONT}-cyrillic-wght-normal.woff2`,
  'inter-cyrillic-ext.woff2': `${FONT}-cyrillic-ext-wght-normal.woff2`,
  'inter-vietnamese.woff2': `${FONT}-vietnamese-wght-normal.woff2`,
  'arches.svg': './arches.svg',
  'logo.svg': './logo.svg',
  // Last, because it names the others.
  'pages.css': './pages.css',
} as const

export type AssetName = keyof typeof SOURCES

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

let loaded: ReadonlyMap<AssetName, Asset> | undefined

/** All of them, read from disk at the first call. Serve with `cache-control: public, max-age=31536000, immutable`. */
export function assets(): readonly Asset[] {
  return [...load().values()]
}

/** For a page: `basePath` is the issuer's path, empty or `/auth`. */
export function assetUrl(basePath: string, name: AssetName): string {
  const asset = load().get(name)
  if (asset === undefined) throw new Error(`there is no asset named ${name}`)
  return basePath + asset.path
}

function load(): ReadonlyMap<AssetName, Asset> {
  if (loaded === undefined) {
    const found = new Map<AssetName, Asset>()
    for (const name of Object.keys(SOURCES) as AssetName[]) found.set(name, loadOne(name, found))
    loaded = found
  }
  return loaded
}

function loadOne(name: AssetName, earlier: ReadonlyMap<AssetName, Asset>): Asset {
  const file = readFileSync(new URL(import.meta.resolve(SOURCES[name])))
  const body = name === 'pages.css' ? Buffer.from(withHashedNames(file.toString(), earlier)) : file
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  const dot = name.lastIndexOf('.')
  const extension = name.slice(dot + 1)
  return {
    path: `/assets/${name.slice(0, dot)}-${hash}.${extension}`,
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    body,
    etag: `"${hash}"`,
  }
}

// Relative to the style sheet, so the issuer's path need not be known here.
function withHashedNames(css: string, earlier: ReadonlyMap<AssetName, Asset>): string {
  return css.replace(/url\(([^)]+)\)/g, (_, name: AssetName) => {
    const asset = earlier.get(name)
    if (asset === undefined) throw new Error(`the style sheet names ${name}, which is no asset`)
    return `url(${asset.path.slice('/assets/'.length)})`
  })
}
