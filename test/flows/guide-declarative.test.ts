/** `docs/guide/declarative.md` holds what it says: its files are written, its commands run, and what stands below them is printed. */

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, run } from '../support/command-line.ts'

const PAGE = readFileSync('docs/guide/declarative.md', 'utf8')

interface Block {
  readonly language: string
  readonly text: string
}

const BLOCKS: readonly Block[] = [...PAGE.matchAll(/```(yaml|console)\n([\s\S]*?)```/g)].map(
  ([, language = '', text = '']) => ({ language, text }),
)

/** `$ sallyport plan`, and the lines that are printed. */
function callsOf(text: string) {
  return text
    .split(/^\$ sallyport /m)
    .slice(1)
    .map(call => {
      const [command = '', ...lines] = call.trimEnd().split('\n')
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
      return { command, words, lines }
    })
}

describe('the guide to things in files', () => {
  it('has files and commands', () => {
    assert.ok(BLOCKS.filter(({ language }) => language === 'yaml').length >= 3)
    assert.ok(BLOCKS.flatMap(({ text }) => callsOf(text)).length >= 10)
  })

  it('does and prints what it says, from top to bottom', async t => {
    const folder = aFolder(t)
    mkdirSync(join(folder, 'vault'))
    writeFileSync(join(folder, 'vault/wiki'), 'a secret that is kept elsewhere')
    await run(['group', 'create', 'seeded'], folder)
    await run(['group', 'delete', 'seeded', '--yes'], folder)
    for (const { language, text } of BLOCKS) {
      if (language === 'yaml') {
        const [, path = ''] = /^# (\S+)\n/.exec(text) ?? []
        assert.notEqual(path, '', text)
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
        continue
      }
      for (const { command, words, lines } of callsOf(text)) {
        const { out, err } = await run(words, folder)
        const printed = `${out}\n${err}`
        for (const line of lines) assert.ok(printed.includes(line), `${command}\n${line}\nis not in\n${printed}`)
        assert.ok(!/TypeError|ReferenceError/.test(err), err)
      }
    }
  })
})
