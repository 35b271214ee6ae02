/** A row of the remedies, and the words its commands are made of. */

import type { Facts } from '../../spec/refusal.ts'

export interface RefusedCase {
  readonly facts: Facts
  readonly at: string
  readonly clientId: string | undefined
  readonly username: string | undefined
}

export type SettingOwner = 'server' | 'client' | 'upstream'

export interface RemedyRow {
  /** The rule as the refusal names it, or its beginning. */
  readonly rule: string
  readonly why: (about: RefusedCase) => string
  readonly advice: string | ((about: RefusedCase) => string)
  /** `tokens.access_token` of the server, `require_pkce` of the client, or `logout_mode` of the upstream. */
  readonly setting?: string
  /** Where the setting has to do with one of the ways to break the rule, and not with the others. */
  readonly hasSetting?: (about: RefusedCase) => boolean
  /** Names with a dot stand in the settings file, others belong to the client, unless this says otherwise: `issuer`, `resources`. */
  readonly settingOf?: SettingOwner
  readonly commands?: (about: RefusedCase) => readonly string[]
}

/** Longer ones were cut when they were written down, so a command with them would say something else. */
const MAX_KEPT_LENGTH = 199

export function accountCommand(act: string): (about: RefusedCase) => readonly string[] {
  return ({ username }) => [command(`account ${act}`, usable(username) ?? 'NAME')]
}

export function clientCommand(act: string, options: readonly string[] = []): (about: RefusedCase) => readonly string[] {
  return ({ clientId }) => [command(`client ${act}`, usable(clientId) ?? 'CLIENT', options)]
}

/** `--scope` and its like name the whole list: what is allowed by now, and what was asked for. */
export function widerList(flag: string, asked: string): (about: RefusedCase) => readonly string[] {
  return about => {
    const wanted = usable(textOf(about.facts[asked]))
    const options = [...listOf(about.facts.allowed), wanted ?? asked.toUpperCase()].flatMap(item => [flag, item])
    return clientCommand('edit', options)(about)
  }
}

/** `--set request_uris=OLD,NEW`: the same for lists that only have their registered name. */
export function widerMetadata(name: string, before: string, asked: string): (about: RefusedCase) => readonly string[] {
  return about => {
    const items = [...listOf(about.facts[before]), usable(textOf(about.facts[asked])) ?? asked.toUpperCase()]
    // With `--set`, commas separate the values of a list unless it is JSON.
    const list = items.some(item => item.includes(',')) ? JSON.stringify(items) : items.join(',')
    return clientCommand('edit', ['--set', `${name}=${list}`])(about)
  }
}

/** `--add-redirect-uri URI`: what the app asked for. */
export function oneMore(flag: string): (about: RefusedCase) => readonly string[] {
  return about => clientCommand('edit', [flag, usable(textOf(about.facts.requested)) ?? 'URI'])(about)
}

function command(act: string, name: string, options: readonly string[] = []): string {
  // A name that begins with a dash would be read as an option.
  const words = name.startsWith('-') ? [...options, '--', name] : [name, ...options]
  return [`sallyport ${act}`, ...words.map(shellWord)].join(' ')
}

/** POSIX Shell §2.2.2: within single quotes every character is itself, and a single quote ends them. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Only what a person can read as what it is; the rest was shortened, or would do something to a terminal. */
export function usable(text: string | undefined): string | undefined {
  if (text === undefined || text === '' || text.length > MAX_KEPT_LENGTH) return undefined
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(text) ? text : undefined
}

export function textOf(fact: Facts[string] | undefined): string | undefined {
  return fact === undefined || fact === null ? undefined : listOf(fact).join(', ')
}

export function listOf(fact: Facts[string] | undefined): readonly string[] {
  if (fact === undefined || fact === null) return []
  return typeof fact === 'object' ? fact : [String(fact)]
}

/** `the account ada`, or `the account` when nobody knows which. */
export function theAccount({ username }: RefusedCase): string {
  return username === undefined ? 'the account' : `the account ${username}`
}

export function theApp({ clientId }: RefusedCase): string {
  return clientId === undefined ? 'the app' : `the app ${clientId}`
}

/** A sentence from parts of which the first begins it. */
export function sentence(...parts: readonly (string | undefined | false)[]): string {
  const text = parts.filter(part => typeof part === 'string' && part !== '').join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** ` at 2026-01-01T12:00:00.000Z`, or nothing. */
export function atTime(fact: Facts[string] | undefined): string | undefined {
  return typeof fact === 'string' ? `at ${fact}` : undefined
}
