/** Tests of the static files. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assets, assetUrl } from './assets.ts'

describe('assets', () => {
  it('puts the hash of the content into path and etag', () => {
    for (const { path, etag, body } of assets()) {
      assert.match(path, /^\/assets\/[a-z-]+-[0-9a-f]{12}\.(css|svg|woff2)$/)
      assert.ok(path.includes(etag.slice(1, -1)))
      assert.ok(body.length > 0)
    }
  })

  it('names the other files in the style sheet by their hashed names, beside itself', () => {
    const css =
      assets()
        .find(({ path }) => path.startsWith('/assets/pages-'))
        ?.body.toString() ?? ''
    const named = [...css.matchAll(/url\(([^)]+)\)/g)].map(([, name]) => `/assets/${name}`)
    const served = new Set(assets().map(({ path }) => path))
    assert.ok(named.length > 1)
    assert.deepEqual(
      named.filter(path => !served.has(path)),
      [],
    )
  })

  it("puts the issuer's path before the address of an asset", () => {
    assert.equal(assetUrl('/auth', 'logo.svg'), `/auth${assetUrl('', 'logo.svg')}`)
    assert.ok(assets().some(({ path }) => path === assetUrl('', 'logo.svg')))
  })
})
