package rates;

final class RatesTest {
  static void takesTheFee() {
    Report.equal("108.90", Rates.exchanged("100", "1.1", "0.01"));
  }

  static void refusesWhatIsNoNumber() {
    try {
      Rates.exchanged("much", "1", "0");
    } catch (NumberFormatException error) {
      return;
    }
    throw new AssertionError("no error");
  }
}
