/** The fields of a custom attribute. */

import { ATTRIBUTE_TYPES } from '../../../attributes/attribute-definition.ts'
import type { Field } from '../../field.ts'
import { MADE_AND_CHANGED } from '../made-and-changed.ts'

export const ATTRIBUTE_FIELDS: readonly Field[] = [
  {
    name: 'name',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'What it is called among the attributes of an account; none of the standard names. It never changes.',
    finds: ['search', 'sort'],
    example: 'department',
  },
  {
    name: 'title',
    kind: 'text',
    access: 'written',
    about: 'What people read, on the consent page and in their account.',
    standard: 'the name',
    finds: ['search'],
    example: 'Department',
  },
  {
    name: 'description',
    kind: 'text',
    access: 'written',
    about: 'For people who write its values.',
    finds: ['search'],
  },
  {
    name: 'type',
    kind: 'text',
    access: 'written',
    about: 'What a value is like.',
    choices: ATTRIBUTE_TYPES,
    standard: 'text',
    finds: ['filter'],
  },
  { name: 'list', kind: 'boolean', access: 'written', about: 'It has a list of values.', standard: 'false' },
  {
    name: 'choices',
    kind: 'list',
    access: 'written',
    about: 'The only values; for the type text.',
    standard: 'any',
    example: ['sales', 'support'],
  },
  {
    name: 'claim',
    kind: 'text',
    access: 'written',
    about: 'The claim that apps read it as (OIDC Core §5.1.2).',
    standard: 'the name',
    example: 'https://example.com/department',
  },
  {
    name: 'scopes',
    kind: 'list',
    access: 'written',
    about: 'An app that was given one of these reads the claim. New names become scopes that apps may ask for.',
    standard: 'none: no app reads it',
    example: ['work'],
  },
  ...MADE_AND_CHANGED,
]
