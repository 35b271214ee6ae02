/** The `html` tagged template: every value put into it is escaped, so text can never become markup. */

/** Markup that came out of an `html` template. There is no way to make one from plain text. */
export class Html {
  readonly #markup: string
  private constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }

  static template(strings: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    let markup = strings[0] ?? ''
    for (const [index, value] of values.entries()) markup += markupOf(value) + (strings[index + 1] ?? '')
    return new Html(markup)
  }
}

/** `undefined` and `false` leave no trace, so optional parts read `${problem && html`…`}`. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[]

/** Escapes for text and for attributes in double quotes; an attribute without quotes is not safe. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.template(strings, values)
}

function markupOf(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(markupOf).join('')
  return escapeText(String(value))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] ?? character)
}
