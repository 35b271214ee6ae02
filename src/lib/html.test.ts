/** Tests of the `html` tagged template. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html } from './html.ts'

describe('html', () => {
  it('escapes every character that could end a text or a quoted attribute', () => {
    const text = `<script>"it's" & more</script>`
    assert.equal(
      html`<p title="${text}">${text}</p>`.toString(),
      '<p title="&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;">&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;</p>',
    )
  })

  it('nests templates and lists without escaping them twice', () => {
    const items = ['a', '<b>'].map(item => html`<li>${item}</li>`)
    assert.equal(html`<ul>${items}</ul>`.toString(), '<ul><li>a</li><li>&lt;b&gt;</li></ul>')
  })

  it('leaves no trace of undefined and false, but keeps zero and the empty text', () => {
    assert.equal(html`[${undefined}${false}${0}${''}]`.toString(), '[0]')
  })

  it('escapes an object that only looks like markup', () => {
    const forged = JSON.parse('["<i>"]') as string[]
    assert.equal(html`${forged}`.toString(), '&lt;i&gt;')
  })
})
