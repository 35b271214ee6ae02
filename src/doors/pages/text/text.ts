/** The texts of the pages: ICU messages by key, parsed when they are first shown. */

import { IntlMessageFormat } from 'intl-messageformat'
import de from './de.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }
import type { Locale } from './locale.ts'

export type MessageKey = keyof typeof en
export type Catalog = Readonly<Record<MessageKey, string>>

/** What is put into a message, by the name of its argument. Not escaped: that is the page's work. */
export type MessageValues = Readonly<Record<string, string | number>>

/** Looks up and fills one message. Throws when an argument of the message is missing. */
export type Translate = (key: MessageKey, values?: MessageValues) => string

// A German text that is missing does not compile here.
export const CATALOGS: Readonly<Record<Locale, Catalog>> = { en, de }

const TRANSLATORS: Readonly<Record<Locale, Translate>> = { en: createTranslate('en'), de: createTranslate('de') }

export function translateTo(locale: Locale): Translate {
  return TRANSLATORS[locale]
}

function createTranslate(locale: Locale): Translate {
  const parsed = new Map<MessageKey, IntlMessageFormat>()
  return (key, values = {}) => {
    let message = parsed.get(key)
    if (message === undefined) {
      // No markup inside messages: `<` in a text is a character like any other.
      message = new IntlMessageFormat(CATALOGS[locale][key], locale, undefined, { ignoreTag: true })
      parsed.set(key, message)
    }
    return String(message.format(values))
  }
}
