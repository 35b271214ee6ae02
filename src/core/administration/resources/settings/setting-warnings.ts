/** What follows from another value of a setting, where it makes something weaker, or ends something: said once to whoever changes it. */

import { parseDuration } from '../../../../lib/duration-text.ts'

/** Nothing where there is nothing to say. Values as they are written in files. */
type Warn = (before: unknown, after: unknown) => string | undefined

const LONGER_OPEN = 'what is stolen opens for longer; what was handed out before ends when it would have'

const WARNINGS: Readonly<Record<string, Warn>> = {
  'tokens.authorization_code': whenLonger(LONGER_OPEN),
  'tokens.access_token': whenLonger(LONGER_OPEN),
  'tokens.id_token': whenLonger(LONGER_OPEN),
  'tokens.refresh_token': whenLonger(LONGER_OPEN),
  'tokens.refresh_grace': whenLonger('a refresh token that was stolen and used already is answered for longer'),
  'tokens.refresh_token_max': (before, after) =>
    isLonger(before, after)
      ? LONGER_OPEN
      : 'apps whose sign-in is older than that get no new refresh token at their next use: their people sign in again',
  'sessions.max_age': (before, after) =>
    isLonger(before, after)
      ? 'whoever gets at a browser is signed in for longer'
      : 'it counts for who signs in from now on; sallyport session end ends sessions that are there',
  'audit.retention': whenShorter('events that are older are deleted within a minute, and do not come back'),
  'passwords.min_length': (before, after) =>
    Number(after) < Number(before) ? 'people may choose shorter passwords from now on' : undefined,
  'throttling.enabled': whenOff('nothing slows down the guessing of passwords and secrets'),
  'throttling.trusted_addresses': whenMore('nothing slows down the guessing of passwords from there'),
  'requests.require_pushed': whenOff('each app sends its requests as it is registered'),
  'requests.require_signed': whenOff('each app sends its requests as it is registered'),
  'dpop.nonce': whenEarlier(['off', 'token', 'always'], 'proofs can be made in stock'),
  'registration.mode': (_, after) => (after === 'open' ? 'anybody may register an app here' : undefined),
  'registration.consent': (_, after) =>
    after === 'never' ? 'people are not asked before an app that registered itself learns who they are' : undefined,
  'registration.software_statement': whenEarlier(['off', 'accept', 'require'], 'apps need less to register'),
  'registration.redirect_hosts': whenUnrestricted('codes and tokens of apps that register may go to any host'),
  'registration.scopes': whenUnrestricted('apps that register may ask for every scope'),
  'client_id_metadata_documents.enabled': (_, after) =>
    after === true ? 'whoever has a web page may be an app here' : undefined,
  'client_id_metadata_documents.same_origin': whenOff('codes may go to other hosts than the one that is named'),
  'client_id_metadata_documents.hosts': whenUnrestricted('every public host may describe an app'),
  'authentication.acr_values': () =>
    'apps that ask for a class that is no longer there get what they do not expect; sign-ins that are there are judged by the new list',
}

export const WARNED_ABOUT: readonly string[] = Object.keys(WARNINGS)

export function settingWarnings(name: string, before: unknown, after: unknown): readonly string[] {
  const warn = Object.hasOwn(WARNINGS, name) ? WARNINGS[name] : undefined
  const warning = JSON.stringify(before) === JSON.stringify(after) ? undefined : warn?.(before, after)
  return warning === undefined ? [] : [`${name}: ${warning}`]
}

function whenLonger(warning: string): Warn {
  return (before, after) => (isLonger(before, after) ? warning : undefined)
}

function whenShorter(warning: string): Warn {
  return (before, after) => (secondsOf(after) < secondsOf(before) ? warning : undefined)
}

function whenOff(warning: string): Warn {
  return (before, after) => (before === true && after === false ? warning : undefined)
}

function whenMore(warning: string): Warn {
  return (before, after) => (textsOf(after).some(item => !textsOf(before).includes(item)) ? warning : undefined)
}

/** An empty list restricts nothing. */
function whenUnrestricted(warning: string): Warn {
  return (before, after) => (textsOf(before).length > 0 && textsOf(after).length === 0 ? warning : undefined)
}

/** From a stricter choice to a weaker one. */
function whenEarlier(fromWeakest: readonly unknown[], warning: string): Warn {
  return (before, after) => (fromWeakest.indexOf(after) < fromWeakest.indexOf(before) ? warning : undefined)
}

function isLonger(before: unknown, after: unknown): boolean {
  return secondsOf(after) > secondsOf(before)
}

function secondsOf(value: unknown): number {
  return typeof value === 'number' ? value : (parseDuration(`${value}`) ?? 0)
}

function textsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
