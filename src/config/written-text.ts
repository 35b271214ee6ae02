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
      if (text.trimStart().startsWith('[')) return listOfJson(text)
      return text.split(/[\s,]+/).filter(item => item !== '')
    case 'text':
      return text
  }
}

/** Lists of things with members (`resources`) come as JSON. */
function listOfJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
