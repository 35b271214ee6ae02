/** How what an Authelia client gets is signed and encrypted: the same names, mostly. */

import { ENCRYPTION_ALGORITHMS, ENCRYPTION_ENCS } from '../../../spec/jwe.ts'
import { SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { textOf } from '../values.ts'
import { signingAlg } from './client-proof-rows.ts'

const ANSWERS = ['authorization', 'id_token', 'userinfo', 'introspection'] as const
const ONE_KEY = 'One key of each algorithm signs and is published: the algorithm chooses it.'
const OPAQUE = 'Access tokens are signed here, never encrypted; an opaque one tells nobody anything.'

export function answerRows(): readonly SourceRow[] {
  return [
    ...ANSWERS.flatMap(answer => [
      {
        setting: `${answer}_signed_response_alg`,
        older:
          answer === 'userinfo'
            ? ['userinfo_signing_algorithm']
            : answer === 'id_token'
              ? ['id_token_signing_alg']
              : [],
        outcome: 'mapped' as const,
        field: `${answer}_signed_response_alg`,
        take: signingAlg(`${answer}_signed_response_alg`),
      },
      keyId(`${answer}_signed_response_key_id`),
      ...encryptionRows(`${answer}_encrypted_response_alg`, `${answer}_encrypted_response_enc`),
      keyId(`${answer}_encrypted_response_key_id`),
    ]),
    {
      setting: 'access_token_signed_response_alg',
      outcome: 'mapped',
      field: 'access_token_format',
      why: 'none: opaque; any other: JWTs (RFC 9068).',
      take: accessTokenAlg,
    },
    keyId('access_token_signed_response_key_id'),
    ...['alg', 'enc', 'key_id'].map(ending => ({
      setting: `access_token_encrypted_response_${ending}`,
      outcome: 'no-equivalent' as const,
      why: OPAQUE,
    })),
    {
      setting: 'request_object_signing_alg',
      outcome: 'mapped',
      field: 'request_object_signing_alg',
      take: value =>
        value === 'none'
          ? { fields: { request_object_signing_alg: 'none' } }
          : signingAlg('request_object_signing_alg')(value, {}),
    },
    ...encryptionRows('request_object_encryption_alg', 'request_object_encryption_enc'),
  ]
}

function keyId(setting: string): SourceRow {
  return { setting, outcome: 'no-equivalent', why: ONE_KEY }
}

function encryptionRows(alg: string, enc: string): readonly SourceRow[] {
  const isEncrypted = (whole: Readonly<Record<string, unknown>>) => isSpoken(whole[alg])
  return [
    {
      setting: alg,
      outcome: 'mapped',
      field: alg,
      why: 'RSA1_5 and PBES2 are not spoken here: they give too much away, or cost too much.',
      take: value => {
        if (value === 'none' || value === '') return { outcome: 'ignored', why: 'the same as nothing' }
        return isSpoken(value)
          ? { fields: { [alg]: value } }
          : { outcome: 'no-equivalent', why: `${textOf(value)} is not spoken here; nothing is encrypted` }
      },
    },
    {
      setting: enc,
      outcome: 'mapped',
      field: enc,
      take: (value, whole) => {
        if (!isEncrypted(whole)) return { outcome: 'ignored', why: 'means nothing without an alg' }
        return (ENCRYPTION_ENCS as readonly unknown[]).includes(value)
          ? { fields: { [enc]: value } }
          : { outcome: 'no-equivalent', why: `${textOf(value)} is not spoken here` }
      },
    },
  ]
}

function isSpoken(alg: unknown): boolean {
  return (ENCRYPTION_ALGORITHMS as readonly unknown[]).includes(alg)
}

function accessTokenAlg(value: unknown): Taken {
  if (value === 'none' || value === '') return { fields: { access_token_format: 'opaque' } }
  return (SIGNING_ALGORITHMS as readonly unknown[]).includes(value)
    ? { fields: { access_token_format: 'jwt', access_token_signing_alg: value } }
    : { outcome: 'no-equivalent', why: `${textOf(value)} is not signed with here` }
}
