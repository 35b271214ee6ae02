/** Tests of client secrets that another system kept. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSecretDigest, plainTextOf } from './secret-digests.ts'

describe('digests of client secrets', () => {
  it('may be of every kind that Authelia writes', () => {
    for (const digest of [
      '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
      '$argon2i$v=19$m=256,t=1,p=1$c29tZXNhbHQ$AJFIsNZTMKTAewB4+ETN1A',
      '$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK',
      '$scrypt$ln=10,r=8,p=16$TmFDbA$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
      '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
    ]) {
      assert.deepEqual(checkSecretDigest(digest), [], digest)
    }
  })

  it('are refused when they are of no kind that is known', () => {
    for (const text of ['$1$deadbeef$0Huu6KHrKLVWfqa4WljDE0', 'secret', '', '$pbkdf2-sha256$99999999$YWJj$YWJj']) {
      const [mistake, ...more] = checkSecretDigest(text)
      assert.deepEqual([mistake?.member, mistake?.rule, more.length], ['client_secret_hash', 'known digest', 0], text)
    }
  })

  it('may be the secret itself, held to the rules of chosen ones', () => {
    assert.equal(plainTextOf('$plaintext$sesame'), 'sesame')
    assert.equal(plainTextOf('$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'), undefined)
    assert.deepEqual(checkSecretDigest('$plaintext$sesame'), [])
    assert.equal(checkSecretDigest('$plaintext$')[0]?.member, 'client_secret_hash')
    assert.equal(checkSecretDigest('$plaintext$tab\there')[0]?.rule, 'RFC 6749 appendix A.2')
  })
})
