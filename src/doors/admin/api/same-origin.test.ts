/** Tests of what a browser with a session may send: from our own pages everything, from elsewhere nothing. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkSameOrigin } from './same-origin.ts'
import { aRequest } from './test-fixtures/an-operation.ts'

const OURS = 'https://id.example.com'

type Headers = Readonly<Record<string, string>>
type Row = readonly [what: string, method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', headers: Headers]

const JSON_BODY: Headers = { 'content-type': 'application/json' }

const TAKEN: readonly Row[] = [
  ['reading from a page of ours', 'GET', { 'sec-fetch-site': 'same-origin' }],
  ['reading from a page of ours with its origin', 'GET', { origin: OURS }],
  ['an address that a person typed', 'GET', { 'sec-fetch-site': 'none' }],
  ['a change in JSON', 'POST', { origin: OURS, 'sec-fetch-site': 'same-origin', ...JSON_BODY }],
  ['a change from an old browser', 'POST', { origin: OURS, ...JSON_BODY }],
  ['a change that a proxy has taken the origin from', 'POST', { 'sec-fetch-site': 'same-origin', ...JSON_BODY }],
  ['an action without a body, with the header', 'POST', { origin: OURS, 'x-requested-with': 'console' }],
  ['a picture', 'POST', { origin: OURS, 'content-type': 'image/png' }],
  ['what no form can send', 'DELETE', { origin: OURS }],
]

const REFUSED: readonly Row[] = [
  ['reading from another site', 'GET', { 'sec-fetch-site': 'cross-site' }],
  ['reading from another host of the same site', 'GET', { 'sec-fetch-site': 'same-site' }],
  ['reading with the origin of another site', 'GET', { origin: 'https://evil.example' }],
  ['reading without a word of where from', 'GET', {}],
  ['a change that a person typed', 'POST', { 'sec-fetch-site': 'none', ...JSON_BODY }],
  ['a change from another site', 'PUT', { origin: 'https://evil.example', ...JSON_BODY }],
  ['a change from a page without an origin', 'POST', { origin: 'null', ...JSON_BODY }],
  ['a change from another port', 'POST', { origin: `${OURS}:8443`, ...JSON_BODY }],
  ['a change over plain http', 'POST', { origin: 'http://id.example.com', ...JSON_BODY }],
  ['a change from a host that begins like ours', 'POST', { origin: `${OURS}.evil.example`, ...JSON_BODY }],
  ['a change of which the two headers differ', 'POST', { origin: OURS, 'sec-fetch-site': 'cross-site', ...JSON_BODY }],
  [
    'a change of which the other one differs',
    'POST',
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ],
  ['a change without a word of where from', 'DELETE', {}],
  ['with the custom header alone', 'POST', { 'x-requested-with': 'console', ...JSON_BODY }],
]

const FORMS = ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']

describe('a request with a session (Fetch Metadata §2.3)', () => {
  for (const [what, method, headers] of TAKEN) {
    it(`counts: ${what}`, () => assert.equal(checkSameOrigin(aRequest({ method, headers }), OURS), undefined))
  }
  for (const [what, method, headers] of REFUSED) {
    it(`does not count: ${what}`, () => {
      assert.match(checkSameOrigin(aRequest({ method, headers }), OURS)?.rule ?? '', /^Fetch Metadata §2\.3/)
    })
  }
})

describe('a change with a session that a form could have sent (Fetch §2.2.2)', () => {
  for (const type of FORMS) {
    it(`does not count as ${type === '' ? 'no type at all' : type}`, () => {
      const headers = { origin: OURS, 'sec-fetch-site': 'same-origin', 'content-type': type }
      const refusal = checkSameOrigin(aRequest({ method: 'POST', headers }), OURS)
      assert.match(refusal?.rule ?? '', /^Fetch §2\.2\.2/)
    })
  }
})
