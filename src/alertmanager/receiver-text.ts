import { hookAddress } from './address.ts'

const PLACEHOLDERS = ['http://relay-a.lan:8000', 'http://relay-b.lan:8000'] as const
const NAME = 'proxmox-watchdog'

/**
 * What to paste into an alertmanager.yml, as YAML: the receiver with one entry for each of two relays, and the route of
 * the alert that always fires. Tokens are named by file and never written here.
 */
export function receiverText(
  relays: { readonly a?: string | undefined; readonly b?: string | undefined },
  deadMan: string,
): string {
  const entries = (
    [
      ['a', relays.a ?? PLACEHOLDERS[0]],
      ['b', relays.b ?? PLACEHOLDERS[1]],
    ] as const
  ).map(([letter, relay]) => webhook(hookAddress(relay), letter))
  return `route:
  # Of your own route keep what it has; everything goes to the relays unless another route takes it.
  receiver: ${NAME}
  group_by: [alertname, cluster]
  routes:
    # The sign of life. Told every minute: it is looked at every 30s, and told if the last time is longer ago than 45s.
    - matchers: [${quoted(`alertname=${JSON.stringify(deadMan)}`)}]
      receiver: ${NAME}
      group_wait: 0s
      group_interval: 30s
      repeat_interval: 45s

receivers:
  - name: ${NAME}
    # Two entries, no load balancer: Alertmanager delivers to each of them and keeps a log for each. The relays agree on
    # who of them tells you.
    webhook_configs:
${entries.join('')}`
}

function webhook(url: string, letter: string): string {
  return `      - url: ${quoted(url)}
        send_resolved: true
        max_alerts: 0
        http_config:
          # A redirect would turn the message into an empty one that counts as delivered.
          follow_redirects: false
          authorization:
            type: Bearer
            # Put the token of the hook of this relay into this file, readable for Alertmanager only.
            credentials_file: /etc/alertmanager/${NAME}-${letter}.token
`
}

/** For YAML, in single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll(/[\r\n]+/g, ' ')}'`
}
