/** What becomes true by itself: nodes notice a change of another one when they look next, which is within a second. */

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if (await isSo()) return
    await sleep(25)
  }
  assert.fail('it never came to be')
}
