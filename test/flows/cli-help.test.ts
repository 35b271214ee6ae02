/** The help of the command line: all of its commands, each with what a person needs. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import { COMMANDS, type CommandEntry } from '../../src/cli/commands.ts'
import { candidatesFor } from '../../src/cli/complete-words.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { aTerminal } from '../support/a-terminal.ts'
import { aFolder, run } from '../support/command-line.ts'

const VISIBLE = COMMANDS.filter(({ hidden }) => hidden !== true)

/** They are about this machine and its files, or about the program itself: there is nothing elsewhere for them to manage. */
const ONLY_HERE: ReadonlySet<string> = new Set([
  'serve',
  'setup-link',
  'health',
  'help',
  'completion',
  'config check',
  'mail test',
  'upstream presets',
  'lint',
  'plan',
  'apply',
  'export',
])

/** What they print is no value: lines as they come, a script, help, or a document of another form. */
const NO_JSON: ReadonlySet<string> = new Set(['serve', 'help', 'completion', 'audit export', 'export'])

async function optionsOf({ words, load }: CommandEntry, terminal: Terminal): Promise<ReadonlySet<string>> {
  const command = new Command(words.at(-1))
  ;(await load()).define(command, terminal)
  return new Set(command.options.map(({ long }) => long ?? ''))
}

const NOWHERE = aTerminal()

/** The commands in the examples of a help text, with what continues on the next line. */
function examplesIn(help: string): readonly string[] {
  const [, text = ''] = help.split(/^Examples?(?:, [^:]*)?:$/m)
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
}

describe('every command', () => {
  for (const entry of VISIBLE) {
    const name = entry.words.join(' ')

    it(`${name} says what it does, and shows it in examples that name it`, async t => {
      const { code, out } = await run([...entry.words, '--help'], aFolder(t))
      assert.equal(code, 0)
      const [, description = ''] = out.split('\n\n')
      assert.match(description, /^[A-Z].*[.]$/s, 'a sentence')
      const examples = examplesIn(out)
      assert.ok(examples.length > 0, 'an example')
      assert.ok(
        examples.some(example => example.includes(name === 'health' ? '"health"' : `sallyport ${name}`)),
        'of itself',
      )
    })

    it(`${name} has no example with an option that it does not have`, async t => {
      const { out } = await run([...entry.words, '--help'], aFolder(t))
      const known = new Set([...(await optionsOf(entry, NOWHERE)), '--help', '--config'])
      const called = examplesIn(out).flatMap(example => {
        const [, words] = new RegExp(`^\\$ .*?sallyport ${name}(?= |$)([^|>;)]*)`).exec(example) ?? []
        return words === undefined
          ? []
          : [...words.replace(/"[^"]*"|'[^']*'/g, '').matchAll(/(?<= )--[a-z][\w-]*/g)].map(([flag]) => flag)
      })
      assert.deepEqual(
        called.filter(flag => !known.has(flag)),
        [],
      )
    })

    if (!NO_JSON.has(name)) {
      it(`${name} prints one JSON value for programs`, async () => {
        assert.ok((await optionsOf(entry, NOWHERE)).has('--json'))
      })
    }

    if (!ONLY_HERE.has(name) && !name.startsWith('import ')) {
      it(`${name} manages a running server as well`, async () => {
        assert.ok((await optionsOf(entry, NOWHERE)).has('--server'))
      })
    }

    it(`${name} is completed`, async () => {
      const found = await candidatesFor([...entry.words.slice(0, -1), entry.words.at(-1) ?? ''], NOWHERE)
      assert.ok(found !== 'files' && found.some(({ value }) => value === entry.words.at(-1)))
    })
  }

  it('has a file behind it, and a name of its own', () => {
    const names = COMMANDS.map(({ words }) => words.join(' '))
    assert.equal(new Set(names).size, names.length)
  })
})

describe('sallyport help', () => {
  it('says the same as --help, of the program, of a group, of a command', async t => {
    const cwd = aFolder(t)
    for (const words of [[], ['client'], ['client', 'create'], ['serve']]) {
      const asked = await run(['help', ...words], cwd)
      assert.deepEqual([asked.code, asked.out], [0, (await run([...words, '--help'], cwd)).out])
    }
    assert.match((await run(['help'], cwd)).out, /SALLYPORT_SERVER_CLIENT_SECRET/)
    assert.equal((await run(['help', '--help'], cwd)).code, 0)
  })

  it('knows what was meant, and ends with exit code 2', async t => {
    const cwd = aFolder(t)
    const rows: readonly (readonly [readonly string[], RegExp])[] = [
      [['help', 'upstrem'], /there is no command upstrem \(did you mean upstream\?\)/],
      [['help', 'client', 'creat'], /there is no command client creat \(did you mean client create\?\)/],
      [['upstrem'], /unknown command 'upstrem'\n\(Did you mean upstream\?\)/],
      [['group', 'delet'], /unknown command 'delet'\n\(Did you mean delete\?\)/],
    ]
    for (const [words, expected] of rows) {
      const { code, err } = await run(words, cwd)
      assert.equal(code, 2)
      assert.match(err, expected)
    }
  })
})
