/** OIDC Registration §5: several hosts that know a person by one pairwise subject prove it with a document that lists their redirect URIs. */

import type { GuardedFetch } from '../../lib/guarded-fetch.ts'
import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client } from '../clients/client.ts'
import { needsSectorProof } from '../clients/rules/redirect-rules.ts'
import { parseJson } from './metadata-text.ts'

const RULE = 'OIDC Registration §5 sector_identifier_uri'
const SECTOR_STAYS = 'OIDC Core §8.1 the sector of a client stays'

export async function checkSectorIdentifier(
  client: Pick<Client, 'sectorIdentifierUri' | 'redirectUris' | 'grantTypes' | 'jwksUri'>,
  fetch: GuardedFetch,
): Promise<Refusal | undefined> {
  const { sectorIdentifierUri, redirectUris, jwksUri } = client
  if (sectorIdentifierUri === undefined) return undefined
  const fail = (problem: string, facts = {}): Refusal =>
    refuse('invalid_client_metadata', `sector_identifier_uri ${problem}`, RULE, { uri: sectorIdentifierUri, ...facts })
  const answer = await fetch({ url: sectorIdentifierUri, headers: { accept: 'application/json' } })
  if (answer.kind === 'refused') return fail('could not be fetched', { reason: answer.reason, detail: answer.detail })
  if (answer.status !== 200) return fail('does not answer with 200', { status: answer.status })
  const list = parseJson(answer.body.toString('utf8'))
  if (!Array.isArray(list)) return fail('is not a JSON list of redirect URIs')
  // OIDC Registration §5: the values of redirect_uris MUST be included in the elements of the array.
  const missing = redirectUris.find(uri => !list.includes(uri))
  if (missing !== undefined) return fail('does not list every redirect URI', { missing })
  // CIBA Core §4: where nobody is redirected, the jwks_uri MUST be included, or anybody could join the sector.
  const isProved = !needsSectorProof(client) || (jwksUri !== undefined && list.includes(jwksUri))
  return isProved ? undefined : fail('does not list the jwks_uri', { jwks_uri: jwksUri ?? null })
}

/**
 * OIDC Core §8.1: the redirect URIs say whose sector it is, because answers go there. An app that moved would bring the tokens of its own
 * people into another one's sector, or leave for its own host with the sector of another one, and learn who people are there.
 */
export function checkSectorStays(before: Client, after: Client): Refusal | undefined {
  if (after.subjectType !== 'pairwise' || before.sectorIdentifier === after.sectorIdentifier) return undefined
  return refuse('invalid_client_metadata', 'the sector of a client cannot change: register another one', SECTOR_STAYS, {
    before: before.sectorIdentifier ?? 'public subjects',
    after: after.sectorIdentifier ?? null,
  })
}
