/** Reads the reports of the two test runners as counts and the titles of skipped tests. */

/** A report of Vitest's json reporter. A file that could not be loaded counts as one failed test. */
export function readVitest(report) {
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === "passed") counts.passed += 1;
      else if (test.status === "failed") counts.failed += 1;
      else counts.skipped.push(test.fullName);
    }
    if (file.status === "failed" && file.assertionResults.length === 0) counts.failed += 1;
  }
  return counts;
}

/** A report of Playwright's json reporter. A flaky test counts as passed; an error outside of tests is a failure. */
export function readPlaywright(report) {
  const counts = { passed: 0, failed: report.errors.length, skipped: [] };
  const visit = (suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === "skipped") counts.skipped.push(spec.title);
        else if (test.status === "unexpected") counts.failed += 1;
        else counts.passed += 1;
      }
    }
    for (const inner of suite.suites ?? []) visit(inner);
  };
  for (const suite of report.suites) visit(suite);
  return counts;
}
