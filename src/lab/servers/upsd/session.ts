import { act, UPS_COMMANDS, type Ups, type UpsCommand, type World } from '../../world/index.ts'
import { variablesOf } from './variables.ts'
import { quote, split } from './words.ts'

/** The one user of the lab's upsd; it may do everything. */
export const LAB_UPSD_USER = { username: 'lab', password: 'lab-only' }

const USED_UP = 'ERR INVALID-ARGUMENT'
const DENIED = 'ERR ACCESS-DENIED'

export type UpsdSite = {
  readonly world: World
  /** The world up to now. */
  readonly catchUp: () => void
  readonly changed: () => void
  /** UPS by the sessions that hold a LOGIN on it. */
  readonly logins: Map<string, Set<UpsdSession>>
}

type Answer = { readonly lines: readonly string[]; readonly close?: boolean }

/** One client of the lab's upsd: line by line, as docs/net-protocol.txt of NUT has it. */
export class UpsdSession {
  readonly #site: UpsdSite
  #username: string | undefined
  #password: string | undefined
  #login: string | undefined
  #isTracking = false
  #tracked = 0

  constructor(site: UpsdSite) {
    this.#site = site
  }

  answer(line: string): Answer {
    this.#site.catchUp()
    const words = split(line)
    if (words === undefined) return { lines: ['ERR UNKNOWN-COMMAND'] }
    const [verb = '', ...rest] = words
    if (verb === 'LOGOUT') return { lines: ['OK Goodbye'], close: true }
    return { lines: this.#dispatch(verb.toUpperCase(), rest) }
  }

  end(): void {
    if (this.#login !== undefined) this.#site.logins.get(this.#login)?.delete(this)
    this.#login = undefined
  }

  #dispatch(verb: string, words: readonly string[]): readonly string[] {
    switch (verb) {
      case 'USERNAME':
        return this.#say(words, 'username')
      case 'PASSWORD':
        return this.#say(words, 'password')
      case 'LIST':
        return this.#list(words)
      case 'GET':
        return [this.#get(words)]
      case 'LOGIN':
        return [this.#takeLogin(words)]
      case 'PRIMARY':
      case 'MASTER':
        return [this.#onUps(words[0], () => (this.#isKnown() ? `OK ${verb}-GRANTED` : DENIED))]
      case 'FSD':
        return [this.#onUps(words[0], (ups) => this.#forceShutdown(ups))]
      case 'INSTCMD':
        return [this.#onUps(words[0], (ups) => this.#command(ups, words[1]))]
      case 'SET':
        return [this.#set(words)]
      case 'STARTTLS':
        return ['ERR FEATURE-NOT-CONFIGURED']
      case 'VER':
        return ['Network UPS Tools upsd (lab)']
      case 'NETVER':
      case 'PROTVER':
        return ['1.3']
      case 'HELP':
        return ['Commands: HELP VER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS']
      default:
        return ['ERR UNKNOWN-COMMAND']
    }
  }

  /** upsd believes both until something is asked that needs them. */
  #say([word]: readonly string[], what: 'username' | 'password'): readonly string[] {
    if (word === undefined) return [USED_UP]
    if ((what === 'username' ? this.#username : this.#password) !== undefined) {
      return [`ERR ALREADY-SET-${what.toUpperCase()}`]
    }
    if (what === 'username') this.#username = word
    else this.#password = word
    return ['OK']
  }

  #isKnown(): boolean {
    return this.#username === LAB_UPSD_USER.username && this.#password === LAB_UPSD_USER.password
  }

  #ups(name: string | undefined): Ups | undefined {
    return this.#site.world.upses.find((ups) => ups.name === name)
  }

  #onUps(name: string | undefined, ask: (ups: Ups) => string): string {
    if (name === undefined) return USED_UP
    const ups = this.#ups(name)
    if (ups === undefined) return 'ERR UNKNOWN-UPS'
    if (this.#username === undefined) return 'ERR USERNAME-REQUIRED'
    return this.#password === undefined ? 'ERR PASSWORD-REQUIRED' : ask(ups)
  }

  #takeLogin([name]: readonly string[]): string {
    if (this.#login !== undefined) return 'ERR ALREADY-LOGGED-IN'
    return this.#onUps(name, (ups) => {
      if (!this.#isKnown()) return DENIED
      this.#login = ups.name
      const held = this.#site.logins.get(ups.name) ?? new Set()
      this.#site.logins.set(ups.name, held.add(this))
      return 'OK'
    })
  }

  #forceShutdown({ name }: Ups): string {
    if (!this.#isKnown()) return DENIED
    act(this.#site.world, { kind: 'ups-fsd', ups: name })
    this.#site.changed()
    return 'OK FSD-SET'
  }

  #command({ name }: Ups, command: string | undefined): string {
    if (command === undefined) return USED_UP
    if (!this.#isKnown()) return DENIED
    if (!isCommand(command)) return 'ERR CMD-NOT-SUPPORTED'
    const done = act(this.#site.world, { kind: 'ups-command', ups: name, command })
    this.#site.changed()
    if (!done.ok) return 'ERR INSTCMD-FAILED'
    if (!this.#isTracking) return 'OK'
    this.#tracked += 1
    return `OK TRACKING lab-${this.#tracked}`
  }

  #set([what, value]: readonly string[]): string {
    if (what?.toUpperCase() !== 'TRACKING') return 'ERR READONLY'
    if (value !== 'ON' && value !== 'OFF') return USED_UP
    this.#isTracking = value === 'ON'
    return 'OK'
  }

  #get([what = '', name, variable]: readonly string[]): string {
    if (what === 'TRACKING') return name === undefined ? (this.#isTracking ? 'ON' : 'OFF') : 'SUCCESS'
    const ups = this.#ups(name)
    if (name === undefined) return USED_UP
    if (ups === undefined) return 'ERR UNKNOWN-UPS'
    if (what === 'NUMLOGINS') return `NUMLOGINS ${name} ${this.#site.logins.get(name)?.size ?? 0}`
    if (what === 'UPSDESC') return `UPSDESC ${name} ${quote('The UPS of the lab')}`
    const trouble = troubleOf(ups)
    if (trouble !== undefined) return trouble
    const value = variablesOf(this.#site.world, ups)[variable ?? '']
    if (what === 'VAR') return value === undefined ? 'ERR VAR-NOT-SUPPORTED' : `VAR ${name} ${variable} ${quote(value)}`
    if (what === 'TYPE') return value === undefined ? 'ERR VAR-NOT-SUPPORTED' : `TYPE ${name} ${variable} NUMBER`
    return USED_UP
  }

  #list([what = '', name]: readonly string[]): readonly string[] {
    const { world, logins } = this.#site
    if (what === 'UPS') {
      return framed(
        'UPS',
        world.upses.map((ups) => `UPS ${ups.name} ${quote('The UPS of the lab')}`),
      )
    }
    const ups = this.#ups(name)
    if (name === undefined) return [USED_UP]
    if (ups === undefined) return ['ERR UNKNOWN-UPS']
    if (what === 'CMD')
      return framed(
        `CMD ${name}`,
        UPS_COMMANDS.map((command) => `CMD ${name} ${command}`),
      )
    if (what === 'CLIENT') {
      return framed(
        `CLIENT ${name}`,
        [...(logins.get(name) ?? [])].map(() => `CLIENT ${name} 127.0.0.1`),
      )
    }
    const trouble = troubleOf(ups)
    if (trouble !== undefined) return [trouble]
    if (what === 'RW') return framed(`RW ${name}`, [])
    if (what !== 'VAR') return [USED_UP]
    const rows = Object.entries(variablesOf(world, ups)).map(([key, value]) => `VAR ${name} ${key} ${quote(value)}`)
    return framed(`VAR ${name}`, rows)
  }
}

function framed(what: string, rows: readonly string[]): readonly string[] {
  return [`BEGIN LIST ${what}`, ...rows, `END LIST ${what}`]
}

function troubleOf({ fault }: Ups): string | undefined {
  if (fault === 'stale') return 'ERR DATA-STALE'
  return fault === 'driver-gone' ? 'ERR DRIVER-NOT-CONNECTED' : undefined
}

function isCommand(word: string): word is UpsCommand {
  return (UPS_COMMANDS as readonly string[]).includes(word)
}
