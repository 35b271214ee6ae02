/** Rich authorization requests (RFC 9396): what exactly the app may do, as structured data. */

import { parseJsonParameter } from './json-parameter.ts'
import { printable } from './params.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'

/** RFC 9396 §2: `type` decides what else may stand in it. */
export interface AuthorizationDetail {
  readonly type: string
  readonly [member: string]: unknown
}

/** More than a person would read. */
const MAX_DETAILS = 20
const ERROR = 'invalid_authorization_details'
const SHAPE = 'RFC 9396 §2 an array of objects with a type'
const KNOWN = 'RFC 9396 §5 the type is known and the client may use it (authorization_details.types)'
/** RFC 9396 §2.2. */
const LISTS = ['locations', 'actions', 'datatypes', 'privileges'] as const

/** `allowedTypes`: those that the house knows and the client may use. */
export function parseAuthorizationDetails(
  text: string | undefined,
  allowedTypes: readonly string[],
): readonly AuthorizationDetail[] | undefined | Refusal {
  if (text === undefined) return undefined
  const json = parseJsonParameter('authorization_details', text, SHAPE, ERROR)
  if (isRefusal(json)) return json
  if (!Array.isArray(json) || json.length === 0 || json.length > MAX_DETAILS)
    return refuse(ERROR, `authorization_details must be an array of 1 to ${MAX_DETAILS} objects`, SHAPE)
  const details: AuthorizationDetail[] = []
  for (const entry of json as readonly unknown[]) {
    const detail = parseDetail(entry, allowedTypes)
    if (isRefusal(detail)) return detail
    details.push(detail)
  }
  return details
}

function parseDetail(json: unknown, allowedTypes: readonly string[]): AuthorizationDetail | Refusal {
  if (typeof json !== 'object' || json === null || !('type' in json) || typeof json.type !== 'string')
    return refuse(ERROR, 'every authorization detail must be an object with a type', SHAPE)
  const detail: AuthorizationDetail = { ...json, type: json.type }
  if (!allowedTypes.includes(detail.type)) {
    const type = printable(detail.type)
    return refuse(ERROR, `authorization details of type ${type} are not available to this client`, KNOWN, {
      type,
      allowed: allowedTypes,
    })
  }
  const wrong = LISTS.find(name => detail[name] !== undefined && !isListOfText(detail[name]))
  if (wrong !== undefined) return refuse(ERROR, `${wrong} must be an array of strings`, 'RFC 9396 §2.2 common fields')
  return detail.identifier === undefined || typeof detail.identifier === 'string'
    ? detail
    : refuse(ERROR, 'identifier must be a string', 'RFC 9396 §2.2 common fields')
}

function isListOfText(json: unknown): boolean {
  return Array.isArray(json) && json.every(entry => typeof entry === 'string')
}
