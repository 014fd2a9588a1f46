package rates;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** What an amount is worth, less a fee. */
final class Rates {
  private Rates() {}

  /** The worth with two digits. */
  static String exchanged(String amount, String rate, String fee) {
    BigDecimal part = BigDecimal.ONE.subtract(new BigDecimal(fee));
    return new BigDecimal(amount).multiply(new BigDecimal(rate)).multiply(part).setScale(2, RoundingMode.HALF_UP).toPlainString();
  }
}
