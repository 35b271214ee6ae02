/** Links that are about to be made: whoever is linked in the same unit is known as linked. What else is planned, the plan knows by itself. */

import type { Repositories } from '../repositories.ts'
import type { Identity } from '../upstreams/identity.ts'

/** For one plan: whatever is asked of them to be linked is found from then on. Nothing is written by them. */
export function plannedLinks(repositories: Repositories): Repositories {
  const bySubject = new Map<string, Identity>()
  const byAccount = new Map<string, Identity[]>()
  const stored = repositories.identities
  return {
    ...repositories,
    identities: {
      ...stored,
      async find(upstreamUid, subject) {
        return (await stored.find(upstreamUid, subject)) ?? bySubject.get(`${upstreamUid} ${subject}`)
      },
      async listOfAccount(accountId) {
        return [...(await stored.listOfAccount(accountId)), ...(byAccount.get(accountId) ?? [])]
      },
      link(identity) {
        const { upstreamUid, subject, accountId } = identity
        bySubject.set(`${upstreamUid} ${subject}`, identity)
        byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), identity])
        return stored.link(identity)
      },
    },
  }
}
