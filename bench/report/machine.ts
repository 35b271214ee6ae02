/** Where and on what the run took place: without it the figures say nothing. */

import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  readonly sqlite: string
  readonly sallyport: string
  readonly peer: string
  readonly at: string
}

const ROOT = join(import.meta.dirname, '../..')

export function describeMachine(now: Date): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? 'unknown',
    sallyport: versionOf('package.json'),
    peer: versionOf('node_modules/oidc-provider/package.json'),
    at: now.toISOString(),
  }
}

function versionOf(path: string): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { version: string }
  return manifest.version
}
