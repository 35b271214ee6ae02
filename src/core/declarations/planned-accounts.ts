/** Accounts as they will be: found by name, searched and counted as the database would do it once the plan is committed. */

import { type Account, type AccountId, loginKey } from '../accounts/account.ts'
import { type AccountRepository, type AccountSearch, orderValue } from '../accounts/account-repository.ts'
import { createLayer } from './planned-layer.ts'

export function plannedAccounts(stored: AccountRepository) {
  const layer = createLayer<Account>(namesOf)
  const untouched = (account: Account | undefined): Account | undefined =>
    account !== undefined && layer.isTouched(account.id) ? undefined : account
  const byLogin = (login: string, than?: AccountId): Account | undefined =>
    [layer.named(`name ${loginKey(login)}`), layer.named(`mail ${loginKey(login)}`)].find(
      account => account !== undefined && account.id !== than,
    )

  async function search(wanted: AccountSearch): Promise<readonly Account[]> {
    const ours = layer.things().filter(account => isFound(account, wanted))
    const found: Account[] = []
    for (let { after } = wanted; ; ) {
      const page = await stored.search({ ...wanted, ...(after === undefined ? {} : { after }) })
      found.push(...page.filter(({ id }) => !layer.isTouched(id)))
      const last = page.at(-1)
      if (last === undefined || page.length < wanted.limit || found.length >= wanted.limit) break
      after = { value: orderValue(last, wanted.order), id: last.id }
    }
    if (ours.length === 0) return found.slice(0, wanted.limit)
    return [...found, ...ours]
      .sort((a, b) => compare(placeOf(a, wanted), placeOf(b, wanted), wanted))
      .slice(0, wanted.limit)
  }

  const repository: AccountRepository = {
    ...stored,
    search,
    find: async id => (layer.isTouched(id) ? layer.now(id) : stored.find(id)),
    findByLogin: async login => byLogin(login) ?? untouched(await stored.findByLogin(login)),
    findOtherByLogin: async (login, than) =>
      byLogin(login, than) ?? untouched(await stored.findOtherByLogin(login, than)),
    findBySubject: async subject => layer.named(`sub ${subject}`) ?? untouched(await stored.findBySubject(subject)),
    list: async () => [...(await stored.list()).filter(({ id }) => !layer.isTouched(id)), ...layer.things()],
    async hasOtherAdministrator(than) {
      const wanted = { role: 'administrator', isDisabled: false, order: 'created', limit: 2 } as const
      return (await search(wanted)).some(({ id }) => id !== than)
    },
    insert(account) {
      layer.put(account.id, account)
      return stored.insert(account)
    },
    replace(account, seen) {
      layer.put(account.id, account)
      return stored.replace(account, seen)
    },
    delete(id) {
      layer.put(id, undefined)
      return stored.delete(id)
    },
  }
  return { repository, settle: layer.settle }
}

function namesOf({ username, email, subject }: Account): readonly string[] {
  return [`name ${loginKey(username)}`, ...(email === undefined ? [] : [`mail ${loginKey(email)}`]), `sub ${subject}`]
}

function isFound(account: Account, wanted: AccountSearch): boolean {
  const { words = [], group, role, isDisabled, isEmailVerified, attribute, after } = wanted
  const texts = [account.username, account.email, account.attributes.name].map(text => loginKey(`${text ?? ''}`))
  return (
    words.every(word => texts.some(text => text.includes(word))) &&
    (group === undefined || account.groups.includes(group)) &&
    (role === undefined || account.role === role) &&
    (isDisabled === undefined || (account.disabledAt !== undefined) === isDisabled) &&
    (isEmailVerified === undefined || account.emailVerified === isEmailVerified) &&
    (attribute === undefined || Object.hasOwn(account.attributes, attribute)) &&
    (after === undefined || compare(placeOf(account, wanted), after, wanted) > 0)
  )
}

type Place = NonNullable<AccountSearch['after']>

function placeOf(account: Account, { order }: AccountSearch): Place {
  return { value: orderValue(account, order), id: account.id }
}

/** Text by its bytes, as the databases do it. */
function compare(a: Place, b: Place, { descending = false }: AccountSearch): number {
  const byValue =
    typeof a.value === 'number'
      ? a.value - Number(b.value)
      : Buffer.compare(Buffer.from(a.value), Buffer.from(`${b.value}`))
  const ascending = byValue !== 0 ? byValue : a.id < b.id ? -1 : Number(a.id > b.id)
  return descending ? -ascending : ascending
}
