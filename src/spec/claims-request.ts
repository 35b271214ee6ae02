/** The `claims` parameter (OIDC Core §5.5): single claims asked for by name, and where they are wanted. */

import { parseJsonParameter } from './json-parameter.ts'
import { printable } from './params.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'

/** OIDC Core §5.5.1. */
export interface ClaimWish {
  readonly essential?: boolean
  readonly value?: unknown
  readonly values?: readonly unknown[]
}

export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, ClaimWish>>
  readonly idToken?: Readonly<Record<string, ClaimWish>>
}

const RULE = 'OIDC Core §5.5 the claims parameter'
/** More claims than anybody has. */
const MAX_CLAIMS = 100

/** `mayAskFor`: a claim that the client has no right to, or that nobody knows, is left out and no error (OIDC Core §5.5.1). */
export function parseClaimsRequest(
  text: string | undefined,
  mayAskFor: (claim: string) => boolean,
): ClaimsRequest | undefined | Refusal {
  if (text === undefined) return undefined
  const json = parseJsonParameter('claims', text, RULE)
  if (isRefusal(json)) return json
  if (!isObject(json)) return refuse('invalid_request', 'claims must be a JSON object', RULE)
  const userinfo = parseWishes('userinfo', json.userinfo, mayAskFor)
  if (isRefusal(userinfo)) return userinfo
  const idToken = parseWishes('id_token', json.id_token, mayAskFor)
  if (isRefusal(idToken)) return idToken
  if (userinfo === undefined && idToken === undefined) return undefined
  return { ...(userinfo === undefined ? {} : { userinfo }), ...(idToken === undefined ? {} : { idToken }) }
}

function parseWishes(
  member: 'userinfo' | 'id_token',
  json: unknown,
  mayAskFor: (claim: string) => boolean,
): Readonly<Record<string, ClaimWish>> | undefined | Refusal {
  if (json === undefined) return undefined
  if (!isObject(json)) return refuse('invalid_request', `claims.${member} must be a JSON object`, RULE)
  const entries = Object.entries(json)
  if (entries.length > MAX_CLAIMS) return refuse('invalid_request', `claims.${member} asks for too many claims`, RULE)
  const wishes: [string, ClaimWish][] = []
  for (const [claim, wish] of entries) {
    const parsed = parseWish(wish)
    if (parsed === undefined) {
      const description = `claims.${member}.${printable(claim, 30)} must be null or an object as in OIDC Core 5.5.1`
      return refuse('invalid_request', description, RULE)
    }
    if (mayAskFor(claim)) wishes.push([claim, parsed])
  }
  return wishes.length === 0 ? undefined : Object.fromEntries(wishes)
}

/** OIDC Core §5.5.1: null, or an object whose unknown members are ignored. */
function parseWish(json: unknown): ClaimWish | undefined {
  if (json === null) return {}
  if (!isObject(json)) return undefined
  const { essential, value, values } = json
  if (essential !== undefined && typeof essential !== 'boolean') return undefined
  if (values !== undefined && !Array.isArray(values)) return undefined
  return {
    ...(essential === undefined ? {} : { essential }),
    ...(value === undefined ? {} : { value }),
    ...(values === undefined ? {} : { values }),
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** The values that would do; nothing when any would. */
export function wishedValues(wish: ClaimWish | undefined): readonly unknown[] | undefined {
  if (wish?.value !== undefined) return [wish.value]
  return wish?.values
}
