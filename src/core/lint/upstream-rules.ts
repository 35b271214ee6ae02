/** Rules about identity providers that people sign in through. */

import type { Document } from '../administration/ports.ts'
import { isPlainHttp } from './client-rules.ts'
import { findIn, foundInSetting, type LintFacts, liveThings, settingOf, someOf, textOf, textsOf } from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'

const URL_FIELDS: readonly string[] = [
  'discovery_uri',
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'end_session_endpoint',
]

export const UPSTREAM_RULES: readonly LintRule[] = [
  {
    id: 'upstream-validation-off',
    severity: 'error',
    title: 'Tokens of an upstream are believed unseen',
    why: 'Whoever gets between us and the upstream, or reaches our callback with a token of their own, signs in as anybody.',
    fix: 'Take `validate_signatures: false` and `disable_jwt_validation` away; name its keys with `jwks_uri` or `public_key`.',
    check: facts => [
      ...findIn(liveThings(facts, 'upstreams'), 'validate_signatures', document =>
        document.validate_signatures === false ? 'does not check signatures' : undefined,
      ),
      ...findIn(liveThings(facts, 'upstreams'), 'disable_jwt_validation', document =>
        document.disable_jwt_validation === true ? 'checks nothing of a JWT' : undefined,
      ),
    ],
  },
  {
    id: 'upstream-no-issuer-check',
    severity: 'warning',
    title: 'Anybody may be the issuer of an upstream’s tokens',
    why: 'A token that another tenant or another provider signed with the same keys is taken as well (OIDC Core §3.1.3.7).',
    fix: 'Take `validate_issuer: false` away and set `issuer`. Where tenants differ, `essential_claim` names the one that counts.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'validate_issuer', document =>
        document.validate_issuer === false && document.essential_claim === undefined
          ? 'does not check who issued a token'
          : undefined,
      ),
  },
  {
    id: 'upstream-http',
    severity: 'error',
    title: 'An upstream is asked over plain http',
    why: 'Codes, secrets and answers can be read and changed on the way.',
    fix: 'Use its https URLs.',
    check: facts =>
      liveThings(facts, 'upstreams').flatMap(thing =>
        URL_FIELDS.flatMap(field =>
          findIn([thing], field, document =>
            isPlainHttp(textOf(document[field]) ?? '') ? 'is plain http' : undefined,
          ),
        ),
      ),
  },
  {
    id: 'upstream-pkce-off',
    severity: 'warning',
    title: 'PKCE is off, or plain, towards an upstream',
    why: 'A code that was stolen on its way back can be used in another browser (RFC 9700 §2.1.1).',
    fix: '`pkce_method: S256`; providers that do not know it ignore it.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'pkce_method', document =>
        document.pkce_method === 'off' || document.pkce_method === 'plain'
          ? `has pkce_method ${document.pkce_method}`
          : undefined,
      ),
  },
  {
    id: 'upstream-nonce-off',
    severity: 'warning',
    title: 'ID tokens of an upstream are not tied to the browser',
    why: 'Without `nonce` a token from another sign-in can be put in the place of the right one (OIDC Core §3.1.3.7, rule 11).',
    fix: 'Take `nonce: false` away.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'nonce', document =>
        document.nonce === false && document.kind !== 'oauth2' ? 'sends no nonce' : undefined,
      ),
  },
  {
    id: 'upstream-unsigned-tokens',
    severity: 'error',
    title: 'An upstream may send ID tokens without a signature',
    why: 'Anybody can write such a token.',
    fix: 'Take `none` from `id_token_signing_algs`.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'id_token_signing_algs', document =>
        textsOf(document.id_token_signing_algs).includes('none') ? 'takes the algorithm none' : undefined,
      ),
  },
  {
    id: 'upstream-no-token-type-check',
    severity: 'info',
    title: 'Any JWT of an upstream may stand for an ID token',
    why: 'A token that was made for something else, signed with the same key, is taken as well (RFC 8725 §3.11).',
    fix: 'Take `check_token_type: false` away, unless its tokens name a wrong type.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'check_token_type', document =>
        document.check_token_type === false ? 'does not check what kind of token it is' : undefined,
      ),
  },
  {
    id: 'upstream-trusts-email',
    severity: 'warning',
    title: 'Every address that an upstream says is taken as verified',
    why: 'Where people can write any address into their profile there, they can claim that of somebody here.',
    fix: 'Take `trust_email` away, so that `email_verified` counts; or name the domains that it may speak for (`email_domains`).',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'trust_email', document =>
        document.trust_email === true && textsOf(document.email_domains).length === 0
          ? 'is believed about every address'
          : undefined,
      ),
  },
  {
    id: 'upstream-trusts-amr',
    severity: 'info',
    title: 'An upstream says itself how strong a sign-in was',
    why: 'Policies that ask for two factors believe it, whatever it says.',
    fix: 'Leave `trust_amr` off, and name what it always asks for in `amr`, unless you run it yourself.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'trust_amr', document =>
        document.trust_amr === true ? 'is believed about its methods' : undefined,
      ),
  },
  {
    id: 'default-upstream-unusable',
    severity: 'error',
    title: 'People are sent to an upstream that they cannot use',
    why: '`broker.default` names one that does not exist, is switched off or is only linked: the sign-in page is shown instead.',
    fix: 'Change `broker.default`, or make the upstream usable.',
    check: unusableDefault,
  },
  {
    id: 'mail-missing-for-linking',
    severity: 'warning',
    title: 'Nobody can prove that an account is theirs',
    why: 'An upstream lets people link an existing account by mail only, and no mail is sent from here: they are turned away.',
    fix: 'Set `mail.server` and `mail.from`, or add `sign_in` to `link_proofs`.',
    check: facts =>
      settingOf(facts, 'mail.server') !== undefined && settingOf(facts, 'mail.server') !== null
        ? []
        : findIn(liveThings(facts, 'upstreams'), 'link_proofs', document => mailOnly(document)),
  },
  {
    id: 'issuer-mismatch',
    severity: 'warning',
    title: 'An upstream sends people to another server',
    why: '`redirect_uri_override` is not below the issuer: people come back to somewhere else, and their sign-in is lost unless a proxy hands it on.',
    fix: 'Take `redirect_uri_override` away, or correct `issuer` in the settings.',
    check: facts =>
      findIn(liveThings(facts, 'upstreams'), 'redirect_uri_override', document => {
        const uri = textOf(document.redirect_uri_override)
        return uri === undefined || uri.startsWith(`${facts.issuer}/`)
          ? undefined
          : `${uri} is not below ${facts.issuer}`
      }),
  },
]

function mailOnly(document: Document): string | undefined {
  const proofs = textsOf(document.link_proofs)
  return document.link_existing !== false && proofs.length === 1 && proofs[0] === 'mail'
    ? 'takes mail as the only proof'
    : undefined
}

function unusableDefault(facts: LintFacts) {
  const alias = textOf(settingOf(facts, 'broker.default'))
  if (alias === undefined) return []
  const upstream = facts.things.find(({ resource, key }) => resource === 'upstreams' && key === alias)
  const why =
    upstream === undefined
      ? facts.known.upstreams?.has(alias) === false
        ? 'does not exist'
        : undefined
      : upstream.document.enabled === false
        ? 'is switched off'
        : upstream.document.link_only === true
          ? 'is link_only'
          : undefined
  return why === undefined ? [] : [foundInSetting(facts, 'broker.default', `names ${someOf([alias])}, which ${why}`)]
}
