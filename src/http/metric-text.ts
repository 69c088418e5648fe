/**
 * Prometheus' text format, written straight: a cluster of 500 guests has some 17,000 samples, for each of which a
 * registry would make and look up an object of labels at every scrape.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export class MetricText {
  #text = ''

  /** Each family once, before its samples. One without samples is well-formed. */
  family(name: string, type: 'gauge' | 'counter', help: string): void {
    this.#text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
  }

  /** `labels` as `labelText` makes them; kept by whoever writes several samples of one thing. */
  sample(name: string, labels: string, value: number | boolean): void {
    this.#text += `${name}${labels} ${typeof value === 'number' ? numberText(value) : value ? '1' : '0'}\n`
  }

  /** `ready` is made of whole lines. */
  lines(ready: string): void {
    this.#text += ready
  }

  toString(): string {
    return this.#text
  }
}

/** `{id="qemu/100",state="started"}`; nothing where there are none. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  let text = ''
  for (const name in labels) {
    text += `${text === '' ? '' : ','}${name}="${escapeLabel(labels[name] ?? '')}"`
  }
  return text === '' ? '' : `{${text}}`
}

export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

const SPECIAL = /[\\"\n]/
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

function escapeLabel(value: string): string {
  return SPECIAL.test(value) ? value.replaceAll(/[\\"\n]/g, (each) => ESCAPES[each] ?? each) : value
}

function escapeHelp(help: string): string {
  return help.replaceAll(/[\\\n]/g, (each) => ESCAPES[each] ?? each)
}
