/** Tests of the references to pushed requests. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON, random } from '../../../test/support/builders.ts'
import { idToBytes, newId } from '../../lib/id.ts'
import { createHandles } from '../handles/handles.ts'
import { isPushedRequestUri, openRequestUri, sealRequestUri } from './request-uri.ts'

const handles = createHandles(random.bytes(32))
const id = newId<'pushed-request'>(NOON, random)

describe('the request_uri of a pushed request (RFC 9126 §2.2)', () => {
  it('is a URN with what only we can make', () => {
    const uri = sealRequestUri(handles, id)
    assert.match(uri, /^urn:ietf:params:oauth:request_uri:[\w-]{60,}$/)
    assert.ok(isPushedRequestUri(uri))
    assert.equal(openRequestUri(handles, uri), id)
  })

  it('opens for nobody else, and is no other kind of handle (§7.1)', () => {
    const uri = sealRequestUri(createHandles(random.bytes(32)), id)
    const code = `urn:ietf:params:oauth:request_uri:${handles.seal('code', idToBytes(id))}`
    const short = `urn:ietf:params:oauth:request_uri:${handles.seal('pushed-request', Buffer.from('ab'))}`
    for (const text of [uri, code, short, 'urn:ietf:params:oauth:request_uri:', ''])
      assert.equal(openRequestUri(handles, text), undefined)
  })

  it('is not the address of a request object', () =>
    assert.ok(!isPushedRequestUri('https://app.example.org/#urn:ietf:params:oauth:request_uri:')))
})
