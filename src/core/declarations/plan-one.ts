/** The plan for one written thing: made, changed, taken over from whoever made it by hand, or kept as it is. */

import { writtenPart } from '../administration/crud-operations.ts'
import { fieldNamed, writable } from '../administration/field.ts'
import { checkMayMake, checkNotOwned, checkSecretsNotOwned } from '../administration/ownership.ts'
import type { Document } from '../administration/ports.ts'
import { isProblem, type Problem } from '../administration/problem.ts'
import type { Change, ChangeEvent, Resource } from '../administration/resource.ts'
import { changedFields } from '../administration/versions.ts'
import type { Write } from '../unit-of-work.ts'
import { checkNames, withoutMade } from './check-names.ts'
import type { Declaration } from './declaration.ts'
import { isSame, mergeDeclared, newSecrets, type ThreeWays } from './merge.ts'
import type { PlanMistake, PlannedField, PlannedThing, PlanSettings, WrittenThing } from './plan.ts'
import { type PlanContext, placeOf } from './plan-context.ts'
import { mistakeAt, mistakesOf } from './plan-mistakes.ts'
import { HIDDEN, hideSecrets, resolveSecrets, withDigests } from './secret-values.ts'

/** One thing decided: what people see, and what has to be written. */
export interface PlannedStep {
  readonly planned: PlannedThing
  /** Absent: the thing itself stays as it is. */
  readonly change?: Change
  readonly before?: Document
  /** Of the declaration. */
  readonly writes: readonly Write[]
  /** Whose it is from now on, where nothing else tells it. */
  readonly event?: ChangeEvent
}

export type Decision = PlannedStep | readonly PlanMistake[]

export function isMistaken(decision: Decision): decision is readonly PlanMistake[] {
  return Array.isArray(decision)
}

/** What the thing is now, read beforehand. */
export interface Found {
  readonly thing: unknown
  readonly document: Document
}

export async function planOne(
  thing: WrittenThing,
  resource: Resource,
  found: Found | undefined,
  context: PlanContext,
): Promise<Decision> {
  // What another system wrote is no file of ours: it may not name what is read here.
  const { document: written, mistakes } = context.settings.isOwner
    ? resolveSecrets(thing.document, resource.fields, context.acting)
    : { document: thing.document, mistakes: [] }
  const all = [...mistakes, ...checkNames(thing, resource, isKept(context.settings) ? undefined : found?.document)]
  if (all.length > 0) return all.map(mistake => mistakeAt(thing, mistake))
  const declared = withDigests(thing, written, resource.fields, context.sealer)
  const last = context.settings.isOwner ? context.last.get(placeOf(thing.resource, thing.key)) : undefined
  const at: Place = { thing, resource, context, declared, last }
  return found === undefined ? planToMake(at, written) : planToChange(at, written, found)
}

/** What an import finds here stays, whatever the other system says about it. */
function isKept({ isOwner, existing }: PlanSettings): boolean {
  return !isOwner && existing !== 'replace'
}

interface Place {
  readonly thing: WrittenThing
  readonly resource: Resource
  readonly context: PlanContext
  readonly declared: Document
  readonly last: Declaration | undefined
}

async function planToMake(at: Place, written: Document): Promise<Decision> {
  const { thing, resource, context, last } = at
  const document = Object.fromEntries([
    [resource.key, thing.key],
    ...Object.entries(written).filter(([, value]) => value !== null && value !== undefined),
  ])
  const change = await resource.create?.(document, context.acting)
  if (change === undefined) return [mistakeAt(thing, { member: '', rule: 'declared', message: 'cannot be made here' })]
  if (isProblem(change)) return mistakesOf(thing, change)
  const declaredElsewhere = checkMayMake(context.last.get(placeOf(thing.resource, thing.key)), context.acting)
  if (declaredElsewhere !== undefined) return mistakesOf(thing, declaredElsewhere)
  const fields = Object.entries(hideSecrets(document, resource.fields))
    .filter(([name]) => name !== resource.key)
    .map(([name, after]) => ({ name, after }))
  const again = last === undefined ? [] : [`it was deleted since ${last.source} was applied, and is made again`]
  return {
    planned: plannedThing(at, 'create', fields, [...again, ...(change.warnings ?? [])]),
    change,
    writes: declarationWrites(at),
  }
}

