/** What the value of a standard claim must look like (OIDC Core §5.1). */

export type ClaimRule = 'text' | 'lines' | 'url' | 'boolean' | 'birthdate' | 'time-zone' | 'language'

const MAX_LENGTH = 1000

/** The broken rule as a sentence that the claim's name begins, or nothing. */
export function brokenClaimRule(rule: ClaimRule, value: unknown): string | undefined {
  if (rule === 'boolean') return typeof value === 'boolean' ? undefined : 'must be true or false'
  if (typeof value !== 'string') return 'must be text'
  return value.length > MAX_LENGTH ? `must have at most ${MAX_LENGTH} characters` : brokenTextRule(rule, value)
}

function brokenTextRule(rule: Exclude<ClaimRule, 'boolean'>, value: string): string | undefined {
  switch (rule) {
    case 'text':
      return /\p{Cc}/u.test(value) ? 'must not contain control characters' : undefined
    case 'lines':
      return /[^\P{Cc}\r\n]/u.test(value) ? 'must not contain control characters other than line breaks' : undefined
    case 'url':
      return /^https?:\/\/[^/\s]\S*$/i.test(value) && URL.canParse(value)
        ? undefined
        : 'must be a URL such as https://example.com/me'
    case 'birthdate':
      return isBirthdate(value) ? undefined : 'must be YYYY-MM-DD, 0000-MM-DD or YYYY'
    case 'time-zone':
      return isTimeZone(value) ? undefined : 'must be a time zone such as Europe/Berlin'
    case 'language':
      return isLanguageTag(value) ? undefined : 'must be a language tag such as de or de-AT'
  }
}

/** ISO 8601 date; the year 0000 stands for a year that is not told; a year alone is allowed. */
function isBirthdate(text: string): boolean {
  if (/^\d{4}$/.test(text)) return text !== '0000'
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return false
  // 2000 was a leap year, so 29 February stands without a year as well.
  const date = new Date(Date.UTC(year === '0000' ? 2000 : Number(year), Number(month) - 1, Number(day)))
  if (year !== '0000') date.setUTCFullYear(Number(year))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

function isTimeZone(text: string): boolean {
  // An offset such as +01:00 is known to Intl but is no name of the time zone database.
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

/** OIDC Core §5.1: BCP 47; some implementations write an underscore, which relying parties may choose to accept. We do not send it. */
function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}
