import { METRICS } from './table.ts'

/** docs/metrics.md, wholly. */
export function renderMetricsReference(): string {
  const rows = Object.entries(METRICS).map(([name, { type, help, labels }]) => {
    const list = labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${name}\` | ${type} | ${list} | ${help} |`
  })
  return `# Metrics

Generated from \`src/http/metrics/table.ts\` by \`npm run generate\`; do not edit.

\`GET /metrics\` on \`METRICS_PORT\` (8000), in Prometheus' text format. Counters begin at 0 when the process starts;
everything else is read from the state at each scrape. [prometheus-setup.md](prometheus-setup.md) says how to scrape,
record and keep them, and what \`GET /pve\` serves. Alert rules for them are in
[deploy/prometheus/rules.yml](../deploy/prometheus/rules.yml); [codes.md](codes.md) lists the values of \`guard\` and
\`code\`.

\`\`\`yaml
scrape_configs:
  - job_name: proxmox-watchdog
    static_configs:
      - targets: ['127.0.0.1:8000']
\`\`\`

| metric | type | labels | meaning |
|---|---|---|---|
${rows.join('\n')}

What UPSes tell is there besides under the names and labels of nut_exporter, so that its dashboards and rules work:
\`network_ups_tools_<variable>\` with the label \`ups\` for each variable of NUT that is a number (such as
\`network_ups_tools_battery_charge\`), \`network_ups_tools_ups_status\` with \`ups\` and \`flag\`, and
\`network_ups_tools_device_info\`, without serial number and hardware address. A UPS that is not heard is left out.
`
}
