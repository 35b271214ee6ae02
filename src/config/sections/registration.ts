/** `registration`: whether and how apps register themselves (RFC 7591, OpenID Connect Dynamic Client Registration). */

import { z } from 'zod'
import type { JsonObject } from '../../core/clients/client.ts'
import { parseFixedMetadata } from '../../core/registration/fixed-metadata.ts'
import { TOKEN_ENDPOINT_AUTH_METHODS } from '../../spec/client-credentials.ts'
import { GRANT_TYPES_SPOKEN } from '../../spec/grant-types.ts'
import { RESPONSE_TYPES } from '../../spec/response-types.ts'
import { duration } from '../values/duration.ts'
import { isHostPattern } from '../values/network.ts'

const trustedIssuer = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe('What stands in `iss` of its statements.'),
    jwks: z
      .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1) })
      .optional()
      .describe('Its public keys.'),
    jwks_uri: z
      .string()
      .refine(text => /^https?:/.test(text) && URL.canParse(text), 'must be an https URL')
      .optional()
      .describe('Where its public keys are published; instead of jwks.'),
  })
  .superRefine((written, context) => {
    if ((written.jwks === undefined) === (written.jwks_uri === undefined))
      context.addIssue({ code: 'custom', path: ['jwks'], message: 'or jwks_uri must be there, one of the two' })
    if (written.jwks?.keys.some(key => key.kty === 'oct' || 'd' in key))
      context.addIssue({ code: 'custom', path: ['jwks'], message: 'must hold public keys only' })
  })
  .transform(({ issuer, jwks, jwks_uri }) => ({
    issuer,
    ...(jwks === undefined ? {} : { jwks }),
    ...(jwks_uri === undefined ? {} : { jwksUri: jwks_uri }),
  }))

export const registration = z
  .strictObject({
    mode: z
      .enum(['off', 'open', 'initial_access_token'])
      .prefault('off')
      .describe(
        '`off`, `open` (anybody may register an app) or `initial_access_token` (who has a token made with `sallyport registration-token create`).',
      ),
    scopes: z
      .array(z.string().trim().min(1))
      .prefault([])
      .describe('The scopes that a registered app may ask for; none listed: all that the server knows.'),
    grant_types: z
      .array(z.enum(GRANT_TYPES_SPOKEN))
      .prefault(['authorization_code', 'refresh_token'])
      .describe('The grant types that a registered app may have.'),
    response_types: z
      .array(z.enum(RESPONSE_TYPES))
      .prefault(['code'])
      .describe('The response types that a registered app may have.'),
    auth_methods: z
      .array(z.enum(TOKEN_ENDPOINT_AUTH_METHODS))
      .prefault([])
      .describe('How a registered app may authenticate at the token endpoint; none listed: by all methods.'),
    redirect_hosts: z
      .array(z.string().refine(isHostPattern, 'must be a host such as app.example.com, or *.example.com'))
      .prefault([])
      .describe(
        'The hosts that redirect URIs of registered apps may have, those after signing out among them, `*.example.com` for all below; none listed: any.',
      ),
    consent: z
      .enum(['always', 'remember', 'never'])
      .prefault('remember')
      .describe('Whether people are asked before a registered app learns who they are: always, once, or never.'),
    profile: z
      .enum(['default', 'oauth2.1', 'fapi1-advanced', 'fapi2'])
      .prefault('default')
      .describe('The profile that registered apps are held to.'),
    secret_lifetime: duration({ standard: '0s', atLeast: '0s', atMost: '10y' }).describe(
      'A client secret ends this long after it was made, and `client_secret_expires_at` says so; 0s: never.',
    ),
    fixed_metadata: z
      .array(z.string())
      .superRefine((assignments, context) => {
        const read = parseFixedMetadata(assignments)
        if ('metadata' in read) return
        for (const { member, message } of read.mistakes)
          context.addIssue({ code: 'custom', message: `${member} ${message}` })
      })
      .prefault([])
      .describe('Metadata that every registered app gets whatever it asks for, each as `member=value`.'),
    software_statement: z
      .enum(['off', 'accept', 'require'])
      .prefault('off')
      .describe('Whether a software statement (a signed description of the app) is ignored, accepted or required.'),
    software_statement_issuers: z
      .array(trustedIssuer)
      .prefault([])
      .describe(
        'Who is trusted to sign software statements: a list of `issuer`, `jwks` or `jwks_uri`. In the environment: JSON.',
      ),
  })
  .superRefine(({ mode, consent, software_statement, software_statement_issuers }, context) => {
    if (mode === 'open' && consent === 'never') {
      const message = 'cannot be never with mode open: anybody could register an app and learn who people are, unasked'
      context.addIssue({ code: 'custom', path: ['consent'], message })
    }
    if (software_statement === 'off' || software_statement_issuers.length > 0) return
    context.addIssue({
      code: 'custom',
      path: ['software_statement'],
      message: 'needs registration.software_statement_issuers: nobody is trusted yet',
    })
  })
  .transform(settings => ({
    mode: settings.mode,
    scopes: settings.scopes,
    grantTypes: settings.grant_types,
    responseTypes: settings.response_types,
    authMethods: settings.auth_methods,
    redirectHosts: settings.redirect_hosts,
    consent: settings.consent,
    profile: settings.profile,
    secretSeconds: settings.secret_lifetime,
    fixedMetadata: fixedMetadataOf(settings.fixed_metadata),
    softwareStatement: settings.software_statement,
    softwareStatementIssuers: settings.software_statement_issuers,
  }))
  .prefault({})
  .describe('Apps that register themselves (RFC 7591). Every list restricts what they may have.')

function fixedMetadataOf(assignments: readonly string[]): JsonObject {
  const read = parseFixedMetadata(assignments)
  return 'metadata' in read ? read.metadata : {}
}
