// Trains in a folder where files may not grow beyond what the shell allows; prints the error's code and cause.
const { fitted } = require('./kill-problem.cjs');

fitted(process.argv[2], null, 200).then(
  () => process.stdout.write('no error'),
  (error) => process.stdout.write(`${error.code} ${error.cause?.code}`),
);
