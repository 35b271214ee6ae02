/** Which language a page speaks: the best of ours for what the app and the browser ask (RFC 4647 §3.4, lookup). */

export type Locale = 'en' | 'de'

/** The first one is spoken when none is asked for. */
export const LOCALES: readonly Locale[] = ['en', 'de']

/**
 * `uiLocales` are language tags in order of preference (OIDC Core §3.1.2.1), `acceptLanguage` is the header as sent
 * (RFC 9110 §12.5.4), empty when there is none. The app's wish comes first: it often knows the person's own setting.
 */
export function negotiateLocale(uiLocales: readonly string[], acceptLanguage: string, fallback: Locale = 'en'): Locale {
  for (const range of [...uiLocales, ...parseAcceptLanguage(acceptLanguage)]) {
    const locale = lookUp(range)
    if (locale !== undefined) return locale
  }
  return fallback
}

// RFC 5646 §4.4.1: 35 characters hold every tag that is registered. Shortening one without end would take half a second.
const LONGEST_RANGE = 100

// RFC 4647 §3.4: the range is shortened from its end until it names a language of ours; `*` matches nothing by itself.
function lookUp(range: string): Locale | undefined {
  if (range.length > LONGEST_RANGE) return undefined
  const subtags = range.toLowerCase().split('-')
  for (let length = subtags.length; length > 0; length--) {
    const tag = subtags.slice(0, length).join('-')
    const locale = LOCALES.find(candidate => candidate === tag)
    if (locale !== undefined) return locale
  }
  return undefined
}

// A header is the browser's, not ours: what is malformed is skipped, and a long one is cut.
const LONGEST_HEADER = 1000
const LANGUAGE_RANGE = /^([a-z0-9-]+|\*)(?:\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?))?$/i

function parseAcceptLanguage(header: string): readonly string[] {
  return header
    .slice(0, LONGEST_HEADER)
    .split(',')
    .flatMap(part => {
      const [, range, weight] = LANGUAGE_RANGE.exec(part.trim()) ?? []
      return range === undefined ? [] : [{ range, weight: Number(weight ?? 1) }]
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ range }) => range)
}
