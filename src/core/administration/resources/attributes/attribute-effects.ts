/** What a change of an attribute does to what is there: values of accounts, scopes of apps, mappings of upstreams. */

import type { Account } from '../../../accounts/account.ts'
import { orderValue } from '../../../accounts/account-repository.ts'
import type { AttributeDefinition } from '../../../attributes/attribute-definition.ts'
import { isAttributeValue } from '../../../attributes/attribute-value.ts'
import { attributeScopes } from '../../../attributes/custom-claims.ts'
import type { Acting } from '../../ports.ts'
import { conflict, type Problem } from '../../problem.ts'

const AT_ONCE = 1000
const SHOWN = 5

/** A value that is none by the new rules would be read by apps that rely on them. */
export async function checkStoredValues(after: AttributeDefinition, acting: Acting): Promise<Problem | undefined> {
  const unfit: string[] = []
  let count = 0
  for await (const account of accountsWith(after.name, acting)) {
    if (isAttributeValue(after, valueIn(account, after.name))) continue
    count += 1
    if (unfit.length < SHOWN) unfit.push(account.username)
  }
  if (count === 0) return undefined
  const more = count > unfit.length ? ` and ${count - unfit.length} more` : ''
  return conflict(
    `${unfit.join(', ')}${more}: the ${after.name} of ${count === 1 ? 'this account' : 'these accounts'} is none by these rules; change it first`,
  )
}

/** Values stay, and nobody reads them. */
export async function warnOfUse(name: string, acting: Acting): Promise<readonly string[]> {
  let count = 0
  for await (const _ of accountsWith(name, acting)) count += 1
  const upstreams = (await acting.repositories.upstreams.list()).filter(({ mappings }) =>
    mappings.some(mapping => 'attribute' in mapping && mapping.attribute === name),
  )
  const kept = `${count === 1 ? '1 account keeps' : `${count} accounts keep`} a value of ${name}, which nobody reads any more`
  return [
    ...(count === 0 ? [] : [kept]),
    ...upstreams.map(({ alias }) => `a mapping of the upstream ${alias} fills ${name}: it is refused from now on`),
  ]
}

/** A client may not have a scope that is not there, so one that some client has does not go. */
export async function checkScopesUnused(
  before: AttributeDefinition,
  after: AttributeDefinition | undefined,
  { repositories }: Acting,
): Promise<Problem | undefined> {
  const others = (await repositories.attributeDefinitions.list()).filter(({ name }) => name !== before.name)
  const left = attributeScopes([...others, ...(after === undefined ? [] : [after])])
  const gone = attributeScopes([before]).filter(scope => !left.includes(scope))
  if (gone.length === 0) return undefined
  const users = (await repositories.clients.list()).filter(({ scopes }) => scopes.some(scope => gone.includes(scope)))
  if (users.length === 0) return undefined
  const names = users.slice(0, SHOWN).map(({ clientId }) => clientId)
  const more = users.length > names.length ? ` and ${users.length - names.length} more` : ''
  return conflict(
    `${names.join(', ')}${more} may ask for ${gone.join(', ')}, which no other attribute has: take the scope from ${users.length === 1 ? 'this client' : 'these clients'} first`,
  )
}

function valueIn({ attributes }: Account, name: string): unknown {
  return (attributes as Readonly<Record<string, unknown>>)[name]
}

async function* accountsWith(name: string, { repositories: { accounts } }: Acting): AsyncGenerator<Account, void> {
  let after: { readonly value: string | number; readonly id: Account['id'] } | undefined
  do {
    const page = await accounts.search({
      attribute: name,
      order: 'created',
      limit: AT_ONCE,
      ...(after === undefined ? {} : { after }),
    })
    yield* page.filter(account => Object.hasOwn(account.attributes, name))
    const last = page.length === AT_ONCE ? page.at(-1) : undefined
    after = last && { value: orderValue(last, 'created'), id: last.id }
  } while (after !== undefined)
}
