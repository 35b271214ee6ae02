/** An app and an upstream that misbehaves, for one suite: there before its tests, tame before each of them, gone afterwards. */

import { after, before, beforeEach } from 'node:test'
import type { RelyingParty } from '../../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../../src/core/upstreams/upstream.ts'
import { type RunningApp, startApp } from '../running-app.ts'
import { type OddUpstream, startOddUpstream } from './odd-upstream.ts'
import { relyingPartyOf } from './upstream-room.ts'

export interface OddRoom {
  readonly app: RunningApp
  readonly odd: OddUpstream
  /** A fresh one for each test. */
  readonly party: RelyingParty
  readonly upstream: Upstream
}

/** Called in a `describe`; its members are there while the tests run. */
export function oddRoom(): OddRoom {
  const room: { -readonly [Member in keyof OddRoom]?: OddRoom[Member] } = {}
  before(async () => {
    room.app = await startApp()
    room.odd = await startOddUpstream()
    room.upstream = await room.app.addUpstream({ alias: 'odd', ...room.odd.whereItIs }, room.odd.secret)
  })
  beforeEach(() => {
    room.odd?.behave({})
    if (room.app !== undefined) room.party = relyingPartyOf(room.app)
  })
  after(async () => {
    await room.odd?.close()
    await room.app?.close()
  })
  return room as OddRoom
}
