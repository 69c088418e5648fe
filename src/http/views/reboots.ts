import type { Reboot, Reboots } from '../../api/reboots.ts'
import type { At } from '../../core/time.ts'
import type { KnownReboot, RebootsAnswer } from '../../ports/reboots.ts'
import { maybe, wallPast } from './moments.ts'

export function rebootsOf({ cluster, node, host, reboots }: Extract<RebootsAnswer, { ok: true }>, now: At): Reboots {
  return { cluster, node, host, reboots: reboots.map((reboot) => rebootOf(reboot, now)) }
}

function rebootOf({ boot, bootId, atMs, lastLifeMs, verdict }: KnownReboot, now: At): Reboot {
  const { cause, confidence, sentence, lines, missing, couldBe, before } = verdict
  return {
    boot,
    bootId,
    began: wallPast(atMs, now),
    lastLife: maybe(lastLifeMs, (ms) => wallPast(ms, now)),
    cause,
    confidence,
    sentence,
    lines: lines.map(({ source, text }) => ({ source, text })),
    missing: [...missing],
    couldBe: [...couldBe],
    before,
  }
}
