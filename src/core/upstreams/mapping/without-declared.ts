/** What an upstream says about an account that a file declares: what the file says stays as it says, or each sign-in would undo it. */

import type { JsonObject } from '../../clients/client.ts'
import type { AccountPatch } from './account-patch.ts'

/** `declared`: as the file says it. The name it stands under stays in any case. */
export function withoutDeclared(patch: AccountPatch, declared: JsonObject): AccountPatch {
  const says = (name: string): boolean => Object.hasOwn(declared, name)
  const { username: _username, email, administrator, ...rest } = patch
  return {
    ...rest,
    ...(email === undefined || says('email') || says('email_verified') ? {} : { email }),
    ...(administrator === undefined || says('role') ? {} : { administrator }),
    attributes: patch.attributes.filter(({ name }) => !saysAttribute(declared, name)),
    ...(says('groups') ? { addGroups: [], removeGroups: [] } : {}),
  }
}

/** `name` is a field of its own; `address.locality` is a part of `address`. */
function saysAttribute(declared: JsonObject, name: string): boolean {
  const [attribute = name] = name.replace(/#.*$/, '').split('.')
  const { attributes } = declared
  const isMember = typeof attributes === 'object' && attributes !== null && Object.hasOwn(attributes, attribute)
  return isMember || (attribute === 'name' && Object.hasOwn(declared, 'name'))
}
