import { type Cli, fail } from './cli.ts'
import type { Client } from './client.ts'
import type { Exit } from './exit-codes.ts'
import { interruption, pause } from './interruption.ts'
import { tame } from './text/paint.ts'
import { clockTime } from './text/span.ts'

export type FollowedNode = { readonly node: string; readonly cluster?: string; readonly goal: 'armed' | 'disarmed' }

const EVERY_MS = 500

/** Tells each step until the end. The watchdog carries it on whether somebody looks or not. */
export async function followNodeWatchdog(cli: Cli, client: Client, followed: FollowedNode): Promise<Exit> {
  const { node, cluster, goal } = followed
  const stop = interruption()
  let told = 0
  let away = false
  while (!stop.aborted) {
    const reply = await client.call('nodeWatchdogWork', { node, query: { cluster } })
    if (reply.ok) {
      away = false
      const { steps, wish, working } = reply.value
      // A watchdog that was restarted meanwhile counts anew.
      if ((steps.at(-1)?.id ?? 0) < told) told = 0
      for (const { id, at, sentence } of steps.filter((step) => step.id > told)) {
        told = id
        cli.terminal.out(`${clockTime(at.at)}  ${tame(sentence)}`)
      }
      if (!working) return end(cli, goal, wish?.goal)
    } else if (!away) {
      away = true
      cli.terminal.err('The watchdog does not answer. Waiting for it: it carries this on when it is back.')
    }
    await pause(EVERY_MS, stop)
  }
  const sentence = `Not followed any longer; the watchdog carries it on. \`proxmox-watchdog node-watchdog status ${node}\` shows how far it is.`
  return fail(cli, { exit: 'interrupted', sentence })
}

/** Nothing left to remember means that it is armed. */
function end(cli: Cli, goal: FollowedNode['goal'], reached: 'armed' | 'disarmed' | undefined): Exit {
  const now = reached ?? 'armed'
  if (now === goal) return 'ok'
  return fail(cli, { exit: 'failed', sentence: `It was given up: it is ${now} again.` })
}
