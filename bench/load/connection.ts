/** One kept-alive connection, one request under way at a time: a socket, a string out and a string in. */

import { connect, type Socket } from 'node:net'
import { type Answer, readAnswer } from './answer.ts'

const READ_BUFFER_BYTES = 65_536

/** Who waits for the answer of a connection. */
export interface Listener {
  answered(answer: Answer): void
  /** The connection is gone, with or without a request under way. */
  failed(reason: string): void
}

export class Connection {
  listener: Listener | undefined
  readonly #socket: Socket
  #received = ''

  private constructor(port: number, opened: (connection: Connection) => void, refused: (error: Error) => void) {
    // A buffer of our own saves one allocation per read; what it holds is turned into text before the next read.
    const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES)
    const callback = (size: number, bytes: Uint8Array): boolean => {
      this.#read((bytes as Buffer).toString('latin1', 0, size))
      return true
    }
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer, callback } })
    this.#socket.once('connect', () => opened(this))
    this.#socket.on('error', error => {
      refused(error)
      this.listener?.failed(error.message)
    })
    this.#socket.on('close', () => this.listener?.failed('the server closed the connection'))
  }

  static open(port: number): Promise<Connection> {
    return new Promise((opened, refused) => new Connection(port, opened, refused))
  }

  send(request: string): void {
    this.#socket.write(request, 'latin1')
  }

  /** One request and its answer, for all that is not timed. */
  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.listener = undefined
        act()
      }
      this.listener = {
        answered: answer => settle(() => resolve(answer)),
        failed: reason => settle(() => reject(new Error(reason))),
      }
      this.send(request)
    })
  }

  close(): void {
    this.listener = undefined
    this.#socket.destroy()
  }

  #read(text: string): void {
    const received = this.#received === '' ? text : this.#received + text
    const answer = readAnswer(received)
    this.#received = answer === undefined ? received : ''
    if (answer !== undefined) this.listener?.answered(answer)
  }
}

/** Carries on a conversation: sends what it yields, gives it the answers, returns what it returns. */
export async function converse<T>(connection: Connection, script: Generator<string, T, Answer>): Promise<T> {
  let step = script.next()
  while (!step.done) step = script.next(await connection.ask(step.value))
  return step.value
}
