import type { Status } from '../api/status.ts'
import { type Cli, fail } from './cli.ts'
import type { Client } from './client.ts'
import type { Exit } from './exit-codes.ts'
import { interruption, pause } from './interruption.ts'
import { Progress, type Wanted } from './progress.ts'
import { planBrief } from './render/plans.ts'
import { concerns, type Subject, subjectOf } from './subject.ts'
import { type Paint, painter, SEVERITY_STYLE, tame } from './text/paint.ts'
import { clockTime } from './text/span.ts'

const EVERY_MS = 500
/** Looks without any plan of ours before it counts that the outlet was as wanted already, */
const SETTLED = 3
/** and before it is said that nothing can be seen. */
const PATIENCE = 20

export type Followed = {
  readonly subject: Subject
  readonly wanted: Wanted
  readonly plan: string | undefined
  /** Events after this one belong to the order. */
  readonly afterId: number
}

/**
 * Tells each step of an order until its end. The history is read again and again rather than streamed: a watchdog that
 * is restarted in the middle carries the plan on, and then so does this.
 */
export async function followOrder(cli: Cli, client: Client, followed: Followed): Promise<Exit> {
  const stop = interruption()
  const view = new View(cli)
  const progress = new Progress(followed.subject, followed.wanted, followed.plan)
  let afterId = followed.afterId
  let idle = 0
  while (!stop.aborted) {
    const [status, history] = await look(client, afterId)
    if (status === undefined || history === undefined) {
      view.away()
    } else {
      view.back()
      for (const event of history) {
        afterId = Math.max(afterId, event.id ?? 0)
        if (progress.take(event)) view.tell(event.at, event.severity, event.sentence)
      }
      const plan = status.plans.find((each) => concerns(each, followed.subject))
      if (plan !== undefined) progress.adopt(plan.id)
      const verifying = isVerifying(status, followed)
      if (progress.exit !== undefined && plan === undefined) return view.end(progress.exit)
      idle = plan === undefined && !verifying ? idle + 1 : 0
      if (idle > SETTLED && isAsWanted(status, followed)) return view.end('ok')
      if (idle > PATIENCE) return fail(cli, { exit: 'unknownOutcome', sentence: view.lost(followed.subject.target) })
      view.wait(plan === undefined ? (verifying ? 'waiting for the host to answer' : '') : planBrief(plan))
    }
    await pause(EVERY_MS, stop)
  }
  view.clear()
  return fail(cli, {
    exit: 'interrupted',
    sentence: `Not followed any longer; the watchdog carries it on. \`proxmox-watchdog status\` shows how far it is.`,
  })
}

/** The status is taken first: whatever has ended in it is told in the history that is read after it. */
async function look(client: Client, after: number) {
  const status = await client.call('status')
  if (!status.ok) return [undefined, undefined] as const
  const history = await client.call('events', { query: { after, limit: 500 } })
  return [status.value, history.ok ? history.value.events : undefined] as const
}

function isVerifying(status: Status, { wanted, subject }: Followed): boolean {
  if (wanted !== 'verify') return false
  return status.hosts.find(({ name }) => name === subject.host)?.mapping.verifying !== undefined
}

/** An order for what is the case already makes no plan. */
function isAsWanted(status: Status, { wanted, subject }: Followed): boolean {
  if (wanted !== 'on' && wanted !== 'off') return false
  const outlets = (subjectOf(status, subject.target)?.outlets ?? []).filter(({ level }) => (level ?? 0) === 0)
  return outlets.length > 0 && outlets.every(({ state }) => state === wanted)
}

/** Told steps stay; on a terminal the line below them says what is being waited for. */
class View {
  readonly #cli: Cli
  readonly #paint: Paint
  #away = false

  constructor(cli: Cli) {
    this.#cli = cli
    this.#paint = painter(cli.terminal.colour)
  }

  tell(at: string, severity: keyof typeof SEVERITY_STYLE, sentence: string): void {
    this.clear()
    this.#cli.terminal.out(
      `${this.#paint('dim', clockTime(at))}  ${this.#paint(SEVERITY_STYLE[severity], tame(sentence))}`,
    )
  }

  wait(text: string): void {
    if (this.#cli.terminal.interactive) this.#cli.terminal.raw(`\r\u001b[K${this.#paint('cyan', text)}`)
  }

  clear(): void {
    if (this.#cli.terminal.interactive) this.#cli.terminal.raw('\r\u001b[K')
  }

  away(): void {
    if (!this.#away) {
      this.clear()
      this.#cli.terminal.err('The watchdog does not answer. Waiting for it: it carries the plan on when it is back.')
    }
    this.#away = true
  }

  back(): void {
    this.#away = false
  }

  end(exit: Exit): Exit {
    this.clear()
    return exit
  }

  lost(target: string): string {
    this.clear()
    return `Nothing is being done about ${target} and no end of the order was told. Look with \`proxmox-watchdog status\`.`
  }
}
