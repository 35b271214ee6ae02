/** Profiles that a client may be held to, with their rules. */

import type { Profile } from '../../clients/profiles/profile-rule.ts'
import { PROFILES } from '../../clients/profiles.ts'
import type { Field } from '../field.ts'
import { pageOf } from '../page-of.ts'
import type { Document } from '../ports.ts'
import type { Resource } from '../resource.ts'

const FIELDS: readonly Field[] = [
  {
    name: 'name',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'As `profile` of a client has it.',
    finds: ['search', 'sort'],
    example: 'fapi2',
  },
  { name: 'title', kind: 'text', access: 'shown', required: true, about: 'What people call it.', finds: ['search'] },
  { name: 'about', kind: 'text', access: 'shown', required: true, about: 'What it is for.', finds: ['search'] },
  {
    name: 'strictness',
    kind: 'integer',
    access: 'shown',
    required: true,
    about: 'The mildest has 1.',
    finds: ['sort'],
  },
  {
    name: 'rules',
    kind: 'objects',
    access: 'shown',
    required: true,
    about: 'What it asks for.',
    fields: [
      {
        name: 'name',
        kind: 'text',
        access: 'shown',
        required: true,
        about: 'By this name refusals and the audit speak of it.',
      },
      { name: 'section', kind: 'text', access: 'shown', required: true, about: 'Where the demand comes from.' },
      { name: 'sentence', kind: 'text', access: 'shown', required: true, about: 'The demand.' },
    ],
  },
]

export const profiles: Resource<Profile> = {
  name: 'profiles',
  singular: 'profile',
  key: 'name',
  hasChosenNames: true,
  about: 'Sets of rules that a client may be held to.',
  fields: FIELDS,
  standardSort: 'strictness',
  roles: { read: 'viewer', change: 'administrator' },
  async list(query) {
    const rows = PROFILES.map(thing => ({ thing, document: documentOf(thing) }))
    return pageOf(rows, query, { key: 'name', fields: FIELDS })
  },
  find: async key => PROFILES.find(({ name }) => name === key),
  documentOf,
}

function documentOf(profile: Profile): Document {
  const { name, title, about, rules } = profile
  return {
    name,
    title,
    about,
    strictness: PROFILES.indexOf(profile) + 1,
    rules: rules.map(rule => ({ name: rule.name, section: rule.section, sentence: rule.sentence })),
  }
}
