/** How often something happens, to notice what turns without end. */
export class BusyMeter {
  total = 0
  /** The most within one second so far. */
  busiestSecond = 0
  #second = -1
  #inSecond = 0

  count(nowMs: number): void {
    this.total += 1
    const second = Math.floor(nowMs / 1000)
    this.#inSecond = second === this.#second ? this.#inSecond + 1 : 1
    this.#second = second
    if (this.#inSecond > this.busiestSecond) this.busiestSecond = this.#inSecond
  }
}
