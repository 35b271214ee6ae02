/** A setting as a document. */

import type { Field } from '../../field.ts'
import type { AdministrationSettings, Document, ShownSetting } from '../../ports.ts'

export const VALUE: Field = {
  name: 'value',
  kind: 'json',
  access: 'written',
  about: 'What counts, as it would be written in the file; secrets are ••• and never shown.',
  finds: ['search'],
  example: '10m',
}

export const SETTING_FIELDS: readonly Field[] = [
  {
    name: 'name',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'As in the reference, with its section.',
    finds: ['search', 'sort'],
    example: 'tokens.access_token',
  },
  VALUE,
  { name: 'standard', kind: 'json', access: 'shown', about: 'What counts where nothing is said.' },
  {
    name: 'said',
    kind: 'boolean',
    access: 'shown',
    required: true,
    about: 'A file, the environment or the database says it; otherwise the standard counts.',
    finds: ['filter'],
  },
  {
    name: 'source',
    kind: 'text',
    access: 'shown',
    about: 'Where it is said: the file with its line, the variable, or `database`: then `updated_by` changed it there.',
    finds: ['search'],
    example: 'sallyport.yaml:12',
  },
  {
    name: 'changeable',
    kind: 'boolean',
    access: 'shown',
    required: true,
    about:
      'It may be changed while the server runs. The others are needed to open the house, guard the machine, or say whose signature is believed.',
    finds: ['filter'],
  },
  {
    name: 'owned_by',
    kind: 'text',
    access: 'shown',
    about: 'The file with its line, or the variable, that says it: it wins, and a change is refused.',
  },
  {
    name: 'stored',
    kind: 'json',
    access: 'shown',
    about: 'What the database says, where that is not what counts: a file or a variable wins, or it breaks a rule.',
  },
  {
    name: 'problem',
    kind: 'text',
    access: 'shown',
    about: 'The rule that the value in the database breaks; it does not count.',
  },
  { name: 'updated_at', kind: 'time', access: 'shown', about: 'When it was changed in the database.' },
  { name: 'updated_by', kind: 'text', access: 'shown', about: 'Who changed it there.' },
  {
    name: 'last_loaded_at',
    kind: 'time',
    access: 'shown',
    about: 'Since when this server goes by it, where it was changed while the server ran; otherwise since its start.',
  },
  {
    name: 'variable',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'The variable that says it, over every file.',
    finds: ['search'],
    example: 'SALLYPORT_TOKENS_ACCESS_TOKEN',
  },
  { name: 'about', kind: 'text', access: 'shown', required: true, about: 'What it does.', finds: ['search'] },
]

export function settingDocument(setting: ShownSetting, { loadedAt }: AdministrationSettings): Document {
  const { name, value, standard, source, isOwned, isChangeable, stored, problem, variable, about } = setting
  const loaded = loadedAt?.(name)
  const counts = !isOwned && problem === undefined
  return {
    name,
    ...(value === undefined ? {} : { value }),
    ...(standard === undefined ? {} : { standard }),
    said: source !== undefined,
    ...(source === undefined ? {} : { source: isOwned ? source : 'database' }),
    changeable: isChangeable,
    ...(isOwned && source !== undefined ? { owned_by: source } : {}),
    ...(stored === undefined || counts ? {} : { stored: stored.value }),
    ...(problem === undefined ? {} : { problem }),
    ...(stored === undefined ? {} : { updated_at: stored.updatedAt.toISOString(), updated_by: stored.updatedBy }),
    ...(loaded === undefined ? {} : { last_loaded_at: loaded.toISOString() }),
    variable,
    about,
  }
}
