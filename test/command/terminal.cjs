// Preloaded by tests: standard error is a pipe that says it is a terminal.
Object.assign(process.stderr, { isTTY: true, columns: 80, rows: 24 });
