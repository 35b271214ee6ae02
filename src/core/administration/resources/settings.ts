/** Settings of the server: what counts, and who says so. They are changed in the file or the environment, and count from the next start. */

import type { Field } from '../field.ts'
import { pageOf } from '../page-of.ts'
import type { Document, ShownSetting } from '../ports.ts'
import type { Resource } from '../resource.ts'

const FIELDS: readonly Field[] = [
  {
    name: 'name',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'As in the reference, with its section.',
    finds: ['search', 'sort'],
    example: 'tokens.access_token',
  },
  {
    name: 'value',
    kind: 'json',
    access: 'shown',
    about: 'What counts, as it would be written in the file; secrets are ••• and never shown.',
    finds: ['search'],
    example: '10m',
  },
  { name: 'standard', kind: 'json', access: 'shown', about: 'What counts where nothing is said.' },
  {
    name: 'said',
    kind: 'boolean',
    access: 'shown',
    required: true,
    about: 'A file or the environment says it; otherwise the standard counts.',
    finds: ['filter'],
  },
  {
    name: 'source',
    kind: 'text',
    access: 'shown',
    about: 'Where it is said: the file with its line, or the variable.',
    finds: ['search'],
    example: 'sallyport.yaml:12',
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

export const settings: Resource<ShownSetting> = {
  name: 'settings',
  singular: 'setting',
  key: 'name',
  about:
    'What the server was started with. It is changed in its file or its environment, and counts from the next start.',
  fields: FIELDS,
  roles: { read: 'viewer', change: 'administrator' },
  async list(query, { settings: { all } }) {
    const rows = all.map(thing => ({ thing, document: documentOf(thing) }))
    return pageOf(rows, query, { key: 'name', fields: FIELDS })
  },
  find: async (key, { settings: { all } }) => all.find(({ name }) => name === key),
  documentOf,
}

function documentOf({ name, value, standard, source, variable, about }: ShownSetting): Document {
  return {
    name,
    ...(value === undefined ? {} : { value }),
    ...(standard === undefined ? {} : { standard }),
    said: source !== undefined,
    ...(source === undefined ? {} : { source }),
    variable,
    about,
  }
}
