import { GUARDS, HAPPENINGS } from '../core/codes.ts'

/** docs/codes.md, wholly. */
export function renderCodesReference(): string {
  const guards = Object.entries(GUARDS).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`)
  const happenings = Object.entries(HAPPENINGS).map(
    ([code, [severity, sentence]]) => `| \`${code}\` | ${severity} | ${sentence} |`,
  )
  return `# Codes

Generated from \`src/core/codes.ts\` by \`npm run generate\`; do not edit. Codes are stable: they are metric labels and
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
`
}
