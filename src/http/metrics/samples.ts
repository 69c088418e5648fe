import type { LabelsOf, MetricName } from './table.ts'

/** Takes one sample of one metric; the labels are checked against the table by the compiler. */
export type Put = <Name extends MetricName>(name: Name, labels: LabelsOf<Name>, value: number) => void

export const asNumber = (yes: boolean): number => (yes ? 1 : 0)
