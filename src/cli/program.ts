/** Arguments → exit code. Knows all commands by name and loads the one that is called. */

import { Command, CommanderError } from 'commander'
import { COMMANDS, type CommandEntry, GROUPS } from './commands.ts'
import { CommandFailure, EXIT, EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts'
import { explainFailure } from './explain-failure.ts'
import { fitLines } from './fit-lines.ts'
import { REMOTE_HELP } from './remote-help.ts'
import type { Terminal } from './terminal.ts'

const HELP = `
Settings come from sallyport.yaml (--config FILE) and SALLYPORT_… variables. The commands open the database themselves:
they work while the server runs and while it does not. ${REMOTE_HELP}

${EXIT_CODES_HELP}

Examples:
  $ sallyport serve
  $ sallyport account create ada --email ada@example.com
  $ sallyport client create Wiki confidential -u https://wiki.example.com/callback
  $ sallyport upstream create google --preset google --client-id ID --client-secret SECRET
  $ sallyport why 7K3M-9QXT
  $ sallyport client list --server https://id.example.com
  $ sallyport help client create`

/** `words`: what stands behind the program's name. */
export async function runProgram(words: readonly string[], version: string, terminal: Terminal): Promise<ExitCode> {
  try {
    if (words[0] === COMPLETE) return await answerCompletion(words.slice(1), terminal)
    const asked = await askedFor(words)
    const program = await buildProgram(asked, version, terminal)
    await program.parseAsync(asked, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    return reportFailure(error, terminal)
  }
}

/** No command of its own: completion scripts ask, people never do. */
const COMPLETE = '__complete'

async function answerCompletion(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { complete } = await import('./complete.ts')
  await complete(words, terminal)
  return EXIT.ok
}

/** `help client create` is `client create --help`. */
async function askedFor(words: readonly string[]): Promise<readonly string[]> {
  if (words[0] !== 'help' || words.some(word => word === '-h' || word === '--help')) return words
  const { wordsOfHelp } = await import('./words-of-help.ts')
  return wordsOfHelp(words.slice(1))
}

async function buildProgram(words: readonly string[], version: string, terminal: Terminal): Promise<Command> {
  const program = prepare(new Command('sallyport'), terminal)
    .description('Sallyport, a self-hosted OpenID Connect server.')
    .version(version, '--version', 'print the version')
    .option('--config <file>', 'the settings file (SALLYPORT_CONFIG; default: sallyport.yaml if it is there)')
    .addHelpText('after', HELP)
  const groups = new Map<string, Command>()
  const called = calledEntry(words)
  for (const entry of COMMANDS) {
    const [first, second] = entry.words
    const parent = second === undefined ? program : groupOf(first)
    const command = prepare(new Command(second ?? first), terminal).summary(entry.summary)
    parent.addCommand(command, { hidden: entry.hidden === true })
    if (entry === called) (await entry.load()).define(command, terminal)
  }
  return program

  function groupOf(name: string): Command {
    const known = groups.get(name)
    if (known !== undefined) return known
    const group = prepare(new Command(name), terminal)
      .summary(GROUPS[name] ?? '')
      .addHelpText('after', `\nsallyport help ${name} COMMAND explains one of them, with examples.`)
    program.addCommand(group)
    groups.set(name, group)
    return group
  }
}

function prepare(command: Command, terminal: Terminal): Command {
  return (
    command
      .exitOverride()
      // What stands behind a command belongs to it: a secret that begins with a dash is no option of ours.
      .enablePositionalOptions()
      .helpOption('-h, --help', 'print this help')
      .helpCommand(false)
      .showHelpAfterError(false)
      .configureOutput({
        writeOut: text => terminal.print(fitLines(text.trimEnd(), terminal.columns ?? Number.POSITIVE_INFINITY)),
        writeErr: text => terminal.warn(text.trimEnd()),
        outputError: (text, write) => write(text.replace(/^error: /, 'sallyport: ')),
      })
  )
}

/** The entry that the words call, whatever options stand before it. */
function calledEntry(words: readonly string[]): CommandEntry | undefined {
  const at = words[0] === '--config' ? 2 : words[0]?.startsWith('--config=') ? 1 : 0
  return COMMANDS.find(({ words: expected }) => expected.every((word, index) => words[at + index] === word))
}

function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommandFailure) {
    terminal.warn(`sallyport: ${error.message}`)
    return error.exitCode
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const explained = error instanceof Error ? explainFailure(error) : undefined
  if (explained !== undefined) {
    terminal.warn(`sallyport: ${explained.message}`)
    return explained.exitCode
  }
  const isBug = error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error)
  terminal.warn(`sallyport: ${isBug ? describe(error) : error.message}`)
  return EXIT.failure
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
