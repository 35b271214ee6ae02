/** A mistake in the settings: where it stands, which setting it is about, and the rule it breaks. */

export type MistakePlace =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  /** Changed while the server ran. */
  | { readonly kind: 'database'; readonly by: string }
  /** The default was not good enough, or the file itself is missing. */
  | { readonly kind: 'nowhere' }

export interface Mistake {
  readonly place: MistakePlace
  /** `tokens.access_token`; empty when it is about the file as a whole. */
  readonly setting: string
  /** Continues the sentence that the setting begins: `must be …`. Never contains the value of a secret. */
  readonly rule: string
}

/** `sallyport.yaml:3:11  issuer must be …`, `SALLYPORT_ISSUER  issuer must be …` */
export function formatMistake({ place, setting, rule }: Mistake): string {
  const sentence = setting === '' ? rule : `${setting} ${rule}`
  switch (place.kind) {
    case 'file':
      return `${place.file}:${place.line}:${place.column}  ${sentence}`
    case 'environment':
      return `${place.variable}  ${sentence}`
    case 'database':
      return `setting in the database (by ${place.by})  ${sentence}`
    case 'nowhere':
      return sentence
  }
}

/** `proxies.trusted[1]` */
export function settingName(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('')
}

/** In the order of reading: file by file from top to bottom, then the environment. One mistake per setting and place is enough. */
export function inReadingOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  const seen = new Set<string>()
  const files = [...new Set(mistakes.flatMap(({ place }) => (place.kind === 'file' ? [place.file] : [])))]
  return mistakes
    .filter(({ place, setting }) => {
      const about = `${JSON.stringify(place)} ${setting}`
      if (setting !== '' && seen.has(about)) return false
      seen.add(about)
      return true
    })
    .sort((a, b) => fileOf(a, files) - fileOf(b, files) || lineOf(a) - lineOf(b))
}

function fileOf({ place }: Mistake, files: readonly string[]): number {
  return place.kind === 'file' ? files.indexOf(place.file) : files.length
}

function lineOf({ place }: Mistake): number {
  return place.kind === 'file' ? place.line + place.column / 10_000 : Number.MAX_SAFE_INTEGER
}
