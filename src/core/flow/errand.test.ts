/** Tests of the errands to the account page. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON, random, signedIn } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import { errandReason, errandStep } from './errand.ts'
import type { AccountErrand, Flow } from './flow.ts'
import { authenticated, startFlow } from './steps.ts'

const ada = signedIn()
const LINK = { kind: 'link', accountId: ada.account.id, upstreamUid: newId<'upstream'>(NOON, random) } as const

function flowOf(errand: AccountErrand): Flow {
  return startFlow({
    id: newId(NOON, random),
    traceCode: '7K3M9QXT' as TraceCode,
    purpose: { kind: 'own-pages', errand },
    now: NOON,
    expiresAt: addSeconds(NOON, 600),
  })
}

describe('errands to the account page', () => {
  it('let whoever is signed in look', () => {
    assert.equal(errandReason(flowOf({ kind: 'look' }), ada), undefined)
    assert.equal(errandReason(flowOf({ kind: 'look' }), undefined), 'no-session')
  })

  it('want a fresh proof of whoever changes how they sign in, within the flow', () => {
    const flow = flowOf(LINK)
    assert.equal(errandReason(flow, ada), 'prompt-login')
    assert.equal(errandReason(authenticated(flow, ada.session), ada), undefined)
  })

  it('go on for the one who began, who was asked just now', () => {
    const flow = authenticated(flowOf(LINK), ada.session)
    assert.equal(errandStep(LINK, flow, ada, NOON), 'go-on')
    assert.equal(errandStep(LINK, flowOf(LINK), ada, NOON), 'not-fresh', 'nobody signed in within this flow')
    assert.equal(errandStep(LINK, flow, signedIn(), NOON), 'other-account')
    assert.equal(errandStep(LINK, flow, undefined, NOON), 'other-account')
  })

  it('end where an upstream let the person in without a question', () => {
    const session = { ...ada.session, authTime: addSeconds(NOON, -3600), provenAt: NOON }
    const flow = authenticated(flowOf(LINK), session)
    assert.equal(errandStep(LINK, flow, { ...ada, session }, NOON), 'not-fresh')
  })
})
