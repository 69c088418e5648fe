import { hookAddress, hostOf, isHook, looksBalanced, shownAddress } from '../address.ts'
import { type Finding, finding } from '../finding.ts'
import { type Check, CRITICAL, deadManLabels, type Model, WARNING } from '../model.ts'
import { addressEntry, type Webhook } from '../receivers.ts'
import { resolve } from '../routes.ts'

/** Whether a webhook posts to a relay: by its path, or because its host was said to be one. */
export function postsToRelay({ options }: Pick<Model, 'options'>, { url }: Webhook): boolean {
  return url !== undefined && (isHook(url) || options.relays.some((relay) => hostOf(relay) === hostOf(url)))
}

/** Two relays get every alert, each by an entry of its own: Alertmanager keeps a log of what it sent for each. */
export const twoRelays: Check = (model) => {
  const { receivers, root, webhooks, options } = model
  const relayed = receivers.flatMap((receiver) => {
    const hooks = webhooks.filter((hook) => hook.receiver === receiver && postsToRelay(model, hook))
    return hooks.length === 0 ? [] : [hooks]
  })
  if (relayed.length === 0) return Array.isArray(root.get('receivers').value) ? [none(model)] : []
  const missing = options.relays.filter((relay) => !webhooks.some(({ url = '' }) => hostOf(url) === hostOf(relay)))
  const absent = missing.map((relay) =>
    finding(
      'warning',
      'no-relay',
      root.get('receivers'),
      {
        sentence: `No receiver posts to ${shownAddress(hookAddress(relay))}.`,
        why: 'This relay gets no alerts from this Alertmanager.',
        remedy: 'Add an entry for it to `webhook_configs`, beside that of the other relay.',
      },
      'key',
    ),
  )
  return [...relayed.filter((hooks) => hosts(hooks).size === 1 && !joined(model, hooks)).map(single), ...absent]
}

/** Other receivers of the same alerts post to another relay, as routes that continue can have it. */
function joined(model: Model, hooks: readonly Webhook[]): boolean {
  const ways = [deadManLabels(model.options), CRITICAL, WARNING]
    .map((labels) => resolve(model.route, labels).map(({ receiver }) => receiver))
    .filter((receivers) => hooks.some(({ receiver }) => receivers.includes(receiver.name)))
  const relays = model.webhooks.filter((hook) => postsToRelay(model, hook))
  return (
    ways.length > 0 &&
    ways.every((receivers) => hosts(relays.filter(({ receiver }) => receivers.includes(receiver.name))).size > 1)
  )
}

function hosts(hooks: readonly Webhook[]): ReadonlySet<string> {
  return new Set(hooks.map(({ url = '' }) => hostOf(url)))
}

function single(hooks: readonly Webhook[]): Finding {
  const [hook] = hooks as readonly [Webhook, ...Webhook[]]
  const url = hook.url ?? ''
  const twice = hooks.length > 1 ? ', with more than one entry' : ''
  return finding('warning', 'one-relay', addressEntry(hook), {
    sentence: `The receiver ${hook.receiver.name} posts to one relay only, ${shownAddress(url)}${twice}.`,
    why: looksBalanced(url)
      ? 'It looks like a load balancer: what one relay took the other one never gets, and with the one that has it dead it is lost.'
      : 'While that relay is down nobody is told; what fires and ends meanwhile is never told.',
    remedy: 'Run a second relay elsewhere, and post to each by an entry of its own. They agree on who tells.',
  })
}

function none({ root, options }: Model): Finding {
  const wanted = options.relays.length > 0
  return finding(
    wanted ? 'warning' : 'note',
    'no-relay',
    root.get('receivers'),
    {
      sentence: 'No receiver posts to a relay of proxmox-watchdog.',
      why: 'Alerts of Prometheus then have only what Alertmanager does by itself: no second channel, no escalation, no late delivery.',
      remedy: 'Paste the receiver that is printed here, if that is wanted.',
    },
    'key',
  )
}
