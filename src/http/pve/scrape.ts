import { type NodeView, type Read, type ReadError, SECTIONS, type Section } from '../../core/cluster/types.ts'
import { elapsedMs } from '../../core/time.ts'
import { labelText, type MetricText } from '../metric-text.ts'
import type { Scope } from './scope.ts'

/** How old the parts are that the rest was made of, and which could not be read. The other exporter has no such thing. */
export function writeScrape({ views, now }: Scope, text: MetricText): void {
  text.family('pve_scrape_section_age_seconds', 'gauge', 'How old the last reading of a part is.')
  for (const view of views) {
    for (const section of SECTIONS) {
      const read = readOf(view, section)
      if (read === undefined) continue
      const ageS = Math.max(0, elapsedMs(read.at, now)) / 1000
      text.sample('pve_scrape_section_age_seconds', labelText({ node: view.node, section }), ageS)
    }
  }
  text.family('pve_scrape_section_error', 'gauge', 'Why a part could not be read the last time; only while it cannot.')
  for (const { node, errors } of views) {
    for (const [section, { code }] of Object.entries(errors) as [Section, ReadError][]) {
      text.sample('pve_scrape_section_error', labelText({ node, section, code }), 1)
    }
  }
}

function readOf(view: NodeView, section: Section): Read<unknown> | undefined {
  return view[section === 'node' ? 'own' : section]
}
