/** Runs a job one at a time; asked for while it runs, it runs once more afterwards, however often it was asked. */
export class Serial {
  private running: Promise<void> | undefined;
  private again: Promise<void> | undefined;

  constructor(private readonly job: () => Promise<void>) {}

  run(): Promise<void> {
    if (!this.running) {
      this.running = this.job().finally(() => (this.running = undefined));
      return this.running;
    }
    this.again ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.again = undefined;
        return this.run();
      });
    return this.again;
  }
}

/** Sends the newest value only: what came while an answer was awaited is dropped but for the last. */
export class Latest<T> {
  private waiting: { value: T } | undefined;
  private busy = false;

  constructor(private readonly send: (value: T) => Promise<void>) {}

  async offer(value: T): Promise<void> {
    this.waiting = { value };
    if (this.busy) return;
    this.busy = true;
    try {
      for (let next = this.take(); next; next = this.take()) await this.send(next.value);
    } finally {
      this.busy = false;
    }
  }

  private take(): { value: T } | undefined {
    const next = this.waiting;
    this.waiting = undefined;
    return next;
  }
}
