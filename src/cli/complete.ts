/** `sallyport __complete SHELL -- WORD…`: what the words may go on with. Asked at every press of the tab key, so it never complains. */

import { setTimeout } from 'node:timers/promises'
import type { Candidate } from './complete-names.ts'
import { candidatesFor } from './complete-words.ts'
import { FILES } from './completion-scripts.ts'
import { joinedWords } from './joined-words.ts'
import type { Terminal } from './terminal.ts'

/** A database or a server that does not answer: the shell waits for us, and a person for the shell. */
const PATIENCE_MS = 3000

/** `words`: the shell, `--`, and what was typed behind the program's name, up to the cursor. */
export async function complete([shell, , ...typed]: readonly string[], terminal: Terminal): Promise<void> {
  const { words, cut } = shell === 'bash' ? joinedWords(typed) : { words: typed, cut: 0 }
  const none: readonly Candidate[] = []
  const patience = setTimeout(PATIENCE_MS, none, { ref: false })
  const candidates = await Promise.race([candidatesFor(words, terminal).catch(() => none), patience])
  if (candidates === 'files') return terminal.print(FILES)
  for (const { value, about } of candidates) {
    terminal.print(about === undefined ? value.slice(cut) : `${value.slice(cut)}\t${about}`)
  }
}
