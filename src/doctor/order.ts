/** Whether sums are formed in the contract's order, seen from outside. */
import { type Check, checkOf, type Finding } from './document.js';
import { revealOrder } from './order-probe.js';
import { describeRule, describeTree, sameTree, treeOf } from './sum-tree.js';
import type { Sum, Team } from './sums.js';

/** Four whole leaves and a fifth, shorter one: an odd number of leaves, an odd number of lanes in use. */
function probedTerms(leaf: number): number {
  return 4 * leaf + 37;
}

/** One check for each sum, over all teams. */
export async function checkOrders(sums: readonly Sum[], teams: readonly Team[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const sum of sums) {
    const count = probedTerms(sum.rule.leaf);
    const findings: Finding[] = [];
    for (const team of teams) findings.push(await probe(sum, team, count));
    const order = describeRule(count, sum.rule);
    const well = `Read off the results: ${count} terms, ${order}, leaves combined in pairs.`;
    checks.push(checkOf(`order of ${sum.name}`, findings, well));
  }
  return checks;
}

async function probe({ rule, on }: Sum, team: Team, count: number): Promise<Finding> {
  const expected = describeRule(count, rule);
  const revealed = await revealOrder(on(team), count);
  let found = expected;
  if (revealed.tree === null) found = revealed.reason;
  else if (!sameTree(revealed.tree, treeOf(count, rule))) found = describeTree(revealed.tree, count);
  return { where: describeTeam(team), found, expected };
}

export function describeTeam({ isa, threads }: Team): string {
  return `${isa}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
