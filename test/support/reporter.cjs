const { reporters } = require('mocha');

// The spec reporter, closed by the one line that scripts and people read: "N passed, N failed, N skipped".
module.exports = class extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes = 0, failures = 0, pending = 0 } = this.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }
};
