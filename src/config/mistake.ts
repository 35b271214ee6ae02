/** A mistake in the settings: where it stands, which setting it is about, and the rule it breaks. */

export type MistakePlace =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
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
    case 'nowhere':
      return sentence
  }
}

/** In the order of reading: the file from top to bottom, then the environment. One mistake per setting and place is enough. */
export function inReadingOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  const seen = new Set<string>()
  return mistakes
    .filter(({ place, setting }) => {
      const about = `${JSON.stringify(place)} ${setting}`
      if (setting !== '' && seen.has(about)) return false
      seen.add(about)
      return true
    })
    .sort((a, b) => lineOf(a) - lineOf(b))
}

function lineOf({ place }: Mistake): number {
  return place.kind === 'file' ? place.line + place.column / 10_000 : Number.MAX_SAFE_INTEGER
}
