/**
 * Regular expressions for values of claims. All ways through a pattern are walked at once, character by character, so the time grows with the
 * length of the value and never explodes: the pattern is an administrator's, but the value is the upstream's, and a lying one would
 * look for the value that keeps `RegExp` busy. That is why back references and look-around, which cannot be walked so, are refused.
 */

import { type PatternNode, parsePatternText } from './pattern-syntax.ts'

type Step =
  | { readonly op: 'test'; readonly test: (character: string) => boolean }
  | { readonly op: 'fork'; readonly to: number[] }
  | { readonly op: 'end' }

export type ClaimPattern = readonly Step[]

/** With the length of a value this bounds the time. */
const MAX_STEPS = 2000
/** Longer than a distinguished name with all its parts. */
const MAX_VALUE_LENGTH = 2000

/** The pattern, or the mistake as a sentence that its name begins. */
export function parseClaimPattern(text: string): ClaimPattern | string {
  const node = parsePatternText(text)
  if (typeof node === 'string') return node
  const steps: Step[] = []
  if (!emit(node, steps))
    return `is too large: repeated parts count as often as they may come, up to ${MAX_STEPS} in all`
  steps.push({ op: 'end' })
  return steps
}

/** Whether the whole value is as the pattern says. Values of more than 2,000 characters never are. */
export function matchesWhole(pattern: ClaimPattern, value: string): boolean {
  if (value.length > MAX_VALUE_LENGTH) return false
  let places = reach(pattern, [0])
  for (const character of value) {
    const next: number[] = []
    for (const place of places) {
      const step = pattern[place]
      if (step?.op === 'test' && step.test(character)) next.push(place + 1)
    }
    if (next.length === 0) return false
    places = reach(pattern, next)
  }
  return places.some(place => pattern[place]?.op === 'end')
}

/** The places where the next character is asked for, from these on without reading one. */
function reach(pattern: ClaimPattern, from: readonly number[]): readonly number[] {
  const seen = new Uint8Array(pattern.length)
  const open = [...from]
  const reached: number[] = []
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen[place] === 1) continue
    seen[place] = 1
    const step = pattern[place]
    if (step?.op === 'fork') open.push(...step.to)
    else reached.push(place)
  }
  return reached
}

/** Appends the steps of a node; false when they are too many. */
function emit(node: PatternNode, steps: Step[]): boolean {
  if (steps.length > MAX_STEPS) return false
  switch (node.kind) {
    case 'character':
      steps.push({ op: 'test', test: node.test })
      return true
    case 'sequence':
      return node.parts.every(part => emit(part, steps))
    case 'choice':
      return emitChoice(node.parts, steps)
    case 'repeat':
      return emitRepeat(node, steps)
  }
}

function emitChoice(parts: readonly PatternNode[], steps: Step[]): boolean {
  const fork: number[] = []
  steps.push({ op: 'fork', to: fork })
  const exits: number[][] = []
  for (const part of parts) {
    fork.push(steps.length)
    if (!emit(part, steps)) return false
    const exit: number[] = []
    exits.push(exit)
    steps.push({ op: 'fork', to: exit })
  }
  for (const exit of exits) exit.push(steps.length)
  return true
}

function emitRepeat({ part, min, max }: PatternNode & { kind: 'repeat' }, steps: Step[]): boolean {
  for (let count = 0; count < min; count++) if (!emit(part, steps)) return false
  if (max === undefined) {
    const again = steps.length
    const fork = [again + 1]
    steps.push({ op: 'fork', to: fork })
    if (!emit(part, steps)) return false
    steps.push({ op: 'fork', to: [again] })
    fork.push(steps.length)
    return true
  }
  const forks: number[][] = []
  for (let count = min; count < max; count++) {
    const fork = [steps.length + 1]
    forks.push(fork)
    steps.push({ op: 'fork', to: fork })
    if (!emit(part, steps)) return false
  }
  for (const fork of forks) fork.push(steps.length)
  return true
}
