/** Tests of the mail that proves an account. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LOCALES } from '../text/locale.ts'
import { type LinkMail, renderLinkMail } from './link-mail.ts'

const HREF = 'https://id.example.org/link-account/mail?token=abc'

function mailFor(changes: Partial<LinkMail> = {}) {
  const usual = {
    brandName: 'Sallyport',
    basePath: '',
    upstreamName: 'Example ID',
    username: 'ada',
    href: HREF,
    minutes: 15,
  }
  return renderLinkMail({ locale: 'en', ...usual, ...changes })
}

describe('the mail that proves an account', () => {
  for (const locale of LOCALES) {
    it(`says who asks for what, where it leads, and that it may be ignored (${locale})`, () => {
      const { subject, text, html } = mailFor({ locale, label: 'ada@there.example' })
      assert.match(subject, /Example ID.*Sallyport/)
      for (const said of ['Example ID', 'Sallyport', 'ada@there.example', '15', HREF]) {
        assert.ok(text.includes(said), said)
        assert.ok(html.includes(said), said)
      }
      assert.match(html, new RegExp(`<html lang="${locale}">`))
      const places = [...html.matchAll(/<a href="([^"]+)"[^>]*>([^<]+)<\/a>/g)].map(([, href, words]) => [href, words])
      assert.equal(places.length, 2, 'a button, and the address in full')
      assert.deepEqual([places[0]?.[0], places[1]], [HREF, [HREF, HREF]])
      assert.match(places[0]?.[1] ?? '', /Example ID/)
      assert.match(text, locale === 'en' ? /ignore this mail/ : /beachten Sie diese E-Mail nicht/)
    })
  }

  const NAMES = ['ada', 'Ada_Lovelace', 'ada.king@there.example', 'ada@there.example', 'Ædä_ß-9+x@sub.there.example']
  const NO_NAMES = [
    'Call 555',
    'https://evil.example',
    'evil.example/x',
    'www.evil.example',
    'evil.com',
    '<b>',
    'a\nb',
    '',
    'x'.repeat(65),
    'a@b@c',
  ]

  it('passes a name on, and nothing else that somebody calls themselves', () => {
    for (const label of NAMES) assert.ok(mailFor({ label }).text.includes(label), label)
    const nameless = mailFor()
    for (const label of NO_NAMES) assert.deepEqual(mailFor({ label }), nameless, label)
  })

  it('keeps markup in a name text', () => {
    const { html } = mailFor({ upstreamName: '<img src=x>', username: '<script>' })
    assert.doesNotMatch(html, /<img|<script/)
  })
})
