/** Tests of how a browser comes to the logout URL: the list of frames is held to before anything happens. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRefusal } from '../../spec/refusal.ts'
import { howItCame } from './how-it-came.ts'

const PORTAL = 'https://portal.example'

describe('coming to the logout URL (Front-Channel Logout §2, §3)', () => {
  const cases: readonly [what: string, headers: Record<string, string>, list: string[], outcome: string][] = [
    ['a person', { 'sec-fetch-dest': 'document' }, [], 'by-itself'],
    ['a browser that does not say', {}, [], 'by-itself'],
    ['a frame of a listed page', { 'sec-fetch-dest': 'iframe', referer: `${PORTAL}/bye?x=1` }, [PORTAL], 'framed'],
    ['a frame of a page that hides who it is', { 'sec-fetch-dest': 'iframe' }, [PORTAL], 'framed-by-unknown'],
    [
      'a frame of a page without an address',
      { 'sec-fetch-dest': 'iframe', referer: 'about:blank' },
      [PORTAL],
      'refused',
    ],
    ['a frame of a hidden page when nobody is listed', { 'sec-fetch-dest': 'iframe' }, [], 'refused'],
    ['a frame of another page', { 'sec-fetch-dest': 'iframe', referer: 'https://evil.example/' }, [PORTAL], 'refused'],
    ['a look-alike', { 'sec-fetch-dest': 'iframe', referer: `${PORTAL}.evil.example/` }, [PORTAL], 'refused'],
    ['a frame when nobody is listed', { 'sec-fetch-dest': 'frame' }, [], 'refused'],
    [
      'a browser that fetches ahead',
      { 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch;prerender' },
      [],
      'refused',
    ],
    ['an older browser that fetches ahead', { purpose: 'prefetch' }, [], 'refused'],
    ['an image', { 'sec-fetch-dest': 'image', referer: `${PORTAL}/` }, [PORTAL], 'refused'],
    ['a script', { 'sec-fetch-dest': 'empty', referer: `${PORTAL}/` }, [PORTAL], 'refused'],
  ]
  for (const [what, headers, list, outcome] of cases) {
    it(`takes ${what} for ${outcome}`, () => {
      const came = howItCame({ header: name => headers[name] }, list)
      assert.equal(isRefusal(came) ? 'refused' : came, outcome)
    })
  }
})
