/** `assertion_issuers`: whose signed word about a person is taken for a sign-in (RFC 7523). */

import { z } from 'zod'
import type { AssertionIssuer } from '../../core/grants/assertion-issuers.ts'
import { duration } from '../values/duration.ts'

const issuer = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe('What stands in `iss` of its assertions.'),
    jwks: z
      .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1) })
      .optional()
      .describe('Its public keys.'),
    jwks_uri: z
      .string()
      .refine(text => URL.canParse(text), 'must be a URL')
      .optional()
      .describe('Where its public keys are published; instead of jwks.'),
    subject: z.enum(['username', 'email']).prefault('username').describe('How `sub` names an account.'),
    clients: z.array(z.string().min(1)).min(1).describe('The client_ids that may present its assertions.'),
    max_lifetime: duration({ standard: '5m', atLeast: '1s', atMost: '1h' }).describe(
      'An assertion that is good for longer is refused.',
    ),
  })
  .superRefine((written, context) => {
    if ((written.jwks === undefined) === (written.jwks_uri === undefined))
      context.addIssue({ code: 'custom', path: ['jwks'], message: 'or jwks_uri must be there, one of the two' })
    // RFC 7523 §3 rule 9: a signature by a key that we hold, too, proves nothing.
    if (written.jwks?.keys.some(key => key.kty === 'oct' || 'd' in key))
      context.addIssue({ code: 'custom', path: ['jwks'], message: 'must hold public keys only' })
  })
  .transform(
    (written): AssertionIssuer => ({
      issuer: written.issuer,
      ...(written.jwks === undefined ? {} : { jwks: written.jwks }),
      ...(written.jwks_uri === undefined ? {} : { jwksUri: written.jwks_uri }),
      subject: written.subject,
      clients: written.clients,
      maxLifetimeSeconds: written.max_lifetime,
    }),
  )

export const assertionIssuers = z
  .array(issuer)
  .superRefine((list, context) => {
    for (const [index, { issuer: name }] of list.entries()) {
      if (list.findIndex(other => other.issuer === name) < index)
        context.addIssue({ code: 'custom', path: [index, 'issuer'], message: 'is listed twice' })
    }
  })
  .prefault([])
  .describe(
    'Systems whose signed assertions about people are taken for access tokens (RFC 7523): a list of `issuer`, `jwks` or `jwks_uri`, `subject`, `clients`, `max_lifetime`. In the environment: JSON.',
  )
