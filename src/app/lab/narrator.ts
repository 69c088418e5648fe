import { list } from '../../core/phrase.ts'
import type { Told } from '../../core/state/types.ts'
import type { Arrival } from './lab-channel.ts'

/** What the person watching is told; the rest is in the event history. */
const QUIET = new Set([
  'watchdog-started',
  'identity-pinned',
  'configuration-loaded',
  'claim-made',
  'watchdog-stopping',
])
const MARK: Record<Told['severity'], string> = { debug: '·', info: '·', warning: '!', critical: '✖' }
const COLOUR: Record<Told['severity'], string> = { debug: '2', info: '0', warning: '33', critical: '31;1' }
const GOOD = new Set([
  'host-up',
  'host-recovered',
  'cycle-done',
  'outlets-turning-on',
  'outage-closed',
  'mapping-verified',
  'ups-on-mains',
  'ups-heard',
  'power-mains-back',
])

/** A host that boots after a cycle of ours is silent, and not cycled for that. Everybody expects it. */
function isWaiting({ code, guards }: Told): boolean {
  return code === 'refused' && guards?.every((guard) => guard === 'boot-grace' || guard === 'cycle-in-flight') === true
}

/** Tells what happens, one line each, in the lab's own time. */
export class Narrator {
  readonly #write: (text: string) => void
  readonly #colour: boolean
  readonly #columns: number
  readonly #startMs: number
  #strangers = new Set<string>()
  #greeted: readonly string[] = []

  constructor(options: {
    readonly write: (text: string) => void
    readonly colour: boolean
    readonly columns: number
    readonly startMs: number
  }) {
    this.#write = options.write
    this.#colour = options.colour
    this.#columns = Math.min(options.columns || 120, 120)
    this.#startMs = options.startMs
  }

  /** The first answers of these hosts are told in one line, once all of them have come. */
  greet(hosts: readonly string[]): void {
    this.#greeted = hosts
    this.#strangers = new Set(hosts)
  }

  /** The lab's own words: what was done to it. */
  stage(atMs: number, sentence: string): void {
    this.#line(atMs, this.#paint('36', '>'), '36', sentence)
  }

  told(told: Told): void {
    if (QUIET.has(told.code) || isWaiting(told)) return
    if (told.code === 'host-up' && told.host !== undefined && this.#strangers.delete(told.host)) {
      if (this.#strangers.size > 0) return
      return this.#line(told.at.monoMs, this.#paint('32', '✔'), '', `${list(this.#greeted)} answer.`)
    }
    const code = GOOD.has(told.code) ? '32' : COLOUR[told.severity]
    const mark = GOOD.has(told.code) ? '✔' : MARK[told.severity]
    this.#line(told.at.monoMs, this.#paint(code, mark), '', told.sentence)
  }

  /** A message that arrived in the lab's channel. */
  arrived(atMs: number, { how, text }: Arrival): void {
    this.#line(atMs, this.#paint('35', how === 'posted' ? '✉' : '✎'), '35', `discord: ${text}`)
  }

  heading(text: string): void {
    this.#write(`\n${this.#paint('1', text)}\n`)
  }

  /** A line as it stands; what is too long for the terminal goes on below, indented as it began. */
  plain(text: string): void {
    const indent = /^ */.exec(text)?.[0] ?? ''
    const lines =
      text.length <= this.#columns ? [text.trimStart()] : wrap(text.trimStart(), this.#columns - indent.length)
    for (const line of lines) this.#write(`${indent}${line}\n`)
  }

  #line(atMs: number, mark: string, colour: string, sentence: string): void {
    const clock = clockOf(atMs - this.#startMs)
    const indent = ' '.repeat(12)
    const words = wrap(sentence, this.#columns - indent.length)
    const text = words.map((line) => (colour === '' ? line : this.#paint(colour, line))).join(`\n${indent}`)
    this.#write(`  ${clock}  ${mark} ${text}\n`)
  }

  #paint(code: string, text: string): string {
    return this.#colour && code !== '0' ? `\x1b[${code}m${text}\x1b[0m` : text
  }
}

/** `mm:ss` of the lab's time. */
function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  return `${String(minutes).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
