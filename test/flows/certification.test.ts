/** The settings that docs/guide/certification.md prints let the certification plans register and run. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { blocksOf, runProgram } from '../support/guide-programs.ts'
import { createInstallation } from '../support/installation.ts'
import { ADA, createAccount } from '../support/registrations.ts'

describe('docs/guide/certification.md', () => {
  it('opens what the plans need: they register, and sign in by code, implicit and hybrid (OIDC Registration §3.1)', async t => {
    const page = readFileSync('docs/guide/certification.md', 'utf8')
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-certification-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const installation = await createInstallation()
    t.after(() => installation.remove())
    writeFileSync(join(installation.folder, 'sallyport.yaml'), blocksOf(page, 'yaml').join('\n'))
    await installation.start()
    await createAccount(installation, ADA)
    for (const [index, program] of blocksOf(page, 'js').entries())
      await runProgram(program, `certification-${index}`, folder, installation)
  })
})
