/** A moment as a person reads it. The server does not know where the person is, so the time zone is said. */

import type { Locale } from '../text/locale.ts'

// Our English is British.
const CALENDARS: Readonly<Record<Locale, string>> = { en: 'en-GB', de: 'de-DE' }

const FORMAT: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
}

export function momentOf(time: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(CALENDARS[locale], FORMAT).format(time)
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }

/** Where the hour does not matter. */
export function dayOf(time: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(CALENDARS[locale], DAY).format(time)
}
