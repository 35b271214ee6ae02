/** `sallyport serve` under signals: the real program as a process. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { aFolder, LAUNCHER } from '../support/command-line.ts'

describe('sallyport serve', () => {
  it('stops in order when SIGINT comes twice at once, as from Ctrl-C under npm start', async t => {
    const env = { PATH: process.env.PATH, SALLYPORT_LISTEN: '127.0.0.1:0' }
    const child = spawn(LAUNCHER, ['serve'], { cwd: aFolder(t), env, stdio: ['ignore', 'pipe', 'pipe'] })
    t.after(() => child.kill('SIGKILL'))
    let output = ''
    const gone = once(child, 'close')
    const started = new Promise<void>(resolve => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', text => {
          output += text
          if (/started|listening|setup\?token/.test(output)) resolve()
        })
      }
    })
    await Promise.race([started, gone])
    child.kill('SIGINT')
    await sleep(10)
    child.kill('SIGINT')
    assert.deepEqual(await gone, [0, null], output)
    assert.match(output, /stopped/)
  })
})
