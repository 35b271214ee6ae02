/** Secrets of upstreams: sealed in the database, or read from where they are kept whenever they are needed. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { Upstream, UpstreamSecret, UpstreamUid } from './upstream.ts'

export const SECRET_MEMBERS = ['clientSecret', 'clientCertificateKey'] as const
export type SecretMember = (typeof SECRET_MEMBERS)[number]

const REFERENCE = /^\$\{(vault\.[\w.-]+|env\.\w+|file:[^}]+)\}$/

export function isSecretReference(text: string): boolean {
  return REFERENCE.test(text)
}

/** A text that is one reference stays one; anything else is sealed. */
export function keepSecret(uid: UpstreamUid, member: SecretMember, text: string, sealer: KeySealer): UpstreamSecret {
  if (isSecretReference(text)) return { kind: 'reference', text }
  return { kind: 'sealed', box: sealer.seal(Buffer.from(text), contextOf(uid, member)).toString('base64') }
}

export interface SecretSources {
  readonly sealer: Pick<KeySealer, 'open'>
  /** The text behind `vault.NAME`, `env.NAME` or `file:PATH`; throws, with a message for people, when there is none. */
  readonly readReference: (reference: string) => string
}

export function openUpstreamSecret(
  { uid, alias }: Pick<Upstream, 'uid' | 'alias'>,
  member: SecretMember,
  secret: UpstreamSecret,
  { sealer, readReference }: SecretSources,
): string | Refusal {
  if (secret.kind === 'sealed')
    return sealer.open(Buffer.from(secret.box, 'base64'), contextOf(uid, member)).toString('utf8')
  const [, reference = ''] = REFERENCE.exec(secret.text) ?? []
  const refused = (problem: string): Refusal =>
    refuse('server_error', 'a secret of the upstream cannot be read', 'the secret that a reference names can be read', {
      upstream: alias,
      reference: secret.text,
      problem,
    })
  try {
    const text = readReference(reference)
    // RFC 6749 §A.2: a client secret is one line. Whatever else stands there, a key or a list, is none, and is not sent to anybody.
    if (member === 'clientSecret' && /\p{Cc}/u.test(text)) return refused('what stands there is no client secret')
    return text
  } catch (error) {
    return refused(error instanceof Error ? error.message : 'unknown')
  }
}

function contextOf(uid: UpstreamUid, member: SecretMember): string {
  return `upstream:${uid}:${member}`
}