async function planToChange(at: Place, written: Document, found: Found): Promise<Decision> {
  const { thing, resource, context, declared, last } = at
  if (isKept(context.settings)) return keep(at, [])
  const current = writtenPart(resource, found.document)
  const ways: ThreeWays = {
    written: withoutMade(written, resource),
    declared,
    last: last?.document,
    current,
  }
  const secrets = newSecrets(ways, resource.fields)
  const document = completed(resource, found, ways, mergeDeclared(ways, resource.fields))
  if (secrets.length === 0 && isSame(document, current)) return keep(at, [], found)
  const change = await resource.replace?.(found.thing, document, context.acting)
  if (change === undefined)
    return [mistakeAt(thing, { member: '', rule: 'declared', message: 'cannot be changed here' })]
  if (isProblem(change)) return mistakesOf(thing, change)
  const owned = await ownedElsewhere(at, found.document, change)
  if (owned !== undefined) return mistakesOf(thing, owned)
  const fields = plannedFields(at, found.document, change.after ?? {}, secrets, written)
  if (fields.length === 0) return keep(at, change.warnings ?? [], found)
  return {
    planned: plannedThing(at, 'change', fields, change.warnings ?? []),
    change,
    before: found.document,
    writes: declarationWrites(at),
  }
}

/** `found`: what the file says about it from now on has to be so when that is written down. */
function keep(at: Place, warnings: readonly string[], found?: Found): PlannedStep {
  const planned = plannedThing(at, 'keep', [], warnings)
  const { resource, key, source } = planned
  const event: ChangeEvent = { type: 'declaration.adopted', detail: { resource, key, source } }
  const { context, declared, last } = at
  const isSaidAnew = context.settings.isOwner && (last === undefined || !isSame(last.document, declared))
  const confirmed = found !== undefined && isSaidAnew ? at.resource.confirm?.(found.thing, context.acting) : undefined
  const writes = [...(confirmed === undefined ? [] : [confirmed]), ...declarationWrites(at)]
  return { planned, writes, ...(planned.isAdopted === true ? { event } : {}) }
}

/** What follows from the change by the rules of the thing: another issuer takes the endpoints of the one before along. */
function completed(resource: Resource, { thing }: Found, { written, current }: ThreeWays, merged: Document): Document {
  if (resource.completePatch === undefined) return merged
  const patch = Object.fromEntries(
    Object.keys({ ...merged, ...current })
      .filter(name => !isSame(merged[name], current[name]))
      .map(name => [name, merged[name] ?? null]),
  )
  const following = Object.entries(resource.completePatch(thing, patch)).filter(
    ([name]) => !Object.hasOwn(written, name),
  )
  const document = new Map(Object.entries(merged))
  for (const [name, value] of following) {
    if (value === null) document.delete(name)
    else document.set(name, value)
  }
  return Object.fromEntries(document)
}

function plannedFields(
  { resource, last, declared }: Place,
  before: Document,
  after: Document,
  secrets: readonly string[],
  written: Document,
): readonly PlannedField[] {
  const taken = new Set(writable(resource.fields, 'changing').map(({ name }) => name))
  const changed = changedFields(before, after).filter(
    name => taken.has(fieldNamed(name, resource.fields)?.name ?? '') && !secrets.includes(name),
  )
  // What the file says is as it said it before: so it was somebody else who changed what is there.
  const isDrift = (name: string): boolean =>
    last !== undefined && Object.hasOwn(written, name) && isSame(declared[name], last.document[name])
  return [
    ...changed.map(name => ({
      name,
      ...(before[name] === undefined ? {} : { before: before[name] }),
      ...(after[name] === undefined ? {} : { after: after[name] }),
      ...(isDrift(name) ? { isDrift: true as const } : {}),
    })),
    ...secrets.map(name => ({
      name,
      ...(last !== undefined && Object.hasOwn(last.document, name) ? { before: HIDDEN } : {}),
      after: HIDDEN,
    })),
  ]
}

/** An import is no owner: what belongs to a file is changed in the file. */
async function ownedElsewhere(at: Place, before: Document, change: Change): Promise<Problem | undefined> {
  const { thing, resource, context } = at
  if (context.settings.isOwner) return undefined
  const declaration = context.last.get(placeOf(thing.resource, thing.key))
  return (
    checkNotOwned(declaration, before, change.after, context.acting, resource) ??
    checkSecretsNotOwned(declaration, before, thing.document, context.acting, resource)
  )
}

function plannedThing(
  { thing, last, context }: Place,
  action: PlannedThing['action'],
  fields: readonly PlannedField[],
  warnings: readonly string[],
): PlannedThing {
  const { resource, key, source } = thing
  const isAdopted = context.settings.isOwner && last === undefined && action !== 'create'
  return { resource, key, source, action, fields, warnings, ...(isAdopted ? { isAdopted } : {}) }
}

/** Conditional on what was applied last: of two nodes that plan the same, one commits. */
function declarationWrites({ thing, context, declared, last }: Place): readonly Write[] {
  const { settings, acting } = context
  if (!settings.isOwner) return []
  const { declarations } = acting.repositories
  const { resource: kind, key, source } = thing
  const declaration: Declaration = { kind, key, source, document: declared, appliedAt: acting.now }
  if (last === undefined) return [declarations.insert(declaration)]
  return isAsApplied(last, declared, source) ? [] : [declarations.replace(declaration, last)]
}

export function isAsApplied(last: Declaration, declared: Document, source: string): boolean {
  return last.source === source && isSame(last.document, declared)
}
