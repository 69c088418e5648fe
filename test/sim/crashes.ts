import type { CrashPlan, CrashPoint, Fate } from './watch.ts'

/** Deaths that wait for their moment. */
export class Crashes {
  #planned: { readonly plan: CrashPlan; left: number }[] = []

  plan(plan: CrashPlan): void {
    this.#planned.push({ plan, left: plan.nth })
  }

  forget(): void {
    this.#planned = []
  }

  /** The fate of a process that dies at this passage of the point; undefined where it lives on. */
  at(point: CrashPoint): Fate | undefined {
    for (const crash of this.#planned) {
      if (crash.plan.point !== point) continue
      if (crash.left > 0) {
        crash.left -= 1
        continue
      }
      this.#planned = this.#planned.filter((each) => each !== crash)
      return crash.plan.fate
    }
    return undefined
  }
}
