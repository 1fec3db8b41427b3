/** Exclusive locks as in browsers, for specs: one holder for each name, in the order of the requests. */
export class LocksDouble {
  private readonly queues = new Map<string, Promise<void>>();

  static install(): LocksDouble {
    const locks = new LocksDouble();
    Object.defineProperty(navigator, 'locks', { configurable: true, value: locks });
    return locks;
  }

  static remove(): void {
    Reflect.deleteProperty(navigator, 'locks');
  }

  request(name: string, hold: () => Promise<void>): Promise<void> {
    const turn = (this.queues.get(name) ?? Promise.resolve()).then(hold);
    this.queues.set(name, turn);
    return turn;
  }
}
