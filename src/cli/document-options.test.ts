/** Tests of what is written at the command line for a document of any resource. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTerminal } from '../../test/support/a-terminal.ts'
import { type DocumentOptions, readDocument } from './document-options.ts'
import { CommandFailure } from './exit-codes.ts'

const read = (resource: string, options: DocumentOptions, file = '{}', when: 'making' | 'changing' = 'changing') =>
  readDocument(resource, options, aTerminal({ readInput: async () => file, readFile: () => file }), {
    when,
    headline: 'it was not changed',
  })

async function refused(work: Promise<unknown>): Promise<string> {
  const failure = await work.then(
    () => assert.fail('it was taken'),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof CommandFailure)
  assert.equal(failure.exitCode, 2)
  return failure.message
}

describe('a document at the command line', () => {
  it('takes each value as its field wants it, and a list that is said again goes on', async () => {
    const set = ['email_verified=yes', 'groups=staff,editors', 'groups=night', 'email=a=b']
    assert.deepEqual(await read('accounts', { set }), {
      email_verified: true,
      groups: ['staff', 'editors', 'night'],
      email: 'a=b',
    })
  })

  it('takes the members of an object by the path to them, JSON where it is JSON', async () => {
    const set = ['attributes.nickname=Lady L', 'attributes.address={"country":"GB"}', 'attributes.__proto__={"a":1}']
    const document = await read('accounts', { set })
    assert.equal(
      JSON.stringify(document),
      '{"attributes":{"nickname":"Lady L","address":{"country":"GB"},"__proto__":{"a":1}}}',
    )
    assert.equal(Object.getPrototypeOf(document.attributes), Object.prototype)
  })

  it('begins with the file, or standard input, and takes away by null (RFC 7396 §2)', async () => {
    const options = { file: '-', set: ['description='], unset: ['description'] }
    assert.deepEqual(await read('groups', options, '{"name":"staff","description":"x"}'), {
      name: 'staff',
      description: null,
    })
    assert.deepEqual(await read('groups', { file: 'f', set: ['description='] }, '{"name":"a"}', 'making'), {
      name: 'a',
    })
    assert.match(await refused(read('groups', { file: 'f' }, '[1]')), /f is not one JSON object/)
  })

  it('reports every mistake at once, with the field that was probably meant', async () => {
    const set = ['descripton=x', 'nothing', '=x']
    const message = await refused(read('groups', { set, unset: ['name'] }))
    assert.deepEqual(message.split('\n'), [
      'it was not changed:',
      '  descripton: is no field (did you mean description?)',
      '  --set: "nothing" must be NAME=VALUE',
      '  --set: "=x" must be NAME=VALUE',
      '  name: is no field',
    ])
    assert.match(
      await refused(read('accounts', { set: ['email_verified=perhaps'] })),
      /email_verified: must be yes or no/,
    )
  })
})
