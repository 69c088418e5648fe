import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { loadPin } from '../tls/pinning.ts'
import { Lines } from './lines.ts'
import { errorOf, failed, type NutOutcome } from './outcome.ts'
import { type NutUnit, serverOf } from './settings.ts'
import { lineOf, wordsOf } from './words.ts'

const MOST_ROWS = 10_000

type Waiting = {
  readonly isList: boolean
  readonly rows: (readonly string[])[]
  readonly end: (outcome: NutOutcome<readonly (readonly string[])[]>) => void
}

/** One connection to upsd: commands are asked one after the other, each with a deadline. Nothing here throws. */
export class NutConnection {
  readonly server: string
  readonly #timeoutMs: number
  #socket: Socket
  #lines = new Lines()
  #waiting: Waiting | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #ended: NutOutcome<never> | undefined

  private constructor(socket: Socket, server: string, timeoutMs: number) {
    this.#socket = socket
    this.server = server
    this.#timeoutMs = timeoutMs
    this.#listen(socket)
  }

  /** Connected, encrypted where that is wanted, and with user and password said: upsd tells only later if they are wrong. */
  static async open(unit: NutUnit, timeoutMs: number): Promise<NutOutcome<NutConnection>> {
    const server = serverOf(unit)
    const socket = await connected(unit, timeoutMs)
    if (typeof socket === 'string') return failed('unreachable', `upsd at ${server} ${socket}.`)
    const connection = new NutConnection(socket, server, timeoutMs)
    const begun = await connection.#begin(unit)
    if (begun.ok) return { ok: true, value: connection }
    connection.close()
    return begun
  }

  get closed(): boolean {
    return this.#ended !== undefined
  }

  /** The words of the one line that is answered; an `ERR` is a failure. */
  async ask(...words: readonly string[]): Promise<NutOutcome<readonly string[]>> {
    const outcome = await this.#enqueue(words, false)
    return outcome.ok ? { ok: true, value: outcome.value[0] ?? [] } : outcome
  }

  /** The rows between `BEGIN LIST` and `END LIST`. */
  list(...words: readonly string[]): Promise<NutOutcome<readonly (readonly string[])[]>> {
    return this.#enqueue(['LIST', ...words], true)
  }

  close(): void {
    this.#end(failed('unreachable', `The connection to upsd at ${this.server} was closed.`))
  }

  #enqueue(words: readonly string[], isList: boolean): Promise<NutOutcome<readonly (readonly string[])[]>> {
    const asked = this.#queue.then(() => this.#send(words, isList))
    this.#queue = asked
    return asked
  }

  #send(words: readonly string[], isList: boolean): Promise<NutOutcome<readonly (readonly string[])[]>> {
    if (this.#ended !== undefined) return Promise.resolve(this.#ended)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#end(failed('timeout', `upsd at ${this.server} did not answer ${words[0]} in time.`))
      }, this.#timeoutMs)
      const end: Waiting['end'] = (outcome) => {
        clearTimeout(timer)
        this.#waiting = undefined
        resolve(outcome)
      }
      this.#waiting = { isList, rows: [], end }
      this.#socket.write(lineOf(words))
    })
  }

  async #begin(unit: NutUnit): Promise<NutOutcome<void>> {
    if (unit.tls !== undefined) {
      const secured = await this.#secure(unit)
      if (!secured.ok) return secured
    }
    if (unit.username === undefined || unit.password === undefined) return { ok: true, value: undefined }
    let password: string
    try {
      password = unit.password.reveal()
    } catch {
      return failed('access-denied', `The password for upsd at ${this.server} cannot be had.`)
    }
    const user = await this.ask('USERNAME', unit.username)
    const said = user.ok ? await this.ask('PASSWORD', password) : user
    return said.ok ? { ok: true, value: undefined } : said
  }

  async #secure({ tls, host }: NutUnit): Promise<NutOutcome<void>> {
    const loaded = loadPin(tls ?? { verify: false })
    if (!loaded.ok) return failed('tls', `upsd at ${this.server} cannot be checked: ${loaded.sentence}.`)
    const started = await this.ask('STARTTLS')
    if (!started.ok) return started
    const plain = this.#socket
    plain.removeAllListeners()
    const { pin } = loaded
    return new Promise((resolve) => {
      const socket = connectTls({ socket: plain, host, secureContext: pin.context, rejectUnauthorized: false })
      const timer = setTimeout(() => socket.destroy(new Error('no handshake in time')), this.#timeoutMs)
      const end = (outcome: NutOutcome<void>) => {
        clearTimeout(timer)
        if (!outcome.ok) this.#end(outcome)
        resolve(outcome)
      }
      socket.once('error', (error) => end(failed('tls', `upsd at ${this.server}: ${error.message}.`)))
      socket.once('secureConnect', () => {
        const refusal = pin.refusal(socket)
        if (refusal !== undefined) return end(failed('tls', `upsd at ${this.server} is not trusted: ${refusal}.`))
        socket.removeAllListeners('error')
        this.#socket = socket
        this.#listen(socket)
        end({ ok: true, value: undefined })
      })
    })
  }

  #listen(socket: Socket): void {
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => this.#take(String(chunk)))
    socket.on('error', (error) => this.#end(failed('unreachable', `upsd at ${this.server}: ${error.message}.`)))
    socket.on('close', () => this.#end(failed('unreachable', `upsd at ${this.server} closed the connection.`)))
  }

  #take(chunk: string): void {
    const lines = this.#lines.take(chunk)
    if (lines === undefined) return this.#broken()
    for (const line of lines) this.#takeLine(line)
  }

  #takeLine(line: string): void {
    const waiting = this.#waiting
    if (line === '' || waiting === undefined) return
    const words = wordsOf(line)
    if (words === undefined || words.length === 0) return this.#broken()
    if (words[0] === 'ERR') return waiting.end(errorOf(this.server, words))
    if (!waiting.isList) return waiting.end({ ok: true, value: [words] })
    if (words[0] === 'BEGIN') return
    if (words[0] === 'END') return waiting.end({ ok: true, value: waiting.rows })
    if (waiting.rows.length >= MOST_ROWS) return this.#broken()
    waiting.rows.push(words)
  }

  #broken(): void {
    this.#end(failed('broken', `What answers at ${this.server} is no upsd.`))
  }

  #end(why: NutOutcome<never>): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    this.#socket.removeAllListeners('data')
    this.#socket.destroy()
    this.#waiting?.end(why)
  }
}

/** A socket, or why there is none. */
function connected({ host, port }: NutUnit, timeoutMs: number): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true })
    const timer = setTimeout(() => {
      socket.destroy()
      resolve('did not take the connection in time')
    }, timeoutMs)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      resolve(`cannot be reached (${error.code ?? error.message})`)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}
