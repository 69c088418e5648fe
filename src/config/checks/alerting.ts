import { nearest } from '../nearest.ts'
import type { Finding } from './finding.ts'
import type { Sketch, SketchName } from './sketch.ts'

/** Names in the alert path that stand for nothing. */
export function alertingMistakes({ channels, receivers, chains, routed }: Sketch): Finding[] {
  const channelNames = channels.flatMap(({ name }) => name ?? [])
  const receiverNames = receivers.flatMap(({ name }) => name ?? [])
  return [...unknown(chains, channelNames, 'channel'), ...unknown(routed, receiverNames, 'receiver')]
}

function unknown(used: readonly SketchName[], known: readonly string[], what: string): Finding[] {
  return used
    .filter(({ name }) => !known.includes(name))
    .map(({ name, path }) => {
      const suggestion = nearest(name, known)
      const message = `there is no ${what} called ${name}`
      return { path, message, ...(suggestion === undefined ? {} : { suggestion }) }
    })
}
