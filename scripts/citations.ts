/** Where the code and the tests cite the specifications: `RFC 7636 §4.6`, `OIDC Core §3.1.2.1, §5.5`. */

export interface Specification {
  /** As it is written before the `§`. */
  readonly name: string
  readonly title: string
  readonly url: string
  /** Other ways to write it. */
  readonly aliases?: readonly string[]
}

const OPENID = 'https://openid.net/specs'
const DRAFT = 'https://datatracker.ietf.org/doc'

export const SPECIFICATIONS: readonly Specification[] = [
  rfc(2047, 'Message Header Extensions for Non-ASCII Text'),
  rfc(3207, 'SMTP over TLS (STARTTLS)'),
  rfc(3834, 'Automatic Responses to Electronic Mail'),
  rfc(4514, 'String Representation of Distinguished Names'),
  rfc(4954, 'SMTP Authentication'),
  rfc(5280, 'X.509 Certificate and CRL Profile'),
  rfc(5321, 'Simple Mail Transfer Protocol'),
  rfc(5322, 'Internet Message Format'),
  rfc(6454, 'The Web Origin Concept'),
  rfc(6585, 'Additional HTTP Status Codes'),
  rfc(6749, 'The OAuth 2.0 Authorization Framework'),
  rfc(6750, 'Bearer Token Usage'),
  rfc(6819, 'OAuth 2.0 Threat Model and Security Considerations'),
  rfc(7009, 'Token Revocation'),
  rfc(7396, 'JSON Merge Patch'),
  rfc(7515, 'JSON Web Signature'),
  rfc(7516, 'JSON Web Encryption'),
  rfc(7517, 'JSON Web Key'),
  rfc(7518, 'JSON Web Algorithms'),
  rfc(7519, 'JSON Web Token'),
  rfc(7521, 'Assertion Framework'),
  rfc(7523, 'JWT Profile for Client Authentication and Authorization Grants'),
  rfc(7591, 'Dynamic Client Registration'),
  rfc(7592, 'Dynamic Client Registration Management'),
  rfc(7636, 'Proof Key for Code Exchange'),
  rfc(7638, 'JSON Web Key Thumbprint'),
  rfc(7662, 'Token Introspection'),
  rfc(7800, 'Proof-of-Possession Key Semantics for JWTs'),
  rfc(8037, 'CFRG Curves in JOSE'),
  rfc(8176, 'Authentication Method Reference Values'),
  rfc(8252, 'OAuth 2.0 for Native Apps'),
  rfc(8259, 'The JSON Data Interchange Format'),
  rfc(8314, 'TLS for Email Submission and Access'),
  rfc(8414, 'Authorization Server Metadata'),
  rfc(8628, 'Device Authorization Grant'),
  rfc(8693, 'Token Exchange'),
  rfc(8705, 'Mutual-TLS Client Authentication and Certificate-Bound Access Tokens'),
  rfc(8707, 'Resource Indicators'),
  rfc(8725, 'JSON Web Token Best Current Practices'),
  rfc(9068, 'JWT Profile for OAuth 2.0 Access Tokens'),
  rfc(9101, 'JWT-Secured Authorization Request'),
  rfc(9110, 'HTTP Semantics'),
  rfc(9126, 'Pushed Authorization Requests'),
  rfc(9207, 'Authorization Server Issuer Identification'),
  rfc(9396, 'Rich Authorization Requests'),
  rfc(9440, 'Client-Cert HTTP Header Field'),
  rfc(9449, 'Demonstrating Proof of Possession'),
  rfc(9457, 'Problem Details for HTTP APIs'),
  rfc(9470, 'Step Up Authentication Challenge Protocol'),
  rfc(9493, 'Subject Identifiers for Security Event Tokens'),
  rfc(9700, 'Best Current Practice for OAuth 2.0 Security'),
  rfc(9701, 'JWT Response for OAuth Token Introspection'),
  rfc(9864, 'Fully-Specified Algorithms for JOSE and COSE'),
  {
    name: 'Fetch Metadata',
    title: 'Fetch Metadata Request Headers',
    url: 'https://www.w3.org/TR/fetch-metadata/',
  },
  { name: 'OIDC Core', title: 'OpenID Connect Core 1.0', url: `${OPENID}/openid-connect-core-1_0.html` },
  {
    name: 'OIDC Discovery',
    title: 'OpenID Connect Discovery 1.0',
    url: `${OPENID}/openid-connect-discovery-1_0.html`,
    aliases: ['OpenID Connect Discovery'],
  },
  {
    name: 'OIDC Registration',
    title: 'OpenID Connect Dynamic Client Registration 1.0',
    url: `${OPENID}/openid-connect-registration-1_0.html`,
  },
  {
    name: 'RP-Initiated Logout',
    title: 'OpenID Connect RP-Initiated Logout 1.0',
    url: `${OPENID}/openid-connect-rpinitiated-1_0.html`,
  },
  {
    name: 'Back-Channel Logout',
    title: 'OpenID Connect Back-Channel Logout 1.0',
    url: `${OPENID}/openid-connect-backchannel-1_0.html`,
    aliases: ['OIDC Back-Channel Logout', 'OpenID Connect Back-Channel Logout'],
  },
  {
    name: 'Front-Channel Logout',
    title: 'OpenID Connect Front-Channel Logout 1.0',
    url: `${OPENID}/openid-connect-frontchannel-1_0.html`,
    aliases: ['OIDC Front-Channel Logout', 'OpenID Connect Front-Channel Logout'],
  },
  {
    name: 'Multiple Response Types',
    title: 'OAuth 2.0 Multiple Response Type Encoding Practices',
    url: `${OPENID}/oauth-v2-multiple-response-types-1_0.html`,
    aliases: ['OAuth 2.0 Multiple Response Types'],
  },
  {
    name: 'Form Post Response Mode',
    title: 'OAuth 2.0 Form Post Response Mode',
    url: `${OPENID}/oauth-v2-form-post-response-mode-1_0.html`,
    aliases: ['OAuth 2.0 Form Post Response Mode', 'Form Post'],
  },
  { name: 'JARM', title: 'JWT Secured Authorization Response Mode', url: `${OPENID}/oauth-v2-jarm-final.html` },
  {
    name: 'CIBA Core',
    title: 'OpenID Connect Client-Initiated Backchannel Authentication',
    url: `${OPENID}/openid-client-initiated-backchannel-authentication-core-1_0.html`,
  },
  { name: 'FAPI-CIBA', title: 'Financial-grade API: CIBA Profile', url: `${OPENID}/openid-financial-api-ciba.html` },
  {
    name: 'FAPI 1.0 Baseline',
    title: 'Financial-grade API Security Profile 1.0, Part 1: Baseline',
    url: `${OPENID}/openid-financial-api-part-1-1_0-final.html`,
  },
  {
    name: 'FAPI 1.0 Advanced',
    title: 'Financial-grade API Security Profile 1.0, Part 2: Advanced',
    url: `${OPENID}/openid-financial-api-part-2-1_0-final.html`,
  },
  {
    name: 'FAPI 2.0 Security Profile',
    title: 'FAPI 2.0 Security Profile',
    url: `${OPENID}/fapi-security-profile-2_0-final.html`,
    aliases: ['FAPI 2.0'],
  },
  {
    name: 'FAPI 2.0 Message Signing',
    title: 'FAPI 2.0 Message Signing',
    url: `${OPENID}/fapi-message-signing-2_0-final.html`,
  },
  {
    name: 'Unmet Authentication Requirements',
    title: 'OpenID Connect Core Error Code unmet_authentication_requirements',
    url: `${OPENID}/openid-connect-unmet-authentication-requirements-1_0.html`,
  },
  {
    name: 'OAuth 2.1',
    title: 'The OAuth 2.1 Authorization Framework',
    url: `${DRAFT}/draft-ietf-oauth-v2-1/`,
    aliases: ['draft-ietf-oauth-v2-1'],
  },
  {
    name: 'Attestation-Based Client Authentication',
    title: 'OAuth 2.0 Attestation-Based Client Authentication',
    url: `${DRAFT}/draft-ietf-oauth-attestation-based-client-auth/`,
    aliases: ['draft-ietf-oauth-attestation-based-client-auth'],
  },
  {
    name: 'Client ID Metadata Document',
    title: 'OAuth Client ID Metadata Document',
    url: `${DRAFT}/draft-ietf-oauth-client-id-metadata-document/`,
    aliases: ['draft-ietf-oauth-client-id-metadata-document', 'CIMD'],
  },
  {
    name: 'Web Message Response Mode',
    title: 'OAuth 2.0 Web Message Response Mode',
    url: `${DRAFT}/draft-sakimura-oauth-wmrm/`,
    aliases: ['draft-sakimura-oauth-wmrm'],
  },
]

