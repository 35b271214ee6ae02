/** The grant types of the token endpoint are those that clients may register for. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TOKEN_ENDPOINT_GRANT_TYPES } from '../../../spec/grant-types.ts'
import { GRANT_TYPES } from './grant-types.ts'

describe('what clients may register for (RFC 7591 §2 grant_types)', () => {
  it('are the grant types of the token endpoint, and implicit, which never comes there (RFC 6749 §4.2)', () => {
    const served = GRANT_TYPES.map(({ name }) => name)
    assert.deepEqual(served, TOKEN_ENDPOINT_GRANT_TYPES)
  })
})
