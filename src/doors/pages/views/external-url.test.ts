/** Tests of addresses from outside. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { externalImage, externalLink } from './external-url.ts'

describe('addresses from outside', () => {
  it('links to web pages and to nothing else', () => {
    assert.equal(externalLink('https://app.example.org/terms?a=b'), 'https://app.example.org/terms?a=b')
    assert.equal(externalLink('http://localhost:8080/'), 'http://localhost:8080/')
    for (const url of ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', '/terms', '', undefined]) {
      assert.equal(externalLink(url), undefined, String(url))
    }
  })

  it('shows logos that were uploaded here, below whatever path the server stands', () => {
    const path = `/clients/logo/${'0'.repeat(32)}/${'a'.repeat(43)}`
    for (const url of [path, `/auth${path}`]) assert.equal(externalImage(url), url)
    for (const url of [`/${path}`, `//evil.example${path}`, `${path}/x`, `/..${path}?x`, `${path}"`]) {
      assert.equal(externalImage(url), undefined, url)
    }
  })

  it('shows images that the content security policy lets through', () => {
    assert.equal(externalImage('https://app.example.org/logo.png'), 'https://app.example.org/logo.png')
    assert.equal(externalImage('data:image/png;base64,AA=='), 'data:image/png;base64,AA==')
    for (const url of ['http://app.example.org/logo.png', 'data:text/html,x', 'javascript:alert(1)', undefined]) {
      assert.equal(externalImage(url), undefined, String(url))
    }
  })
})
