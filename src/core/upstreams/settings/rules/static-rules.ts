/** Static parameters and headers: names and values that are sent as they are, and never in the place of our own. */

import type { SettingsMistake } from '../../../settings-mistake.ts'
import type { StaticValues } from '../../upstream.ts'
import { isReservedHeader } from '../reserved-parameters.ts'

type Mistakes = readonly SettingsMistake[]

const MOST = 30
const LONGEST = 2_000

/** `reserved`: what we set ourselves there. */
export function parameters(reserved: readonly string[]) {
  return (member: string, values: StaticValues): Mistakes => [
    ...atMost(member, values),
    ...Object.entries(values).flatMap(([name, value]) => [
      ...checkParameterName(`${member}.${name}`, name, reserved),
      ...checkLength(`${member}.${name}`, value),
    ]),
  ]
}

export function parameterNames(reserved: readonly string[]) {
  return (member: string, names: readonly string[]): Mistakes => [
    ...atMost(member, names),
    ...names.flatMap(name => checkParameterName(member, name, reserved)),
  ]
}

export function checkParameterName(member: string, name: string, reserved: readonly string[] = []): Mistakes {
  if (reserved.includes(name)) {
    return [
      { member, rule: 'parameters of our own', message: `"${name}" is set by this server itself: ${instead(name)}` },
    ]
  }
  // RFC 6749 §11.2 and appendix A: names of parameters are visible ASCII.
  return /^[\x21-\x7e]{1,200}$/.test(name)
    ? []
    : [{ member, rule: 'parameter name', message: `"${name}" is no name of a parameter: ASCII without blanks` }]
}

/** What says the same, where something does. */
const SETTINGS_OF: Readonly<Record<string, string>> = {
  client_id: 'client_id',
  client_secret: 'client_secret',
  code_challenge: 'pkce_method',
  code_challenge_method: 'pkce_method',
  id_token_hint: 'send_id_token_hint',
  nonce: 'nonce',
  post_logout_redirect_uri: 'post_logout_redirect_uri',
  prompt: 'prompt',
  redirect_uri: 'redirect_uri_override',
  response_mode: 'response_mode',
  scope: 'scopes',
}

function instead(name: string): string {
  const setting = Object.hasOwn(SETTINGS_OF, name) ? SETTINGS_OF[name] : undefined
  return setting === undefined ? 'leave it out' : `say it with the setting ${setting}`
}

export function checkHeaders(member: string, values: StaticValues): Mistakes {
  const perHeader = Object.entries(values).flatMap(([name, value]): Mistakes => {
    const at = `${member}.${name}`
    // RFC 9110 §5.1: a field name is a token.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)) {
      return [
        {
          member: at,
          rule: 'RFC 9110 §5.1 field name',
          message: `"${name}" is no name of a header: letters, digits and -`,
        },
      ]
    }
    if (isReservedHeader(name)) {
      return [
        { member: at, rule: 'headers of our own', message: `"${name}" is set by this server itself: leave it out` },
      ]
    }
    // RFC 9110 §5.5: a line break would begin a header of somebody else's making.
    return /^[\x20-\x7e]*$/.test(value)
      ? checkLength(at, value)
      : [{ member: at, rule: 'RFC 9110 §5.5 field value', message: 'must be ASCII on one line' }]
  })
  return [...atMost(member, values), ...perHeader]
}

function checkLength(member: string, value: string): Mistakes {
  return value.length <= LONGEST
    ? []
    : [{ member, rule: `at most ${LONGEST} characters`, message: `is longer than ${LONGEST} characters` }]
}

function atMost(member: string, values: object): Mistakes {
  const count = Object.keys(values).length
  return count <= MOST
    ? []
    : [{ member, rule: `at most ${MOST} values`, message: `has ${count} values, more than ${MOST}` }]
}
