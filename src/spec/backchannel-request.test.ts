import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DeliveryMode, parseBackchannelRequest } from './backchannel-request.ts'
import { parseParams } from './params.ts'
import { isRefusal } from './refusal.ts'

describe('a backchannel authentication request (CIBA Core §7.1)', () => {
  const parse = (fields: Readonly<Record<string, string>>, mode: DeliveryMode = 'poll') => {
    const params = parseParams(new URLSearchParams(fields).toString())
    if (isRefusal(params)) return params.error
    const request = parseBackchannelRequest(params, mode)
    return isRefusal(request) ? request.error : request
  }
  const login_hint = 'ada'
  const hint = { kind: 'login_hint', value: 'ada' }

  const good: readonly [
    name: string,
    fields: Readonly<Record<string, string>>,
    mode: DeliveryMode,
    expected: unknown,
  ][] = [
    ['with a hint alone', { login_hint }, 'poll', { hint }],
    [
      'with a binding message',
      { login_hint, binding_message: 'W4-Ü 7 €' },
      'poll',
      { hint, bindingMessage: 'W4-Ü 7 €' },
    ],
    ['with the time it wants', { login_hint, requested_expiry: '120' }, 'poll', { hint, requestedExpirySeconds: 120 }],
    [
      'with a notification token for ping',
      { login_hint, client_notification_token: 'a.b-c_~+/==' },
      'ping',
      { hint, notificationToken: 'a.b-c_~+/==' },
    ],
    [
      'with a notification token that a polling client has no use for',
      { login_hint, client_notification_token: 'x' },
      'poll',
      { hint },
    ],
  ]
  for (const [name, fields, mode, expected] of good) {
    it(`is taken ${name}`, () => assert.deepEqual(parse(fields, mode), expected))
  }

  const bad: readonly [name: string, fields: Readonly<Record<string, string>>, mode: DeliveryMode, error: string][] = [
    ['without a hint', {}, 'poll', 'invalid_request'],
    ['with two hints', { login_hint, id_token_hint: 'x' }, 'poll', 'invalid_request'],
    ['without a notification token for ping', { login_hint }, 'ping', 'invalid_request'],
    ['without a notification token for push', { login_hint }, 'push', 'invalid_request'],
    [
      'with a notification token too long',
      { login_hint, client_notification_token: 'x'.repeat(1025) },
      'ping',
      'invalid_request',
    ],
    [
      'with a notification token that is no bearer token',
      { login_hint, client_notification_token: 'a b' },
      'ping',
      'invalid_request',
    ],
    [
      'with a header in its notification token',
      { login_hint, client_notification_token: 'a\r\nX: y' },
      'ping',
      'invalid_request',
    ],
    ['with no time at all', { login_hint, requested_expiry: '0' }, 'poll', 'invalid_request'],
    ['with a time that is no number', { login_hint, requested_expiry: '1e9' }, 'poll', 'invalid_request'],
    [
      'with a binding message too long',
      { login_hint, binding_message: 'x'.repeat(101) },
      'poll',
      'invalid_binding_message',
    ],
    ['with a binding message in two lines', { login_hint, binding_message: 'a\nb' }, 'poll', 'invalid_binding_message'],
    [
      'with a binding message turned around',
      { login_hint, binding_message: 'a\u202eb' },
      'poll',
      'invalid_binding_message',
    ],
  ]
  for (const [name, fields, mode, error] of bad) {
    it(`is refused ${name}`, () => assert.equal(parse(fields, mode), error))
  }
})
