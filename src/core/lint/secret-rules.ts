/** Rules about secrets: where they stand, how they are kept, and when they end. */

import { isDigestProblem, parseDigest } from '../../lib/digests/digest.ts'
import type { Document } from '../administration/ports.ts'
import type { Found } from './finding.ts'
import { foundAt, type HouseFacts, type LintFacts, type LintThing, textOf, textsOf, thingsOf } from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'

const PLAIN = '$plaintext$'
const DAY_MS = 86_400_000
const SOON_DAYS = 14

/** RFC 7518 §3.2, OIDC Core §10.1: with these the secret is a key, and a digest of it is none. */
const SYMMETRIC_FIELDS: readonly string[] = [
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'introspection_signed_response_alg',
  'authorization_signed_response_alg',
  'request_object_signing_alg',
  'token_endpoint_auth_signing_alg',
]

/** RFC 7518 §4.4, §4.5, §4.7: the secret, or a hash of it, is the key (OIDC Core §10.2). */
const ENCRYPTED_FIELDS: readonly string[] = [
  'id_token_encrypted_response_alg',
  'userinfo_encrypted_response_alg',
  'introspection_encrypted_response_alg',
  'authorization_encrypted_response_alg',
  'request_object_encryption_alg',
]
const SYMMETRIC_ENCRYPTION = /^(?:dir|A\d{3}(?:GCM)?KW)$/

const SECRET_FIELDS: Readonly<Record<string, readonly string[]>> = {
  clients: ['client_secret'],
  upstreams: ['client_secret', 'client_certificate_key'],
  accounts: ['password'],
}

export const SECRET_RULES: readonly LintRule[] = [
  {
    id: 'client-hs256-with-hashed-secret',
    severity: 'error',
    title: 'A digest is declared where the secret itself is a key',
    why: 'HS256 signatures and client_secret_jwt are made with the secret (OIDC Core §10.1): with a digest of it, nobody can sign or verify.',
    fix: 'Declare `client_secret: ${env.NAME}` in place of `client_secret_hash`, or use RS256.',
    check: facts =>
      facts.things
        .filter(({ resource, document }) => resource === 'clients' && isSymmetric(document))
        .flatMap(thing => {
          const digest = textOf(thing.written?.client_secret_hash)
          return digest === undefined || digest.startsWith(PLAIN)
            ? []
            : [foundAt(thing, 'client_secret_hash', 'is a digest, and the app signs or verifies with the secret')]
        }),
  },
  {
    id: 'secret-in-clear-in-file',
    severity: 'warning',
    title: 'A secret stands in a file',
    why: 'Files are copied, shown, backed up and kept in version control for ever.',
    fix: 'Write a reference: `${env.NAME}`, `${file:PATH}` or `${vault.NAME}`; for a client or a person, a digest will do (`client_secret_hash`, `password_hash`).',
    check: facts => facts.things.flatMap(inClear),
  },
  {
    id: 'secret-weak-digest',
    severity: 'warning',
    title: 'A digest is weak',
    why: 'Whoever gets hold of it finds the secret by guessing: SHA-crypt, PBKDF2 with SHA-1 or few rounds, and cheap bcrypt cost next to nothing to try. Long random secrets survive it, words do not.',
    fix: 'Rotate the secret (`sallyport client rotate-secret`): secrets that are made here are long and random. Or use argon2id.',
    check: facts => [...facts.things.flatMap(weakInFile), ...(facts.house === undefined ? [] : weakInHouse(facts))],
  },
  {
    id: 'secret-expires-soon',
    severity: 'warning',
    title: 'The last secret of an app is about to end',
    why: 'After that the app cannot prove who it is, and nobody signs in to it.',
    fix: '`sallyport client rotate-secret APP`, and give the app the new one.',
    check: facts => lastSecrets(facts, left => left > 0 && left <= SOON_DAYS * DAY_MS, 'ends at'),
  },
  {
    id: 'secret-expired',
    severity: 'error',
    title: 'Every secret of an app has ended',
    why: 'The app cannot prove who it is, and nobody signs in to it.',
    fix: '`sallyport client rotate-secret APP`, and give the app the new one.',
    check: facts => lastSecrets(facts, left => left <= 0, 'ended at'),
  },
]

