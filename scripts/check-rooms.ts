/** The executable plan of the house: `rooms.json` says which room may import what, and this says where it is not so, and why it matters. */

import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { checkPlan, type Plan, type Room, roomOf } from './room-plan.ts'
import { codeOnly, importsOf, lineAt } from './source-text.ts'

/** Path from the root of the repository → text. */
export type Sources = ReadonlyMap<string, string>

/** One line per violation: `file:line what, because why`. */
export function checkRooms(plan: Plan, sources: Sources): readonly string[] {
  const found = [...checkPlan(plan)]
  for (const [path, text] of sources) {
    const room = roomOf(plan, path)
    if (room === undefined) found.push(`${path} stands in no room: give it a place in rooms.json`)
    else found.push(...checkImports(plan, room, path, text), ...checkBans(plan, path, text))
  }
  return [...found, ...checkFileCycles(sources)]
}

function checkImports(plan: Plan, room: Room, path: string, text: string): readonly string[] {
  const test = isTest(path) ? plan.unitTests : undefined
  const imports = [...room.imports, ...(test?.imports ?? [])]
  const packages = [...room.packages, ...(test?.packages ?? [])]
  return importsOf(text).flatMap(({ specifier, line }) => {
    const broken = (what: string): string[] => [`${path}:${line} ${what}`]
    if (specifier.startsWith('node:')) {
      const mayUse = room.builtins === undefined || test !== undefined || room.builtins.includes(specifier)
      return mayUse
        ? []
        : broken(`uses ${specifier}, but ${room.room} (${room.owns}) uses only ${room.builtins?.join(', ')}`)
    }
    if (!specifier.startsWith('.')) {
      const name = packageOf(specifier)
      return packages.includes(name) ? [] : broken(`imports ${name}, whose home is ${homesOf(plan, name)}`)
    }
    const target = normalize(join(dirname(path), specifier))
    const targetRoom = roomOf(plan, target)?.room ?? target
    if (targetRoom === room.room || imports.some(allowed => isWithin(target, allowed))) return []
    return broken(
      `imports ${target}, but ${room.room} may import only ${imports.join(', ') || 'nothing'}: imports go down`,
    )
  })
}

function checkBans({ bans }: Plan, path: string, text: string): readonly string[] {
  if (isTest(path)) return []
  const code = codeOnly(text)
  return bans.flatMap(({ what, pattern, parameter, allowed, why }) => {
    if (allowed.some(place => isWithin(path, place))) return []
    // A parameter or constant of that name is the one that was passed in.
    if (parameter !== undefined && new RegExp(`[(,{]\\s*${parameter}\\s*[:,})]|\\bconst ${parameter}\\b`).test(code))
      return []
    return [...code.matchAll(new RegExp(pattern, 'g'))].map(
      match => `${path}:${lineAt(code, match.index)} uses ${what} (${match[0].trim()}), but ${why}`,
    )
  })
}

function checkFileCycles(sources: Sources): readonly string[] {
  const finished = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push(`imports go in a circle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`)
      return
    }
    if (finished.has(path)) return
    for (const { specifier } of importsOf(sources.get(path) ?? '')) {
      const target = normalize(join(dirname(path), specifier))
      if (specifier.startsWith('.') && sources.has(target)) visit(target, [...trail, path])
    }
    finished.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return found
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/test-fixtures/')
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function homesOf({ rooms }: Plan, name: string): string {
  const homes = rooms.filter(({ packages }) => packages.includes(name)).map(({ room }) => room)
  return homes.join(' and ') || 'not written down in rooms.json'
}

if (import.meta.main) {
  const plan = JSON.parse(readFileSync('rooms.json', 'utf8')) as Plan
  const paths = globSync('src/**/*.ts').map(path => path.replaceAll('\\', '/'))
  const found = [
    ...checkRooms(plan, new Map(paths.map(path => [path, readFileSync(path, 'utf8')]))),
    ...plan.rooms
      .filter(({ room }) => !room.endsWith('.ts') && !existsSync(join(room, 'README.md')))
      .map(({ room }) => `${room} has no README.md: what it owns, what it does not, where to begin`),
  ]
  for (const line of found) console.error(line)
  if (found.length > 0) process.exitCode = 1
  else console.log(`${plan.rooms.length} rooms, ${paths.length} files`)
}
