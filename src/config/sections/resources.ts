/** `resources`: the APIs that apps may ask access tokens for. */

import { z } from 'zod'
import type { ResourceServer } from '../../core/tokens/resource-servers.ts'
import { ENCRYPTION_ALGORITHMS, ENCRYPTION_ENCS } from '../../spec/jwe.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../spec/jws.ts'
import { duration } from '../values/duration.ts'

const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/
/** Keys that only the API itself holds the other half of. */
const FOR_PUBLIC_KEYS = ENCRYPTION_ALGORITHMS.filter(alg => alg.startsWith('RSA-') || alg.startsWith('ECDH-'))
const isAsymmetric = (alg: string): alg is SigningAlgorithm =>
  SIGNING_ALGORITHMS.some(known => known === alg) && !alg.startsWith('HS')

const resource = z
  .strictObject({
    uri: z
      .string()
      // RFC 8707 §2: an absolute URI without a fragment.
      .refine(text => URL.canParse(text) && !text.includes('#'), 'must be an absolute URI without a fragment')
      .describe('What apps send as `resource`, and what stands in `aud` of the tokens.'),
    name: z.string().trim().min(1).max(100).optional().describe('What people read about the API; its URI when absent.'),
    scopes: z
      .array(z.string().regex(SCOPE_TOKEN, 'must be a scope without blanks'))
      .optional()
      .describe('Scopes that mean something to the API. When absent: all but those about people.'),
    clients: z
      .array(z.string().min(1))
      .prefault([])
      .describe('The client_ids with which the API calls this server: they may introspect and exchange its tokens.'),
    access_token_format: z.enum(['opaque', 'jwt']).optional().describe('When absent: as the app has it.'),
    signing_alg: z
      .string()
      .refine(isAsymmetric, 'must be a signing algorithm of this server, such as RS256 or ES256')
      .optional()
      .describe('Signs the JWTs for this API.'),
    access_token_lifetime: duration({ standard: '0s', atLeast: '0s', atMost: '30d' }).describe(
      'The longest that a token for this API is good for; 0s: as long as other tokens.',
    ),
    encryption_alg: z.enum(FOR_PUBLIC_KEYS).optional().describe('Encrypts the JWTs so that only the API reads them.'),
    encryption_enc: z.enum(ENCRYPTION_ENCS).prefault('A256GCM').describe('Content encryption of the JWTs.'),
    encryption_key: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('The public key of the API as a JWK; together with encryption_alg.'),
  })
  .superRefine((written, context) => {
    if ((written.encryption_alg === undefined) !== (written.encryption_key === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['encryption_alg'],
        message: 'needs encryption_key, and the other way round',
      })
    }
    if (written.encryption_key !== undefined && ('d' in written.encryption_key || 'k' in written.encryption_key)) {
      context.addIssue({ code: 'custom', path: ['encryption_key'], message: 'must be a public key' })
    }
    if (written.encryption_alg !== undefined && written.access_token_format !== 'jwt') {
      context.addIssue({
        code: 'custom',
        path: ['access_token_format'],
        message: 'must be jwt where tokens are encrypted',
      })
    }
  })
  .transform((written): ResourceServer => {
    const { encryption_alg: alg, encryption_enc: enc, encryption_key: jwk } = written
    return {
      uri: written.uri,
      name: written.name ?? written.uri,
      clientIds: written.clients,
      ...(written.scopes === undefined ? {} : { scopes: written.scopes }),
      ...(written.access_token_format === undefined ? {} : { accessTokenFormat: written.access_token_format }),
      ...(written.signing_alg === undefined ? {} : { signingAlg: written.signing_alg as SigningAlgorithm }),
      ...(written.access_token_lifetime === 0 ? {} : { accessTokenSeconds: written.access_token_lifetime }),
      ...(alg === undefined || jwk === undefined ? {} : { encryption: { alg, enc, jwk } }),
    }
  })

export const resources = z
  .array(resource)
  .superRefine((list, context) => {
    for (const [index, { uri }] of list.entries()) {
      if (list.findIndex(other => other.uri === uri) < index)
        context.addIssue({ code: 'custom', path: [index, 'uri'], message: 'is listed twice' })
    }
  })
  .prefault([])
  .describe(
    'The APIs that apps may ask access tokens for (RFC 8707): a list of `uri`, `name`, `scopes`, `clients`, `access_token_format`, `signing_alg`, `access_token_lifetime`, `encryption_alg`, `encryption_enc`, `encryption_key`. In the environment: JSON.',
  )