function isSymmetric(document: Document): boolean {
  const methods = textsOf(document.token_endpoint_auth_methods ?? document.token_endpoint_auth_method)
  return (
    methods.includes('client_secret_jwt') ||
    SYMMETRIC_FIELDS.some(field => textOf(document[field])?.startsWith('HS') === true) ||
    ENCRYPTED_FIELDS.some(field => SYMMETRIC_ENCRYPTION.test(textOf(document[field]) ?? ''))
  )
}

/** `$${` is a dollar sign that stands for itself. */
function isReference(text: string): boolean {
  return /^\$\{[^}]+\}$/.test(text.trim())
}

function inClear(thing: LintThing): readonly Found[] {
  const { resource, written = {} } = thing
  const clear = (SECRET_FIELDS[resource] ?? []).filter(field => {
    const text = textOf(written[field])
    return text !== undefined && !isReference(text)
  })
  const plain = ['client_secret_hash', 'password_hash'].filter(field => textOf(written[field])?.startsWith(PLAIN))
  return [...clear, ...plain].map(field => foundAt(thing, field, 'holds the secret itself'))
}

function weakInFile(thing: LintThing): readonly Found[] {
  return ['client_secret_hash', 'password_hash'].flatMap(field => {
    const text = textOf(thing.written?.[field])
    const weakness = text === undefined || isReference(text) ? undefined : weaknessOf(text)
    return weakness === undefined ? [] : [foundAt(thing, field, `is ${weakness}`)]
  })
}

function weakInHouse(facts: LintFacts): readonly Found[] {
  const { house } = facts
  const clients = clientsOf(facts)
  const seen = new Map((house?.secrets ?? []).map(secret => [`${secret.clientId} ${secret.weakness}`, secret]))
  return [...seen.values()].flatMap(({ clientId, weakness }) => {
    if (weakness === undefined) return []
    return [
      foundAt(
        clients.get(clientId) ?? { resource: 'clients', key: clientId, document: {} },
        'secrets',
        `one is kept as ${weakness}`,
      ),
    ]
  })
}

const LEAST = { pbkdf2Rounds: 100_000, bcryptCost: 10, shaCryptRounds: 500_000, scryptCost: 14 } as const

/** What is weak about a digest, without the digest; nothing where it is strong, or not known. */
export function weaknessOf(text: string): string | undefined {
  const digest = parseDigest(text)
  if (isDigestProblem(digest)) return undefined
  switch (digest.scheme) {
    case 'pbkdf2':
      if (digest.hash === 'sha1') return 'PBKDF2 with SHA-1'
      return digest.rounds < LEAST.pbkdf2Rounds ? `PBKDF2 with ${digest.rounds} rounds` : undefined
    case 'bcrypt':
      return digest.cost < LEAST.bcryptCost ? `bcrypt with cost ${digest.cost}` : undefined
    case 'sha-crypt':
      return digest.rounds < LEAST.shaCryptRounds ? `SHA-crypt with ${digest.rounds} rounds` : undefined
    case 'scrypt':
      return digest.cost < 2 ** LEAST.scryptCost ? 'scrypt with little work' : undefined
    case 'argon2':
      return undefined
  }
}

function clientsOf(facts: LintFacts): ReadonlyMap<string, LintThing> {
  return new Map(thingsOf(facts, 'clients').map(thing => [thing.key, thing]))
}

/** A secret that another one outlives is being rotated, as it should be. */
function lastSecrets(facts: LintFacts, isMeant: (leftMs: number) => boolean, verb: string): readonly Found[] {
  const clients = clientsOf(facts)
  const bySecrets = Map.groupBy(facts.house?.secrets ?? [], ({ clientId }) => clientId)
  return [...bySecrets].flatMap(([clientId, secrets]) => {
    const ends = lastEnd(secrets)
    const thing = clients.get(clientId)
    if (ends === undefined || thing?.document.disabled === true || !isMeant(ends.getTime() - facts.now.getTime()))
      return []
    const about = thing ?? { resource: 'clients', key: clientId, document: {} }
    return [foundAt(about, 'secrets', `its last secret ${verb} ${ends.toISOString()}`)]
  })
}

function lastEnd(secrets: HouseFacts['secrets']): Date | undefined {
  const ends = secrets.map(({ expiresAt }) => expiresAt)
  return ends.some(end => end === undefined)
    ? undefined
    : ends.reduce((last, end) => (last === undefined || (end !== undefined && end > last) ? end : last), undefined)
}
