import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type AlertSite, firing, fromAlertmanager, openAlertSite } from './site/alert-site.ts'
import type { DaemonProcess } from './site/daemon-process.ts'
import { seededRandom } from './site/seeded-random.ts'
import { until } from './site/until.ts'

const KILLS = Number(process.env.KILLS ?? 50)
const ALERTS = 10_000
/** Of one payload. */
const TOGETHER = 25
const CLIENTS = 8

/**
 * Posts every alert until it is acknowledged, as Alertmanager does, spread over all kills; answers how many payloads had
 * to be sent again.
 */
async function postAll(site: AlertSite, acknowledged: Set<number>, kills: () => number): Promise<number> {
  let next = 0
  let again = 0
  const client = async () => {
    for (let from = next; from < ALERTS; from = next) {
      next += TOGETHER
      // So that each kill meets a process that is at work.
      const due = Math.floor((from / ALERTS) * KILLS)
      await until(() => kills() >= due, 600_000)
      const numbers = Array.from({ length: TOGETHER }, (_, index) => from + index)
      const payload = fromAlertmanager(numbers.map((number) => firing('Load', { number: String(number) })))
      for (;;) {
        const answer = await site.post('/hooks/alertmanager', payload).catch(() => undefined)
        if (answer?.status === 200) break
        again += 1
        await sleep(20)
      }
      for (const number of numbers) acknowledged.add(number)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return again
}

function arrivedNumbers(site: AlertSite): Map<number, number> {
  const times = new Map<number, number>()
  for (const { alerts } of site.arrivals()) {
    for (const { labels } of alerts) times.set(Number(labels.number), (times.get(Number(labels.number)) ?? 0) + 1)
  }
  return times
}

test(`killed ${KILLS} times under load: every acknowledged alert of ${ALERTS} arrives`, async (context) => {
  const site = await openAlertSite(context)
  const random = seededRandom(20_261_126)
  let daemon: DaemonProcess = await site.start()
  const acknowledged = new Set<number>()
  let kills = 0
  const posting = postAll(site, acknowledged, () => kills)
  while (kills < KILLS) {
    await sleep(40 + random() * 400)
    await daemon.kill()
    kills += 1
    daemon = await site.start()
  }
  const again = await posting
  expect(acknowledged.size).toBe(ALERTS)
  const all = await until(() => arrivedNumbers(site).size === ALERTS, 120_000)
  const times = arrivedNumbers(site)
  const missing = [...acknowledged].filter((number) => !times.has(number))
  const why = async () => `${(await daemon.get('/api/v1/alerting')).text}\n${daemon.output}`
  expect({ all, missing: missing.slice(0, 10) }, all ? '' : await why()).toEqual({ all: true, missing: [] })
  // A message holds at most 50 alerts, and one is under way at a time: that many may have come twice for each kill.
  const twice = [...times.values()].reduce((sum, count) => sum + count - 1, 0)
  const resent = [...site.manners.deliveries.values()].reduce((sum, { times: count }) => sum + count - 1, 0)
  expect(twice).toBe(0)
  expect(resent).toBeLessThanOrEqual(kills)
  console.log(
    `${kills} kills, ${again} payloads posted again, ${site.manners.deliveries.size} messages, ${resent} sent twice`,
  )
}, 600_000)
