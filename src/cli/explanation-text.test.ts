/** Tests of the time line behind a code. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AuditEvent, TraceCode } from '../core/audit/audit-event.ts'
import { explain } from '../core/audit/explanation.ts'
import type { Flow } from '../core/flow/flow.ts'
import type { Id } from '../lib/id.ts'
import { explanationText } from './explanation-text.ts'

const CODE = '7K3M9QXT' as TraceCode

describe('explain', () => {
  it('puts the steps of the flow and the audit events in one order, and names the check that failed', () => {
    const explanation = explain({ code: CODE, flow: aFlow(), events: [anEvent()], clients: [], accounts: [] })
    assert.deepEqual(
      explanation.steps.map(({ step, outcome }) => `${step} ${outcome}`),
      ['authorize passed', 'sign-in.succeeded recorded', 'consent refused'],
    )
    assert.equal(explanation.failed?.rule, 'consent_mode always')
    assert.equal(
      explanationText(explanation),
      [
        '7K3M-9QXT: the sign-in is refused',
        '',
        '  12:00:00.000  authorize  passed',
        '                rule  RFC 9700 §2.1 redirect_uri is registered, exactly',
        '  12:00:01.000  sign-in.succeeded  recorded',
        '                amr  pwd',
        '                address  192.0.2.1',
        '✗ 12:00:02.000  consent  refused',
        '                rule not met  consent_mode always',
        '                error  access_denied',
        '                description  the person said no\\x1b[31m',
        '',
        'Refused: the person said no\\x1b[31m',
        'Rule not met: consent_mode always',
        'The app asked for an answer without a page (prompt=none), but the person has to consent first.',
        '',
        'What to do: The app has to send the person through a visible sign-in. An app of your own need not ask.',
        '  sallyport client edit CLIENT --consent never',
        'Setting: consent_mode of the client',
      ].join('\n'),
    )
  })

  it('says so when no check failed', () => {
    const explanation = explain({ code: CODE, flow: undefined, events: [anEvent()], clients: [], accounts: [] })
    assert.equal(explanation.failed, undefined)
    assert.match(explanationText(explanation), /No check failed\.$/)
  })

  it('tells a refusal once that stands in the flow and among the events', () => {
    const explanation = explain({
      code: CODE,
      flow: withTrace([refusedSignIn('12:00:01.000'), refusedSignIn('12:00:05.000')], { at: 'started' }),
      events: [refusedEvent('12:00:01.050'), refusedEvent('12:00:05.051')],
      clients: [],
      accounts: [],
    })
    assert.deepEqual(
      explanation.steps.map(({ at, step }) => `${at.slice(11, 23)} ${step}`),
      ['12:00:01.000 sign-in', '12:00:05.000 sign-in', '12:00:05.051 sign-in.refused'],
    )
    assert.deepEqual(explanation.steps[0]?.facts, {
      username: 'ada',
      description: 'user name or password is wrong',
      address: '192.0.2.1',
    })
  })

  it('names the rule that was not met and what can be done about it', () => {
    const explanation = explain({
      code: CODE,
      flow: withTrace([refusedSignIn('12:00:01.000')], { at: 'started' }),
      events: [refusedEvent('12:00:01.000')],
      clients: [],
      accounts: [],
    })
    const [, conclusion] = explanationText(explanation).split(/\n\n(?=Refused)/)
    assert.equal(
      conclusion,
      [
        'Refused: user name or password is wrong',
        'Rule not met: the account is enabled',
        'The account ada was disabled.',
        '',
        'What to do: Enable it, if it may sign in again.',
        '  sallyport account enable ada',
      ].join('\n'),
    )
  })

  it('says of a setting whose it is: of the server, of a client, of an upstream', () => {
    const settingBehind = (rule: string) => {
      const events = [{ ...refusedEvent('12:00:01.000'), detail: { rule, description: 'no' } }]
      const text = explanationText(explain({ code: CODE, flow: undefined, events, clients: [], accounts: [] }))
      return /\nSetting: (.*)$/.exec(text)?.[1]
    }
    assert.equal(settingBehind('link_only'), 'link_only of the upstream')
    assert.equal(settingBehind('consent_mode always'), 'consent_mode of the client')
    assert.equal(
      settingBehind('RFC 5321 §4.2.1 the mail server takes the mail (mail.server)'),
      'mail.server (SALLYPORT_MAIL_SERVER)',
    )
  })

  it('does not end in a refusal that the person got over', () => {
    const passed = {
      at: '2026-01-01T12:00:09.000Z',
      step: 'sign-in',
      outcome: 'passed',
      facts: { username: 'ada' },
    } as const
    const about = (state: Flow['state'], trace: Flow['trace'], events: readonly AuditEvent[] = []) =>
      explanationText(explain({ code: CODE, flow: withTrace(trace, state), events, clients: [], accounts: [] }))
    const once = [refusedSignIn('12:00:01.000'), passed]
    assert.match(
      about({ at: 'completed' }, once),
      /the sign-in is completed\n(?:.*\n)*\nCompleted as ada, after 1 refused attempt\.$/,
    )
    assert.match(
      about({ at: 'authenticated' } as Flow['state'], [refusedSignIn('12:00:00.500'), ...once]),
      /\n\nSigned in as ada, after 2 refused attempts; not completed yet\.$/,
    )
    const broken = about({ at: 'completed' }, once, [{ ...refusedEvent('12:00:10.000'), type: 'token.refused' }])
    assert.match(broken, /completed, but a later request was refused\n/)
    assert.match(broken, /\nRefused: /)
  })
})

function withTrace(trace: Flow['trace'], state: Flow['state']): Flow {
  return { ...aFlow(), trace, state }
}

function refusedSignIn(time: string): Flow['trace'][number] {
  return {
    at: `2026-01-01T${time}Z`,
    step: 'sign-in',
    outcome: 'refused',
    rule: 'the account is enabled',
    facts: { username: 'ada' },
  }
}

function refusedEvent(time: string): AuditEvent {
  const detail = { rule: 'the account is enabled', description: 'user name or password is wrong' }
  return { ...anEvent(), at: new Date(`2026-01-01T${time}Z`), type: 'sign-in.refused', detail }
}

function aFlow(): Flow {
  return {
    id: '0'.repeat(32) as Id<'flow'>,
    version: 3,
    traceCode: CODE,
    purpose: { kind: 'own-pages' },
    state: { at: 'refused', error: 'access_denied', description: 'the person said no' },
    trace: [
      {
        at: '2026-01-01T12:00:00.000Z',
        step: 'authorize',
        outcome: 'passed',
        rule: 'RFC 9700 §2.1 redirect_uri is registered, exactly',
      },
      {
        at: '2026-01-01T12:00:02.000Z',
        step: 'consent',
        outcome: 'refused',
        rule: 'consent_mode always',
        // A terminal must not obey what came from outside.
        facts: { error: 'access_denied', description: 'the person said no\u001b[31m' },
      },
    ],
    createdAt: new Date('2026-01-01T12:00:00Z'),
    expiresAt: new Date('2026-01-01T13:00:00Z'),
  }
}

function anEvent(): AuditEvent {
  return {
    id: '1'.repeat(32) as Id<'audit-event'>,
    at: new Date('2026-01-01T12:00:01Z'),
    type: 'sign-in.succeeded',
    address: '192.0.2.1',
    traceCode: CODE,
    detail: { amr: ['pwd'] },
  }
}
