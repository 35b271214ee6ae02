/**
 * The peer's storage in memory. Its bundled adapter is a toy that keeps the newest 1,000 to 2,000 things, fewer than a run creates; this one
 * does the same in plain maps without a limit, and does less per write.
 */

import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

export function createMemoryAdapterFactory(): AdapterFactory {
  const membersOf = new Map<string, { readonly records: Map<string, AdapterPayload>; readonly id: string }[]>()
  return name => memoryAdapter(name, membersOf)
}

type Members = Map<string, { readonly records: Map<string, AdapterPayload>; readonly id: string }[]>

function memoryAdapter(name: string, membersOf: Members): Adapter {
  const records = new Map<string, AdapterPayload>()
  const idOfUid = new Map<string, string>()
  return {
    async upsert(id, payload) {
      if (name === 'Session' && payload.uid !== undefined) idOfUid.set(payload.uid, id)
      if (payload.grantId !== undefined && name !== 'Session') {
        const members = membersOf.get(payload.grantId)
        if (members === undefined) membersOf.set(payload.grantId, [{ records, id }])
        else members.push({ records, id })
      }
      records.set(id, payload)
    },
    async find(id) {
      return records.get(id)
    },
    async findByUid(uid) {
      const id = idOfUid.get(uid)
      return id === undefined ? undefined : records.get(id)
    },
    async findByUserCode() {
      return undefined
    },
    async consume(id) {
      const payload = records.get(id)
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    },
    async destroy(id) {
      records.delete(id)
    },
    async revokeByGrantId(grantId) {
      for (const member of membersOf.get(grantId) ?? []) member.records.delete(member.id)
      membersOf.delete(grantId)
    },
  }
}
