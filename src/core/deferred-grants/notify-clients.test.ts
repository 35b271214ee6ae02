import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, aClock, aDeferredGrant, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { OutboundAnswer, OutboundRefusal, OutboundRequest } from '../../lib/guarded-fetch.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import { createHandles } from '../handles/handles.ts'
import type { DeferredGrant } from './deferred-grant.ts'
import { sealDeferred } from './deferred-handles.ts'
import { openNotificationToken, sealNotificationToken } from './notification-token.ts'
import { createClientNotifier, type NotifyPorts } from './notify-clients.ts'

const sealer = createSealer(masterKeyFromText('a master key of a test, 32 characters or more'), random)
const handles = createHandles(random.bytes(32))
const answer = (status: number): OutboundAnswer => ({ kind: 'answered', status, headers: {}, body: Buffer.alloc(0) })

/** One request that is due, and everything around it by hand. */
function aHouse(answers: (OutboundAnswer | OutboundRefusal)[], changes: Partial<DeferredGrant> = {}) {
  const client = aClient({ backchannelClientNotificationEndpoint: 'https://app.example.org/ciba' })
  const deferred = aDeferredGrant({ kind: 'backchannel', clientUid: client.uid, state: 'denied', notifyAt: NOON })
  const notificationToken = sealNotificationToken(sealer, deferred.id, 'secret token')
  let row: DeferredGrant = {
    ...deferred,
    terms: { ...deferred.terms, delivery: 'ping', notificationToken },
    ...changes,
  }
  const clock = aClock()
  const sent: OutboundRequest[] = []
  const events: string[] = []
  const ports = {
    clock,
    keys: { handles, sealer },
    repositories: {
      clients: { find: async () => client },
      deferredGrants: {
        listToNotify: async (now: Date) => (row.notifyAt !== undefined && row.notifyAt <= now ? [row] : []),
        claimNotification: (seen: DeferredGrant, nextAt: Date) => () => {
          if (row.notifyAt?.getTime() !== seen.notifyAt?.getTime()) return false
          row = { ...row, notifyAt: nextAt }
          return true
        },
        notified: () => () => {
          const { notifyAt: _, ...told } = row
          row = told
          return true
        },
      },
    },
    journal: {
      record: (type: string) => () => events.push(type) > 0,
      recordRefusal: (type: string, { error }: { error: string }) => events.push(`${type} ${error}`),
      commit: async (writes: readonly (() => boolean)[]) => ({ committed: writes.every(write => write()) }),
    },
    fetch: async (request: OutboundRequest) => {
      sent.push(request)
      return answers.shift() ?? answer(204)
    },
  }
  const notifier = createClientNotifier(ports as unknown as NotifyPorts)
  return { notifier, clock, sent, events, current: () => row }
}

describe('telling apps (CIBA Core §10.2)', () => {
  it('sends the request id with the token of the app, and is done', async () => {
    const { notifier, sent, events, current } = aHouse([])
    await notifier.notifyDue()
    await notifier.notifyDue()
    assert.equal(sent.length, 1)
    assert.equal(sent[0]?.headers?.authorization, 'Bearer secret token')
    assert.deepEqual(JSON.parse(sent[0]?.body ?? ''), { auth_req_id: sealDeferred(handles, current()) })
    assert.deepEqual([events, current().notifyAt], [['backchannel-notification.sent'], undefined])
  })

  it('tries again after twenty seconds where the endpoint was away', async () => {
    const unreachable: OutboundRefusal = { kind: 'refused', reason: 'unreachable', detail: 'down' }
    const { notifier, sent, events, clock, current } = aHouse([unreachable, answer(503)])
    await notifier.notifyDue()
    await notifier.notifyDue()
    assert.equal(sent.length, 1)
    for (const _ of [2, 3]) {
      clock.advance(20)
      await notifier.notifyDue()
    }
    assert.equal(sent.length, 3)
    assert.deepEqual(events, [
      'backchannel-notification.refused temporarily_unavailable',
      'backchannel-notification.refused temporarily_unavailable',
      'backchannel-notification.sent',
    ])
    assert.equal(current().notifyAt, undefined)
  })

  it('gives up when the time of the request is over', async () => {
    const { notifier, current } = aHouse([answer(503)], { expiresAt: addSeconds(NOON, 10) })
    await notifier.notifyDue()
    assert.equal(current().notifyAt, undefined)
  })

  for (const status of [301, 400, 401, 404]) {
    it(`does not try again after ${status}: that is for an administrator`, async () => {
      const { notifier, events, current } = aHouse([answer(status)])
      await notifier.notifyDue()
      assert.deepEqual(
        [events, current().notifyAt],
        [['backchannel-notification.refused transaction_failed'], undefined],
      )
    })
  }

  it('leaves what another node took', async () => {
    const { notifier, sent } = aHouse([])
    await Promise.all([notifier.notifyDue(), notifier.notifyDue()])
    assert.equal(sent.length, 1)
  })

  it('opens a sealed token only for the request that it was sealed for', () => {
    const { id } = aDeferredGrant()
    const sealed = sealNotificationToken(sealer, id, 'a token')
    assert.equal(openNotificationToken(sealer, id, sealed), 'a token')
    assert.throws(() => openNotificationToken(sealer, aDeferredGrant().id, sealed))
  })
})
