// Parses Power Query's M with Microsoft's own parser: node parse_m.js < PROGRAM; its status is 1 if it is no M.
'use strict';
const { DefaultSettings, ResultUtils, TaskUtils } = require('@microsoft/powerquery-parser');

const program = require('fs').readFileSync(0, 'utf8');
TaskUtils.tryLexParse(DefaultSettings, program).then((task) => {
  if (TaskUtils.isParseStageOk(task)) return;
  console.error(String((task.error ?? task).message ?? JSON.stringify(task)));
  process.exitCode = 1;
});
