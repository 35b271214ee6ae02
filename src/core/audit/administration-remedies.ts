/** Remedies for refusals at the admin API: who asked, and what was missing. */

import { accountCommand, clientCommand, type RemedyRow, sentence, textOf, theAccount, theApp } from './remedy-row.ts'

const GUIDE = '(docs/guide/admin-api.md)'

export const ADMINISTRATION_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'Fetch Metadata §2.3 the request comes from a page of this server',
    why: ({ facts }) =>
      sentence(
        'a browser with a session sent this',
        facts.origin === undefined ? undefined : `from a page of ${textOf(facts.origin)}`,
        facts.sec_fetch_site === undefined ? undefined : `as ${textOf(facts.sec_fetch_site)}`,
        facts.origin === undefined && facts.sec_fetch_site === undefined && 'without saying from which page',
      ),
    advice: `Other sites never manage with the session of somebody: a program uses an access token ${GUIDE}. A proxy that changes Origin or Sec-Fetch-Site has to leave them alone.`,
  },
  {
    rule: 'Fetch §2.2.2 the request is none that a form can send',
    why: ({ facts }) =>
      sentence('it came with a session and a body as of a form:', textOf(facts.content_type) || 'none'),
    advice: 'The page has to send JSON, or the header X-Requested-With.',
  },
  {
    rule: 'the session is alive',
    why: () => 'The session of the browser has ended, or its cookie is not one of ours.',
    advice: 'The person signs in again.',
  },
  {
    rule: 'the person has a role',
    why: about => sentence(theAccount(about), 'has no role, so it manages nothing'),
    advice: 'An administrator gives it one, if it should: viewer reads, operator looks after people and apps.',
    commands: accountCommand('show'),
  },
  {
    rule: 'the role allows the operation',
    why: ({ facts }) => sentence(`the operation needs the role ${textOf(facts.needed)}; this was`, textOf(facts.role)),
    advice: `The token needs a higher scope, or the person a higher role: the lesser of the two counts ${GUIDE}.`,
  },
  {
    rule: 'the role allows what was asked for',
    why: ({ facts }) => sentence('the rules of the thing itself do not allow it to the role', textOf(facts.role)),
    advice: 'Only an administrator changes what decides who manages this server.',
  },
  {
    rule: 'the app was made by an operator',
    why: about => sentence(theApp(about), 'registered itself, and such apps never manage this server'),
    advice: 'Make a client of your own for it.',
    commands: clientCommand('show'),
  },
  {
    rule: 'RFC 8707 §2.2 the audience is the admin API',
    why: ({ facts }) =>
      sentence(
        'the access token is for',
        textOf(facts.audience) || 'no API in particular',
        'and not for',
        textOf(facts.wanted),
      ),
    advice: `The app asks for a token of its own for the admin API, with its address as resource and nothing beside it ${GUIDE}.`,
  },
  {
    rule: 'RFC 9700 §2.1.2 no access token for the admin API in a redirect',
    why: about => sentence(theApp(about), 'wanted its token in the redirect, by', textOf(about.facts.response_type)),
    advice: `What stands in a redirect is seen by too many: the app asks for a code, and the token endpoint for the token ${GUIDE}.`,
    setting: 'response_types',
    commands: clientCommand('show'),
  },
  {
    rule: 'RFC 6750 §3.1 an admin scope',
    why: ({ facts }) => sentence('the access token has the scopes', textOf(facts.scopes) || 'of nothing'),
    advice: `The app asks for admin.viewer, admin.operator or admin.administrator, and an administrator lists it among its scopes ${GUIDE}.`,
    setting: 'scope',
    commands: clientCommand('show'),
  },
  {
    rule: 'RFC 6750 §3 the request brings an access token or a session',
    why: () => 'Somebody asked who did not say who they are.',
    advice: `Send an access token in the header Authorization ${GUIDE}.`,
  },
]
