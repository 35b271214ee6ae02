/** The names of what there is, for completion: asked at the same place as the command itself, and not for long. */

import { Command } from 'commander'
import type { OperationName } from '../admin-client/admin-client.ts'
import { RESOURCES } from '../core/administration/resources.ts'
import { atDesk, withPlace } from './at-desk.ts'
import type { Terminal } from './terminal.ts'

export interface Candidate {
  readonly value: string
  /** For people: one line. */
  readonly about?: string
}

const MOST = 100
const PATIENCE_MS = 2000

interface Place {
  readonly server?: string
  readonly config?: string
}

/** `thing`: `client`, `registration-token`; nothing is known of others. `written`: the beginning of the name. */
export async function nameCandidates(
  thing: string,
  written: string,
  place: Place,
  terminal: Terminal,
): Promise<readonly Candidate[]> {
  const resource = RESOURCES.find(({ name, singular }) => singular.replaceAll(' ', '-') === thing || name === thing)
  if (resource === undefined) return []
  const command = withPlace(new Command('complete'))
  if (place.server !== undefined) command.setOptionValueWithSource('server', place.server, 'cli')
  if (place.config !== undefined) command.setOptionValueWithSource('config', place.config, 'cli')
  const isSearched = resource.fields.some(({ name, finds }) => name === resource.key && finds?.includes('search'))
  const query = { limit: MOST, ...(isSearched && !/\s/.test(written) && written !== '' ? { q: written } : {}) }
  const isHouseless = resource.name === 'settings' || resource.name === 'profiles'
  const visit = { timeoutMs: PATIENCE_MS, ...(isHouseless ? { database: 'none' as const } : {}) }
  const list = `${resource.name}.list` as OperationName & 'groups.list'
  const { items } = (await atDesk(command, terminal, ({ admin }) => admin.call(list, { query }), visit)).document
  const documents: readonly Readonly<Record<string, unknown>>[] = items
  return documents.map(document => candidateOf(document, resource.key))
}

/** Beside the name stands what else people know it by. */
function candidateOf(document: Readonly<Record<string, unknown>>, key: string): Candidate {
  const about = ABOUT.map(name => document[name]).find(text => typeof text === 'string' && text !== document[key])
  return { value: `${document[key]}`, ...(typeof about === 'string' ? { about } : {}) }
}

const ABOUT = ['client_name', 'display_name', 'name', 'title', 'label', 'email', 'account', 'description', 'about']
