/** Tests of the hint that a flow keeps. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON, random } from '../../../test/support/builders.ts'
import { newId } from '../../lib/id.ts'
import { createHandles } from '../handles/handles.ts'
import { openKeptHint, sealKeptHint, withKeptHint } from './kept-hint.ts'

const handles = createHandles(random.bytes(32))
const client = newId<'client'>(NOON, random)

describe('an id_token_hint that is kept with a flow (OIDC Core §3.1.2.1)', () => {
  it('still says whom it named, to the same client', () => {
    const kept = sealKeptHint(handles, client, 'sub of ada')
    assert.equal(openKeptHint(handles, client, kept), 'sub of ada')
    assert.equal(openKeptHint(handles, newId(NOON, random), kept), undefined)
    assert.equal(openKeptHint(handles, client, 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln'), undefined)
  })

  it('takes the place of the ID token in the query, however its name was written', () => {
    assert.equal(withKeptHint('a=1&id_token_hint=x.y.z&b=%2F+', 'kept'), 'a=1&id_token_hint=kept&b=%2F+')
    assert.equal(withKeptHint('id%5Ftoken%5Fhint=x.y.z', 'kept'), 'id_token_hint=kept')
    assert.equal(withKeptHint('a=id_token_hint', 'kept'), 'a=id_token_hint')
  })
})
