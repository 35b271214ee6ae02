/** Checks the lock file: `npm ci` must work on every machine that a dependency is built for, and from any registry. */

import { readFileSync } from 'node:fs'

export interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly link?: boolean
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

/** One line per mistake. */
export function checkLock({ packages }: Lock): readonly string[] {
  const names = new Set(Object.keys(packages).map(path => path.split('node_modules/').at(-1)))
  return Object.entries(packages).flatMap(([path, { version, resolved, integrity, optionalDependencies, link }]) => {
    const who = path === '' ? 'package.json' : `${path} ${version ?? ''}`.trim()
    // A registry that lacks one platform's package leaves it out in silence, and `npm ci` then fails everywhere.
    const missing = Object.entries(optionalDependencies ?? {})
      .filter(([name]) => !names.has(name))
      .map(([name, wanted]) => `${who} needs ${name} ${wanted}, which is missing: take another version of it`)
    const hosts = resolved === undefined ? [] : [`${who} names where it came from (resolved): any registry must do`]
    const unsealed = path.includes('node_modules/') && link !== true && integrity === undefined
    return [...missing, ...hosts, ...(unsealed ? [`${who} has no integrity`] : [])]
  })
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
  const found = checkLock(lock)
  for (const line of found) console.error(`package-lock.json: ${line}`)
  if (found.length > 0) process.exitCode = 1
  else console.log(`${Object.keys(lock.packages).length - 1} packages`)
}
