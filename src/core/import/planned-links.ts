/** Links that are about to be made: whoever is linked in the same unit is known as linked. What else is planned, the plan knows by itself. */

import type { Repositories } from '../repositories.ts'
import type { Identity } from '../upstreams/identity.ts'

/** For one plan: whatever is asked of them to be linked is found from then on. Nothing is written by them. */
export function plannedLinks(repositories: Repositories): Repositories {
  const made: Identity[] = []
  const stored = repositories.identities
  return {
    ...repositories,
    identities: {
      ...stored,
      async find(upstreamUid, subject) {
        const isIt = (one: Identity) => one.upstreamUid === upstreamUid && one.subject === subject
        return (await stored.find(upstreamUid, subject)) ?? made.find(isIt)
      },
      async listOfAccount(accountId) {
        return [...(await stored.listOfAccount(accountId)), ...made.filter(one => one.accountId === accountId)]
      },
      link(identity) {
        made.push(identity)
        return stored.link(identity)
      },
    },
  }
}
