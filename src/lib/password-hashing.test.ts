/** Tests of password hashing, by both implementations of argon2. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Argon2Input, type ComputeArgon2, loadNativeArgon2, nodeArgon2 } from './argon2.ts'
import { formatArgon2Phc, parseArgon2Phc } from './argon2-phc.ts'
import { createPasswordHashing } from './password-hashing.ts'
import { createSystemRandom } from './random.ts'

const random = createSystemRandom()
const limits = { concurrency: 2, maxQueued: 10 }

describe('argon2 (RFC 9106)', async () => {
  const native = await loadNativeArgon2()
  assert.ok(native, 'the native package is installed')
  const input: Argon2Input = {
    variant: 'argon2id',
    version: 19,
    memoryKib: 64,
    passes: 3,
    parallelism: 1,
    salt: Buffer.from('a salt of 18 bytes'),
    hashBytes: 24,
  }

  it('gives the same hash natively and by Node, for every variant', async () => {
    for (const variant of ['argon2id', 'argon2i', 'argon2d'] as const) {
      const expected = await nodeArgon2('pässword', { ...input, variant })
      assert.deepEqual(await native('pässword', { ...input, variant }), expected)
    }
  })

  it('refuses the draft version where Node has to compute it, naming the package that can', () => {
    assert.throws(() => nodeArgon2('x', { ...input, version: 16 }), /@node-rs\/argon2/)
  })
})

describe('the PHC string', () => {
  const text = '$argon2i$v=19$m=4096,t=3,p=2$c29tZXNhbHRzb21l$AAECAwQFBgcICQoLDA0ODw'

  it('comes back as it was written', () => {
    const parsed = parseArgon2Phc(text)
    assert.ok(parsed)
    assert.equal(parsed.memoryKib, 4096)
    assert.equal(parsed.salt.toString(), 'somesaltsome')
    assert.equal(formatArgon2Phc(parsed), text)
  })

  it('means version 16 when it names none', () => {
    assert.equal(parseArgon2Phc(text.replace('$v=19', ''))?.version, 16)
  })

  it('is not any other text', () => {
    for (const other of ['', 'secret', '$2b$10$abc', '$argon2x$v=19$m=1,t=1,p=1$AA$AA', `${text}$more`]) {
      assert.equal(parseArgon2Phc(other), undefined, other)
    }
  })
})

describe('password hashing', () => {
  const hashing = createPasswordHashing({ ...limits, compute: nodeArgon2, random })

  it('verifies what it hashed, and nothing else', async () => {
    const phc = await hashing.hash('correct horse')
    assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.equal(await hashing.verify(phc, 'correct horse'), true)
    assert.equal(await hashing.verify(phc, 'wrong horse'), false)
    assert.notEqual(await hashing.hash('correct horse'), phc)
  })

  it('verifies a hash of other costs by those costs, and says that it is due for a new one', async () => {
    const salt = random.bytes(8)
    const costs = { variant: 'argon2i', version: 19, memoryKib: 128, passes: 1, parallelism: 2, salt } as const
    const hash = await nodeArgon2('from elsewhere', { ...costs, hashBytes: 16 })
    const phc = formatArgon2Phc({ ...costs, hash })
    assert.equal(await hashing.verify(phc, 'from elsewhere'), true)
    assert.equal(await hashing.verify(phc, 'from here'), false)
    assert.equal(hashing.needsRehash(phc), true)
    assert.equal(hashing.needsRehash(await hashing.hash('x')), false)
  })

  it('costs an unknown user the same work as a known one, and never lets them in', async () => {
    const computed: Omit<Argon2Input, 'salt'>[] = []
    const compute: ComputeArgon2 = (password, input) => {
      const { salt, ...costs } = input
      computed.push(costs)
      return nodeArgon2(password, input)
    }
    const watched = createPasswordHashing({ ...limits, compute, random })
    const phc = await watched.hash('secret')
    await watched.verify(phc, 'guess')
    assert.equal(await watched.verify(undefined, 'guess'), false)
    assert.equal(computed.length, 3)
    assert.deepEqual(computed[2], computed[1])
  })

  it('costs no less for a cheap digest of another system: a quick answer would tell that the name is known', async () => {
    const computed: string[] = []
    const compute: ComputeArgon2 = (password, input) => {
      computed.push(`${input.memoryKib} ${input.passes}`)
      return nodeArgon2(password, input)
    }
    const watched = createPasswordHashing({ ...limits, compute, random })
    const cheap = '$pbkdf2-sha256$1$c2l4dGVlbiBvY3RldHMuLg$ABvHu7SorOLWh61N64YMPL/bYhHJMhTX.UIv5khChzg'
    assert.equal(await watched.verify(cheap, 'guess'), false)
    assert.equal(await watched.verify(undefined, 'guess'), false)
    assert.deepEqual(computed, ['19456 2', '19456 2'])
  })

  it('answers busy when too many wait', async () => {
    const small = createPasswordHashing({ concurrency: 1, maxQueued: 1, compute: nodeArgon2, random })
    const answers = await Promise.all(['a', 'b', 'c'].map(() => small.verify(undefined, 'x')))
    assert.deepEqual(answers, [false, false, 'busy'])
  })

  it('takes a stored hash that is none for an outage, not for a wrong password', async () => {
    await assert.rejects(hashing.verify('plaintext', 'plaintext'), /is no digest of a kind that is known/)
  })
})