function rfc(number: number, title: string): Specification {
  return { name: `RFC ${number}`, title, url: `https://www.rfc-editor.org/rfc/rfc${number}` }
}

export interface Citation {
  readonly specification: Specification
  /** `4.1.2.1`. */
  readonly section: string
}

const NAMES = SPECIFICATIONS.flatMap(specification =>
  [specification.name, ...(specification.aliases ?? [])].map(name => ({ name, specification })),
)
// Longer names first: `FAPI 2.0 Message Signing` before `FAPI 2.0`.
const SPOKEN = NAMES.map(({ name }) => name)
  .sort((a, b) => b.length - a.length)
  .map(name => name.replaceAll('.', String.raw`\.`))
const TOKEN = new RegExp(String.raw`(?<![\w.-])(${SPOKEN.join('|')})(?!\w)|§\s?(\d+(?:\.\d+)*(?:\.[A-Z])?)`, 'g')

/** Every section that a text cites. A `§` without a name belongs to the specification that was named last. */
export function citationsIn(text: string): readonly Citation[] {
  let current: Specification | undefined
  const found: Citation[] = []
  for (const [, name, section] of text.matchAll(TOKEN)) {
    if (name !== undefined) current = NAMES.find(known => known.name === name)?.specification
    else if (current !== undefined && section !== undefined) found.push({ specification: current, section })
  }
  return found
}

/** The parts of a source text that stand in quotes: the rules that refusals name, and the names of tests. */
export function quotedTexts(source: string): readonly string[] {
  const quoted = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
  return [...source.matchAll(quoted)].map(([text]) => text).filter(text => !text.startsWith('/'))
}
