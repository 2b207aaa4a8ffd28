// Reads a table batch by batch and says what came of it. Argument: the path.
const { openTable, SamebitsError } = require('../../dist/index.js');

async function main(path) {
  let [rows, batches] = [0, 0];
  let code = null;
  try {
    for await (const batch of (await openTable(path)).batches()) {
      rows += batch.rows;
      batches += 1;
    }
  } catch (error) {
    if (!(error instanceof SamebitsError)) throw error;
    code = error.code;
  }
  process.stdout.write(JSON.stringify({ code, rows, batches }));
}

main(process.argv[2]);
