/** Points along a path of level lines and curves, as `curveOf` returns it. */
export function pointsOf(path: string): [x: number, y: number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of path.matchAll(/([MHC])([^MHC]*)/g)) {
    const numbers = (rest ?? '').trim().split(' ').map(Number);
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = numbers;
    const [toX, toY] = command === 'C' ? [x3, y3] : [x1, command === 'M' ? y1 : y];
    if (command !== 'M')
      for (let step = 0; step <= 20; step += 1) {
        const part = step / 20;
        const of = (a: number, b: number, c: number, d: number): number =>
          command === 'C'
            ? (1 - part) ** 3 * a +
              3 * (1 - part) ** 2 * part * b +
              3 * (1 - part) * part ** 2 * c +
              part ** 3 * d
            : a + (d - a) * part;
        points.push([of(x, x1, x2, toX), of(y, y1, y2, toY)]);
      }
    [x, y] = [toX, toY];
  }
  return points;
}
