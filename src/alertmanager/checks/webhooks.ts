import { redirectSuspicion, shownAddress } from '../address.ts'
import { type Finding, finding } from '../finding.ts'
import { allMatch } from '../matcher.ts'
import { type Check, type Model, WARNING } from '../model.ts'
import { addressEntry, type Receiver, type Webhook } from '../receivers.ts'
import { everyRoute, resolve } from '../routes.ts'
import { postsToRelay } from './relays.ts'

/** That an alert has ended is told, too. */
export const sendResolved: Check = (model) =>
  model.receivers.flatMap((receiver) =>
    receiver.integrations
      .filter(({ entry }) => entry.get('send_resolved').flag() === false)
      .filter(() => !onlyForDeadMan(model, receiver))
      .map(({ entry, kind }) => {
        const relay = model.webhooks.some(
          (hook) => hook.entry.path.join() === entry.path.join() && postsToRelay(model, hook),
        )
        return finding(
          relay ? 'error' : 'warning',
          'send-resolved-off',
          entry.get('send_resolved'),
          {
            sentence: `The ${kind} of ${receiver.name} is not told that an alert has ended.`,
            why: relay
              ? 'For the relay it then fires for ever: it reminds and escalates what is over.'
              : 'Nobody knows whether a trouble is still there.',
            remedy: 'Set send_resolved: true.',
          },
          'key',
        )
      }),
  )

/** A dead man's switch need not hear that the sign of life has ended: that it does not come is enough. */
function onlyForDeadMan({ route, options }: Model, receiver: Receiver): boolean {
  const routes = everyRoute(route).filter((one) => one.receiver === receiver.name)
  const others = resolve(route, WARNING)
  return (
    routes.length > 0 &&
    routes.every(
      (one) =>
        one.matchers.some(({ name, value }) => name === 'alertname' && value === options.deadMan) &&
        allMatch(one.matchers, { alertname: options.deadMan, severity: 'none' }) &&
        !others.includes(one),
    )
  )
}

/** No limit cuts alerts off a notification. */
export const truncation: Check = (model) =>
  model.webhooks
    .filter(({ entry }) => Number(entry.get('max_alerts').text() ?? 0) > 0)
    .map((hook) => {
      const most = hook.entry.get('max_alerts')
      return finding(
        postsToRelay(model, hook) ? 'error' : 'warning',
        'alerts-truncated',
        most,
        {
          sentence: `Of one notification only the first ${most.text()} alerts reach ${hook.receiver.name}.`,
          why: 'When much breaks at once, the rest is never told; only their number is.',
          remedy: 'Take max_alerts away, or set it to 0.',
        },
        'key',
      )
    })

/** Addresses that are none, and those that are likely to answer with a redirect. */
export const addresses: Check = ({ webhooks }) =>
  webhooks.flatMap((hook) => {
    const { url } = hook
    if (url === undefined) return []
    if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) return [noAddress(hook)]
    const suspicion = redirectSuspicion(url)
    if (suspicion === undefined) return []
    return [
      finding('warning', 'url-may-redirect', addressEntry(hook), {
        sentence: `${shownAddress(url)} may answer with a redirect: ${suspicion}.`,
        why: 'Alertmanager follows it, a POST then becomes an empty GET, and that counts as delivered: the alert is lost without a word.',
        remedy: 'Give the final address. `--probe` asks it.',
      }),
    ]
  })

function noAddress(hook: Webhook): Finding {
  return finding('error', 'url-invalid', addressEntry(hook), {
    sentence: `The address of a webhook of ${hook.receiver.name} is no URL.`,
    why: 'Alertmanager refuses the whole file, or every notification fails.',
    remedy: 'It begins with http:// or https://.',
  })
}

/** A redirect should be an error that is seen. Alertmanager follows by default. */
export const redirectsFollowed: Check = (model) =>
  model.webhooks.flatMap((hook) => {
    const follow = hook.httpConfig.get('follow_redirects')
    const flag = follow.flag()
    if (flag === false || (flag === undefined && !postsToRelay(model, hook))) return []
    return [
      finding(
        'warning',
        'follows-redirects',
        flag === true ? follow : hook.entry,
        {
          sentence: `A redirect is followed on the way to ${hook.receiver.name}${flag === true ? '' : ', which is the default'}.`,
          why: 'The POST becomes an empty GET, which counts as delivered: the alert is lost without a word.',
          remedy: 'Set follow_redirects: false in its `http_config`: a redirect is then an error, retried and counted.',
        },
        flag === true ? 'key' : 'value',
      ),
    ]
  })
