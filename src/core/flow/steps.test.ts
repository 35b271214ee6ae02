/** Tests of flows: their steps, and what binds them to a browser. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anAuthorizationRequest, aSession, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import { refuse } from '../../spec/refusal.ts'
import { formatTraceCode, newTraceCode, parseTraceCode } from '../audit/trace-code.ts'
import { createHandles } from '../handles/handles.ts'
import { openSession, sealSession } from '../sessions/session-handle.ts'
import { isFlowCookie, isFormToken, sealFlowCookie, sealFormToken } from './flow-handles.ts'
import { authenticated, completed, isOver, nextVersion, refused, restarted, startFlow, traced } from './steps.ts'

const flow = startFlow({
  id: newId(NOON, random),
  traceCode: newTraceCode(random),
  purpose: { kind: 'authorization', clientUid: newId(NOON, random), request: anAuthorizationRequest() },
  now: NOON,
  expiresAt: addSeconds(NOON, 3600),
})

describe('the steps of a flow', () => {
  it('lead from started over authenticated to completed, and every stored one has the next version', () => {
    const session = aSession()
    const signedIn = nextVersion(authenticated(flow, session))
    assert.deepEqual([signedIn.version, signedIn.state.at], [2, 'authenticated'])
    const grantId = newId<'grant'>(NOON, random)
    assert.deepEqual(nextVersion(completed(signedIn, grantId)).state, { at: 'completed', grantId })
    assert.deepEqual(restarted(signedIn).state, { at: 'started' })
  })

  it('are over when they are completed, refused or expired', () => {
    assert.equal(isOver(flow, NOON), false)
    assert.equal(isOver(flow, flow.expiresAt), true)
    assert.equal(isOver(completed(flow), NOON), true)
    assert.equal(isOver(refused(flow, NOON, 'consent', refuse('access_denied', 'no', 'rule')), NOON), true)
  })

  it('leave a trace with the rule that refused, and the trace keeps its beginning when it grows long', () => {
    const denied = refused(flow, NOON, 'consent', refuse('access_denied', 'no', 'the rule', { fact: 1 }))
    assert.deepEqual(denied.trace, [
      {
        at: NOON.toISOString(),
        step: 'consent',
        outcome: 'refused',
        rule: 'the rule',
        facts: { error: 'access_denied', description: 'no', fact: 1 },
      },
    ])
    let long = flow
    for (let index = 0; index < 500; index++) long = traced(long, NOON, { step: `step ${index}`, outcome: 'passed' })
    assert.ok(long.trace.length <= 60)
    assert.deepEqual([long.trace[0]?.step, long.trace.at(-1)?.step], ['step 0', 'step 499'])
  })
})

describe('what binds a flow to its browser', () => {
  const handles = createHandles(random.bytes(32))
  const other = newId<'flow'>(NOON, random)

  it("is a cookie and a form token of the flow's own", () => {
    const cookie = sealFlowCookie(handles, flow.id)
    assert.ok(isFlowCookie(handles, flow.id, cookie))
    for (const wrong of [undefined, '', sealFlowCookie(handles, other), sealFormToken(handles, flow.id)]) {
      assert.equal(isFlowCookie(handles, flow.id, wrong), false)
    }
    assert.ok(isFormToken(handles, flow.id, sealFormToken(handles, flow.id)))
    for (const wrong of [undefined, '', cookie, sealFormToken(handles, other)])
      assert.equal(isFormToken(handles, flow.id, wrong), false)
  })

  it('is, for a session, a cookie that every renewal makes worthless', () => {
    const session = aSession({ generation: 7 })
    assert.deepEqual(openSession(handles, sealSession(handles, session)), { id: session.id, generation: 7 })
    assert.equal(openSession(handles, sealFlowCookie(handles, flow.id)), undefined)
  })
})

describe('trace codes', () => {
  it('are read as people write them', () => {
    const code = newTraceCode(random)
    assert.equal(parseTraceCode(formatTraceCode(code).toLowerCase()), code)
    assert.equal(parseTraceCode('7k3m 9qxt'), '7K3M9QXT')
    assert.equal(parseTraceCode('oil0-9QXT'), '0110' + '9QXT')
    for (const wrong of ['', '7K3M9QX', '7K3M9QXTT', '7K3M-9QX!']) assert.equal(parseTraceCode(wrong), undefined)
  })
})
