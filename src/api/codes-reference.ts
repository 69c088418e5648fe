import { OWN_ALERTS } from '../core/alerts/own/table.ts'
import type { OwnAlert } from '../core/alerts/own/types.ts'
import { GUARDS, HAPPENINGS } from '../core/codes.ts'
import { spell } from '../core/phrase.ts'

/** docs/codes.md, wholly. */
export function renderCodesReference(): string {
  const guards = Object.entries(GUARDS).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`)
  const happenings = Object.entries(HAPPENINGS).map(
    ([code, [severity, sentence]]) => `| \`${code}\` | ${severity} | ${sentence} |`,
  )
  const alerts = Object.entries<OwnAlert>(OWN_ALERTS).map(([name, alert]) => {
    const after =
      alert.kind === 'notice' ? 'at once, once' : alert.forMs === 0 ? 'at once' : `after ${spell(alert.forMs)}`
    return `| [${name}](runbook.md#${name.toLowerCase()}) | ${alert.severity} | ${after} | ${alert.means} |`
  })
  return `# Codes

Generated from \`src/core/codes.ts\` and \`src/core/alerts/own/table.ts\` by \`npm run generate\`; do not edit. Codes are stable: they are metric labels and
what programs may test for.

## Guards

Reasons not to begin cutting power. A guard never stops an ON.

| code | meaning |
|---|---|
${guards.join('\n')}

## Events

Everything that the watchdog tells, in \`proxmox-watchdog events\`, its log and \`/api/v1/events\`.

| code | severity | meaning |
|---|---|---|
${happenings.join('\n')}

## Alerts

What is told to people by itself ([alerting.md](alerting.md)). \`alerts.disable\` takes their names.

| alert | severity | told | meaning |
|---|---|---|---|
${alerts.join('\n')}
`
}
