/** Names and anchors of a YAML file, as people mean them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readYaml } from './read-yaml.ts'

describe('a YAML file', () => {
  it('keeps names as they are written, also those that look like numbers', () => {
    const { tree, place, mistakes } = readYaml('a.yaml', 'accounts:\n  007: {}\n  1e3: {}\n  1.10: {}\n  null: {}\n')
    assert.deepEqual(mistakes, [])
    assert.deepEqual(Object.keys(tree.accounts as object), ['007', '1e3', '1.10', 'null'])
    assert.deepEqual(place(['accounts', '1.10'], true), { kind: 'file', file: 'a.yaml', line: 4, column: 3 })
  })

  it('says where an alias without an anchor stands, and how it is called', () => {
    const { mistakes } = readYaml('a.yaml', 'clients:\n  wiki:\n    <<: *app\n  blog: *post\n')
    assert.deepEqual(
      mistakes.map(({ place, rule }) => [place.kind === 'file' && place.line, rule]),
      [
        [3, 'is not valid YAML: *app stands for nothing: no &app stands before it in this file'],
        [4, 'is not valid YAML: *post stands for nothing: no &post stands before it in this file'],
      ],
    )
  })
})
