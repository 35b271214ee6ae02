/** Finding the upstream that a command is about, or saying clearly that there is none. */

import { type AdminClient, AdminProblem, type DocumentOf } from '../admin-client/admin-client.ts'
import { didYouMean } from '../lib/nearest-name.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export type UpstreamDocument = DocumentOf<'upstreams.read'>

interface Found {
  readonly document: UpstreamDocument
  readonly version?: string
}

export async function findUpstream(admin: AdminClient, alias: string): Promise<Found | undefined> {
  try {
    return await admin.call('upstreams.read', { path: { alias } })
  } catch (error) {
    if (error instanceof AdminProblem && error.kind === 'not-found') return undefined
    throw error
  }
}

export async function getUpstream(admin: AdminClient, alias: string): Promise<Found> {
  const found = await findUpstream(admin, alias)
  if (found !== undefined) return found
  const known = (await Array.fromAsync(admin.all('upstreams.list'))).map(other => other.alias)
  const message = `there is no upstream ${alias}${didYouMean(alias, known)}; sallyport upstream list shows all`
  throw new CommandFailure(EXIT.notFound, message)
}

/** All that were named, or none. */
export async function getUpstreams(
  admin: AdminClient,
  aliases: readonly string[],
): Promise<readonly UpstreamDocument[]> {
  return Promise.all([...new Set(aliases)].map(async alias => (await getUpstream(admin, alias)).document))
}
