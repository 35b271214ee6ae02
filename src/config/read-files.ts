/** `sallyport.yaml` and what it includes, as one: each file once, and nothing said in two places. */

import { resolve } from 'node:path'
import { includedPaths, type ListFolder } from './include-paths.ts'
import type { Mistake, MistakePlace } from './mistake.ts'
import { nothing, readYaml } from './read-yaml.ts'
import { type ReferencePorts, reasonOf, resolveReferences } from './references.ts'
import { INCLUDE, isNobodys } from './thing-sections.ts'
import { isTree, type WrittenSettings, type WrittenTree } from './written-settings.ts'

export interface FilePorts extends ReferencePorts {
  readonly cwd: string
  readonly readFile: (path: string) => string
  readonly listFolder: ListFolder
}

const MAX_FILES = 1000

export function readFiles(file: string, text: string, ports: FilePorts): WrittenSettings {
  const found: WrittenSettings[] = []
  const mistakes: Mistake[] = []
  const seen = new Set<string>()
  readOne(file, text, [])
  return combine(found, mistakes)

  function readOne(name: string, content: string, chain: readonly string[]): void {
    const path = resolve(ports.cwd, name)
    seen.add(path)
    const written = readYaml(name, content)
    found.push(written)
    for (const [index, included] of includesOf(written).entries()) {
      const place = written.place([INCLUDE, index])
      const broken = include(included, name, [...chain, path])
      if (broken !== undefined) mistakes.push({ place, setting: INCLUDE, rule: broken })
    }
  }

  /** Says what is wrong. */
  function include(value: unknown, from: string, chain: readonly string[]): string | undefined {
    if (typeof value !== 'string' || value === '') return 'must be paths of files or folders'
    const resolved = resolveReferences(value, ports)
    if ('broken' in resolved) return resolved.broken
    const { paths, isNamed } = includedPaths(resolved.text, from, ports)
    for (const name of paths) {
      const path = resolve(ports.cwd, name)
      if (isNamed && chain.includes(path))
        return `names ${name}, which includes this file: a file cannot include itself`
      if (seen.has(path)) continue
      if (seen.size >= MAX_FILES) return `leads to more than ${MAX_FILES} files`
      let content: string
      try {
        content = ports.readFile(path)
      } catch (error) {
        return `names ${name}, which cannot be read: ${reasonOf(error)}`
      }
      readOne(name, content, chain)
    }
    return undefined
  }
}

function includesOf({ tree }: WrittenSettings): readonly unknown[] {
  const value = Object.hasOwn(tree, INCLUDE) ? tree[INCLUDE] : undefined
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** Sections may be spread over files, member by member; where a member stands is told by the file that has it. */
function combine(files: readonly WrittenSettings[], own: readonly Mistake[]): WrittenSettings {
  const [first = nothing()] = files
  const tree: WrittenTree = {}
  const owners = new Map<string, WrittenSettings>()
  const mistakes: Mistake[] = [...files.flatMap(file => file.mistakes), ...own]

  function take(target: WrittenTree, path: readonly string[], value: unknown, file: WrittenSettings): void {
    const name = path.join('\0')
    const other = owners.get(name)
    const key = path.at(-1) ?? ''
    const there = Object.hasOwn(target, key) ? target[key] : undefined
    if (other === undefined || (there === null && path.length === 1)) {
      put(target, key, path.length === 1 && isTree(value) ? {} : value)
      owners.set(name, file)
    } else if (path.length > 1 || !isTree(value) || !isTree(there)) {
      if (value === null && path.length === 1) return
      const rule = `stands in ${atPlace(other.place(path, true))} as well: keep one of them`
      mistakes.push({ place: file.place(path, true), setting: path.join('.'), rule })
      return
    }
    const section = target[key]
    if (path.length > 1 || !isTree(value) || !isTree(section)) return
    for (const [member, inner] of Object.entries(value)) take(section, [...path, member], inner, file)
  }

  for (const file of files) {
    for (const [key, value] of Object.entries(file.tree)) {
      if (key !== INCLUDE && !isNobodys(key)) take(tree, [key], value, file)
    }
  }
  return {
    tree,
    mistakes,
    place(path, atKey) {
      const [section, member] = path.map(String)
      const owner = owners.get(`${section}\0${member}`) ?? owners.get(`${section}`) ?? first
      return owner.place(path, atKey)
    },
  }
}

/** A name such as __proto__ is a member like any other. */
function put(tree: WrittenTree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true })
}

function atPlace(place: MistakePlace): string {
  return place.kind === 'file' ? `${place.file}:${place.line}` : 'another place'
}
