/** Tests of the settings table: one row for everything that can be set, and a default that is the one that counts. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { UpstreamProperties } from '../upstream.ts'
import { PRESETS } from './presets.ts'
import { SECTIONS } from './settings-row.ts'
import { SETTING_NAMES, SETTINGS, standardText } from './settings-table.ts'
import { standardProperties } from './standard-properties.ts'

/** The compiler asks for every member of `UpstreamProperties`, and for no other. */
const EVERY_MEMBER: Readonly<Record<keyof UpstreamProperties, true>> = {
  accessTokenIsJwt: true,
  acceptsPromptNone: true,
  amr: true,
  audience: true,
  authorizationEndpoint: true,
  authorizationParameters: true,
  backchannelLogout: true,
  caseSensitiveUsername: true,
  checkTokenType: true,
  clientAssertionAlg: true,
  clientAssertionAudience: true,
  clientAuthMethod: true,
  clientCertificate: true,
  clientId: true,
  clockSkewSeconds: true,
  authTimeRequired: true,
  createAccounts: true,
  disableJwtValidation: true,
  disableUserinfo: true,
  discoveryUri: true,
  displayName: true,
  emailDomains: true,
  enabled: true,
  endSessionEndpoint: true,
  essentialClaim: true,
  essentialClaimValue: true,
  forwardParameters: true,
  frontchannelLogout: true,
  frontchannelLogoutFrameAncestors: true,
  frontchannelLogoutRedirectUri: true,
  hideOnLogin: true,
  idTokenSigningAlgs: true,
  issuer: true,
  jwksUri: true,
  kind: true,
  linkExisting: true,
  linkOnly: true,
  linkProofs: true,
  logoUri: true,
  logoutAuthorization: true,
  logoutMode: true,
  logoutParameters: true,
  logoutPassParameters: true,
  logoutTokenMethod: true,
  logoutTokenParameter: true,
  logoutUri: true,
  mappings: true,
  minTokenValiditySeconds: true,
  mtlsTokenEndpoint: true,
  mtlsUserinfoEndpoint: true,
  nonce: true,
  order: true,
  passAcrValues: true,
  passLoginHint: true,
  passMaxAge: true,
  passUiLocales: true,
  persistParameters: true,
  pkceMethod: true,
  postLogin: true,
  postLogoutRedirectParameter: true,
  postLogoutRedirectUri: true,
  preset: true,
  prompt: true,
  publicKey: true,
  publicKeyId: true,
  redirectUriOverride: true,
  registrationParameters: true,
  requireEncryptedIdToken: true,
  responseMode: true,
  reviewProfile: true,
  scopes: true,
  sendClientIdOnLogout: true,
  sendIdTokenHint: true,
  showInAccount: true,
  standardMappings: true,
  storeTokens: true,
  storedTokensReadableBy: true,
  syncMode: true,
  tokenEndpoint: true,
  tokenHeaders: true,
  tokenParameters: true,
  trustAmr: true,
  trustEmail: true,
  useJwksUri: true,
  userinfoDocuments: true,
  userinfoEndpoint: true,
  userinfoHeaders: true,
  userinfoMethod: true,
  userinfoParameters: true,
  validateIssuer: true,
  validateSignatures: true,
}
const BESIDES = ['alias', 'clientSecret', 'clientCertificateKey']

describe('the settings of an upstream', () => {
  it('have exactly one row for every member', () => {
    const members = SETTINGS.map(({ member }) => member)
    assert.deepEqual(members.toSorted(), [...Object.keys(EVERY_MEMBER), ...BESIDES].sort())
    assert.equal(new Set(SETTING_NAMES).size, SETTINGS.length)
  })

  it('say the default that counts: of the standards, or a sentence of their own where those are silent', () => {
    const standards: Readonly<Record<string, unknown>> = { ...standardProperties('oidc') }
    for (const row of SETTINGS) {
      const standard = standards[row.member]
      const text = standardText(row)
      assert.notEqual(text, '', row.name)
      if (standard === undefined) assert.notEqual(row.standard, undefined, `${row.name} has a sentence`)
      else if (typeof standard !== 'object') assert.ok(text.startsWith(`\`${standard}\``), `${row.name}: ${text}`)
    }
  })

  it('say both defaults where the kinds differ', () => {
    const byName = new Map(SETTINGS.map(row => [row.name, standardText(row)]))
    assert.equal(byName.get('nonce'), '`true`; for `oauth2` `false`')
    assert.equal(byName.get('scopes'), '`openid, profile, email`; for `oauth2` none')
    assert.equal(byName.get('kind'), '`oidc`')
  })

  it('offer the standard among the choices', () => {
    const standards: Readonly<Record<string, unknown>> = { ...standardProperties('oidc') }
    for (const { name, member, choices } of SETTINGS) {
      const standard = standards[member]
      if (choices !== undefined && standard !== undefined) assert.ok(choices.includes(`${standard}`), name)
    }
  })

  it('stand in sections that are printed, in snake case', () => {
    for (const { name, section } of SETTINGS) {
      assert.match(name, /^[a-z]+(_[a-z0-9]+)*$/)
      assert.ok(SECTIONS.includes(section))
    }
  })

  it('are all that a preset names', () => {
    for (const { settings } of PRESETS) {
      for (const name of Object.keys(settings)) assert.ok(SETTING_NAMES.includes(name), name)
    }
  })
})
