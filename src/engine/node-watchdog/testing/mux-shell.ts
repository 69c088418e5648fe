import type { InsideFacts } from '../../../core/node-watchdog/inside.ts'
import { inside } from '../../../core/node-watchdog/testing/sights.ts'
import type { NodeAct, NodeShell } from '../../../ports/node-shell.ts'

/** One node from inside, whose watchdog-mux does what it is told; and what it was told. */
export class MuxShell implements NodeShell {
  readonly cluster = 'home'
  running = true
  masked = false
  module = true
  readonly acts: NodeAct[] = []
  refuses: NodeAct | undefined
  more: () => Partial<InsideFacts> = () => ({})

  reaches(node: string): boolean {
    return node === 'pve1'
  }

  async look() {
    const closed = { holders: [], devices: this.module ? [{ name: 'watchdog0', state: 'inactive' }] : [] }
    const unit = {
      enabled: this.masked ? 'masked' : 'enabled',
      active: this.running ? 'active' : 'inactive',
      pid: this.running ? 77 : 0,
    }
    const facts = inside({
      ...(this.running ? {} : closed),
      deviceNode: this.module,
      modules: this.module ? [{ name: 'softdog', parameters: {} }] : [],
      units: { 'watchdog-mux': unit },
      ...this.more(),
    })
    return { ok: true as const, facts }
  }

  async act(_node: string, act: NodeAct) {
    this.acts.push(act)
    if (this.refuses === act) {
      return { ok: false, code: 'refused', sentence: 'pve1 refused.', mayHaveHappened: false } as const
    }
    if (act === 'mask-mux') this.masked = true
    if (act === 'unmask-mux') this.masked = false
    if (act === 'stop-mux') this.running = false
    if (act === 'unload-softdog') this.module = false
    if (act === 'start-mux') {
      this.running = true
      this.module = true
    }
    return { ok: true as const }
  }
}
