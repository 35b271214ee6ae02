/** Accounts that want the same: what is not in the database yet cannot be found there, so written accounts are held against each other. */

import { loginKey } from '../accounts/account.ts'
import type { PlanMistake, WrittenThing } from './plan.ts'
import { mistakeAt } from './plan-mistakes.ts'

export function loginsTwice(things: readonly WrittenThing[]): readonly PlanMistake[] {
  const taken = new Map<string, WrittenThing>()
  const mistakes: PlanMistake[] = []
  for (const thing of things.filter(({ resource }) => resource === 'accounts')) {
    const { email, sub } = thing.document
    const wanted = [
      { member: '', name: loginKey(thing.key) },
      ...(typeof email === 'string' ? [{ member: 'email', name: loginKey(email) }] : []),
      ...(typeof sub === 'string' ? [{ member: 'sub', name: `sub ${sub}` }] : []),
    ]
    for (const { member, name } of wanted) {
      const other = taken.get(name)
      if (other === undefined) taken.set(name, thing)
      else if (other !== thing) {
        const message = `is what ${other.key} in ${other.source} signs in with or is known by: each of them needs one of their own`
        mistakes.push(mistakeAt(thing, { member, rule: 'unique', message }))
      }
    }
  }
  return mistakes
}
