import type { Message, MessageAlert } from '../../ports/notifier.ts'

const FIRED_MS = Date.UTC(2026, 2, 1, 2, 10)

/** An alert of ours, as the dispatcher would hand it to a channel. */
export function sampleAlert(own: Partial<MessageAlert> = {}): MessageAlert {
  return {
    incident: 7,
    fingerprint: 'a1b2c3d4e5f60718',
    event: 'firing',
    status: 'firing',
    severity: 'critical',
    summary: 'pve3 is down',
    description: 'No probe of pve3 has answered for 90 s.',
    labels: { alertname: 'HostDown', host: 'pve3', severity: 'critical' },
    annotations: { summary: 'pve3 is down' },
    startsMs: FIRED_MS,
    runbookUrl: 'https://example.org/runbook#host-down',
    timeline: [{ atMs: FIRED_MS + 30_000, sentence: 'A power cycle has begun.' }],
    folded: 0,
    ...own,
  }
}

export function sampleMessage(own: Partial<Message> = {}): Message {
  const { alerts = [sampleAlert()] } = own
  return {
    key: 'n42-mail',
    thread: 'incident-7',
    kind: 'alerts',
    status: 'firing',
    severity: 'critical',
    title: 'pve3 is down',
    createdMs: FIRED_MS + 60_000,
    sender: 'watchdog',
    timeZone: 'Europe/Berlin',
    ...own,
    alerts,
  }
}
