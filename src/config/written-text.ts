/** Text from an environment variable or a reference, turned into the kind of value that the setting takes. */

import type { SettingKind } from './settings.ts'

/** Text that does not fit stays text, so that the schema can say what is wrong with it. */
export function valueOfText(kind: SettingKind, text: string): unknown {
  switch (kind) {
    case 'boolean':
      return /^(true|false)$/i.test(text.trim()) ? text.trim().toLowerCase() === 'true' : text
    case 'number':
      return /^\d+$/.test(text.trim()) ? Number(text) : text
    case 'list':
      return text.split(/[\s,]+/).filter(item => item !== '')
    case 'text':
      return text
  }
}
