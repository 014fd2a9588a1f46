import mocha from "mocha";

const { Spec, XUnit } = mocha.reporters;

/** JUnit XML in the file that `--reporter-option output=` names, and the tests on the terminal: mocha takes one reporter. */
export default class SpecAndXUnit extends XUnit {
  constructor(runner, options) {
    super(runner, options);
    new Spec(runner, options);
  }
}
