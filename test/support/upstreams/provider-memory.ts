/** The memory of a test upstream, which outlives a change of its keys. */

import type { AdapterFactory, AdapterPayload } from 'oidc-provider'

/** What outlives a change of keys: codes, sessions, grants. */
export function createMemory(): AdapterFactory {
  const all = new Map<string, AdapterPayload>()
  return model => {
    const named = (id: string): string => `${model}:${id}`
    const findBy = (member: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
      [...all].find(([name, payload]) => name.startsWith(`${model}:`) && payload[member] === value)?.[1]
    return {
      async upsert(id, payload) {
        all.set(named(id), payload)
      },
      find: async id => all.get(named(id)),
      findByUid: async uid => findBy('uid', uid),
      findByUserCode: async userCode => findBy('userCode', userCode),
      async consume(id) {
        const payload = all.get(named(id))
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        all.delete(named(id))
      },
      async revokeByGrantId(grantId) {
        for (const [name, payload] of all) if (payload.grantId === grantId) all.delete(name)
      },
    }
  }
}
