/** Tests of the remedies for sign-outs by upstreams: they name what was seen, and their commands may be pasted into a shell. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Facts } from '../../spec/refusal.ts'
import { findRemedy } from './remedies.ts'

const AT = '2026-01-01T12:00:00.000Z'

describe('remedies for sign-outs by an upstream', () => {
  const cases: readonly [rule: string, facts: Facts, why: string, command: string][] = [
    [
      'Back-Channel Logout §2.6 jti counts once',
      {},
      'The upstream work sent a logout token that had come before; its sessions were ended the first time.',
      'sallyport upstream show work',
    ],
    [
      'Front-Channel Logout §2 iss and sid are sent together',
      { iss: true, sid: false },
      'The upstream work sent an iss without a sid.',
      'sallyport upstream show work',
    ],
    [
      'Front-Channel Logout §2 iss is the issuer',
      { iss: 'https://idp.example', expected: null },
      'The logout URL was called with iss https://idp.example; that of the upstream work is not known.',
      'sallyport upstream show work',
    ],
    [
      'frontchannel_logout_frame_ancestors has it',
      { parent: 'https://b.example', allowed: ['https://a.example'] },
      'The logout URL was in an iframe on https://b.example; allowed: https://a.example.',
      'sallyport upstream edit work --set frontchannel_logout_frame_ancestors=https://a.example,https://b.example',
    ],
    [
      'frontchannel_logout_frame_ancestors has it',
      { parent: null, allowed: [] },
      'The logout URL was in an iframe on a page; allowed: none.',
      'sallyport upstream edit work --set frontchannel_logout_frame_ancestors=ORIGIN',
    ],
  ]
  for (const [rule, facts, why, command] of cases) {
    it(`say what was seen: ${why}`, () => {
      const remedy = findRemedy({ rule, facts: { upstream: 'work', ...facts }, at: AT })
      assert.deepEqual([remedy?.why, remedy?.commands], [why, [command]])
    })
  }
})
