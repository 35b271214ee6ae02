/** Whose URI it is: on the web, its host; in a scheme of an app's own, nobody's. */

/**
 * As `URL.hostname` has it. RFC 8252 §7.1: any app may answer to a private scheme, so what stands there where a host would stand
 * (`app://bank.example/`) is anybody's word.
 */
export function webHostOf(uri: string): string | undefined {
  const url = URL.parse(uri)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.hostname : undefined
}
