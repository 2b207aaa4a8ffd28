/** The golden results, computed again on this machine by every instruction set. */
import { addon, type ElementaryFunction } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import { bitsOf, fromBits, sha256, wordsOf } from './bits.js';
import { type Check, checkOf, type Finding } from './document.js';
import type { Golden, GoldenElementary, GoldenProducts } from './golden.js';
import { trainGolden } from './golden-network.js';
import { floatsOf } from './made-up.js';
import { describeTeam } from './order.js';
import type { Team } from './sums.js';

/** Products and sums of some shapes: hashes of their bits. */
export async function checkProducts(products: Golden['products'], teams: readonly Team[]): Promise<Check> {
  const findings: Finding[] = [];
  for (const team of teams) {
    for (const expected of products) findings.push(...(await productFindings(expected, team)));
  }
  const well = `${products.length} shapes, 5 products each, by ${teams.length} teams: all hashes are the golden ones.`;
  return checkOf('golden products', findings, well);
}

async function productFindings(golden: GoldenProducts, team: Team): Promise<Finding[]> {
  const { rows, inputs, units } = golden;
  const options = { ...team, reduction: 'fixed' as const };
  const x = floatsOf('floats', rows * inputs, 1);
  const w = floatsOf('floats', inputs * units, 2);
  const b = floatsOf('floats', units, 3);
  const dz = floatsOf('floats', rows * units, 4);
  const backward = { ...options, batchLeaf: 64, freeGrain: 8 };
  const rowSums = new Float32Array(rows);
  for (let i = 0; i < rows; i += 1) {
    rowSums[i] = await addon().sum(x.subarray(i * inputs, (i + 1) * inputs), options);
  }
  const results = {
    forward: await addon().denseForward(x, w, b, rows, inputs, units, 'linear', options),
    ...(await addon().denseBackward(x, w, dz, rows, inputs, units, backward)),
    rowSums,
  };
  return Object.entries(results).map(([name, values]) => ({
    where: `${describeTeam(team)}, ${name} of ${rows} × ${inputs} × ${units}`,
    found: sha256(values),
    expected: golden[name as keyof typeof results],
  }));
}

/** Small trainings: the hashes of weights, optimizer state and predictions, and the bits of the loss. */
export async function checkNetworks(networks: Golden['networks'], teams: readonly Team[]): Promise<Check> {
  const findings: Finding[] = [];
  for (const team of teams) {
    for (const { recipe, expected } of networks) {
      const trained = await trainGolden(recipe, team);
      for (const name of ['weights', 'state', 'evaluateLoss', 'predictions'] as const) {
        const where = `${describeTeam(team)}, ${name} of the network ${recipe.title}`;
        findings.push({ where, found: trained[name], expected: expected[name] });
      }
    }
  }
  const well = `${networks.length} networks trained for 20 steps by ${teams.length} teams: all fingerprints are the golden ones.`;
  return checkOf('golden networks', findings, well);
}

/** Elementary functions at edges and at arguments whose values are hard to round. */
export function checkElementary(elementary: Golden['elementary'], isas: readonly InstructionSet[]): Check {
  const findings: Finding[] = [];
  let values = 0;
  for (const isa of isas) {
    for (const [name, golden] of Object.entries(elementary) as [ElementaryFunction, GoldenElementary][]) {
      findings.push(...elementaryFindings(isa, name, golden));
      values += golden.values.length / 8;
    }
  }
  const well = `${values.toLocaleString('en')} values, hard cases among them, are the correctly rounded ones.`;
  return checkOf('elementary functions', findings, well);
}

function elementaryFindings(isa: InstructionSet, name: ElementaryFunction, golden: GoldenElementary): Finding[] {
  const argumentWords = wordsOf(golden.arguments);
  const x = Float32Array.from(argumentWords, fromBits);
  const y = addon().elementary(name, x, isa);
  return wordsOf(golden.values).map((expected, i) => ({
    where: `${isa}, ${name} of 0x${argumentWords[i]}`,
    found: `0x${bitsOf(y[i])}`,
    expected: `0x${expected}`,
  }));
}
