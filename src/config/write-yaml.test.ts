/** Tests of things as YAML: what is read back is what was written, and no terminal obeys any of it. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readYaml } from './read-yaml.ts'
import { resolveTree } from './resolve-tree.ts'
import { writeYaml } from './write-yaml.ts'
import { isTree } from './written-settings.ts'

const PORTS = {
  env: { HOME: 'read from outside' },
  readText: () => 'read from outside',
}

function readBack(yaml: string): unknown {
  const written = resolveTree(readYaml('things.yaml', yaml), () => 'text', PORTS)
  assert.deepEqual(written.mistakes, [])
  return written.tree
}

function write(key: string, document: Readonly<Record<string, unknown>>): string {
  return writeYaml([{ resource: 'clients', things: [{ key, document, references: [], unreadable: [] }] }])
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '${env.HOME}',
    '$${env.HOME}',
    '${CLAIM.x}',
    '$${CLAIM.x}',
    '${',
    '$',
    'yes',
    '1.5',
    '~',
    'null',
    '# x',
    '',
  ),
  fc
    .array(fc.constantFrom('$', '{', '}', 'env.HOME', 'CLAIM', '\n', '"', ':', ' '), { maxLength: 8 })
    .map(parts => parts.join('')),
)

describe('things as YAML', () => {
  it('read back to the same, whatever texts are in them', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(text, { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', '__proto__'), text, { noNullPrototype: true }),
        (one, list, map) => {
          const document = { one, list, map, number: 7, flag: false }
          const tree = readBack(write('wiki', document))
          assert.ok(isTree(tree) && isTree(tree.clients))
          assert.deepEqual(tree.clients.wiki, document)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('hold nothing that a terminal would obey', () => {
    const yaml = write('wi\u009b2Jki', { client_name: '\u001b[31mred', description: 'a\u202eb\u0085c' })
    assert.match(yaml, /^[\n\x20-\x7e]*$/)
    const tree = readBack(yaml)
    assert.deepEqual(tree, {
      clients: { 'wi\u009b2Jki': { client_name: '\u001b[31mred', description: 'a\u202eb\u0085c' } },
    })
  })

  it('show where secrets can be said, under names that are no settings of ours', () => {
    const thing = {
      key: 'sallyport-wiki',
      document: { client_name: 'W' },
      references: [],
      unreadable: ['client_secret'],
    }
    const yaml = writeYaml([{ resource: 'clients', things: [thing] }])
    assert.match(yaml, /^ {4}# client_secret: \$\{env\.CLIENTS_SALLYPORT_WIKI_CLIENT_SECRET\}$/m)
    assert.doesNotMatch(yaml, /env\.SALLYPORT_/)
  })
})
