/** Small tables that tests write, always the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** 150 rows of three species (`iris.csv`), 90 rows with a price (`prices.csv`), 60 of yes and no (`bought.csv`), 200 from 40 places (`trips.csv`). */
export function writeTables(folder: string): void {
  let state = 12_345;
  const draw = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const species = ['setosa', 'versicolor', 'virginica'];
  const iris = Array.from({ length: 150 }, (_, i) => {
    const kind = Math.floor(i / 50);
    const [length, width] = [(5 + kind + draw()).toFixed(2), (3 - kind * 0.5 + draw() * 0.5).toFixed(2)];
    return `${length},${width},${['red', 'blue', 'green'][Math.floor(draw() * 3)]},2020-0${1 + (i % 9)}-11,${species[kind]}`;
  });
  const prices = Array.from({ length: 90 }, (_, i) => {
    const size = draw();
    return `${size.toFixed(3)},${['Oslo', 'Bergen', 'Ålesund'][i % 3]},${(3 * size + 0.5 * (i % 3) + 0.1 * draw()).toFixed(3)}`;
  });
  const bought = Array.from({ length: 60 }, (_, i) => {
    const age = Math.floor(20 + 50 * draw());
    return `${age},${['Oslo', 'Bergen', ''][i % 3]},${age + 10 * draw() > 50 ? 'yes' : 'no'}`;
  });
  const write = (name: string, head: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, name), `${[head, ...lines].join('\n')}\n`);
  write('iris.csv', 'length,width,color,seen,species', iris);
  write('prices.csv', 'size,city,price', prices);
  write('bought.csv', 'age,city,bought', bought);
  const trips = Array.from({ length: 200 }, (_, i) => {
    const from = Math.floor(40 * draw());
    return `A${from},${['day', 'night'][i % 2]},${(100 * draw()).toFixed(1)},${from % 2 === 0 ? 'late' : 'early'}`;
  });
  write('trips.csv', 'origin,part,distance,arrival', trips);
}
