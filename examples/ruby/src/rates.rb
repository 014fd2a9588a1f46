# frozen_string_literal: true

# What an amount is worth, less a fee.
module Rates
  # The worth with two digits. Raises ArgumentError for what is no number.
  def self.exchanged(amount, rate, fee)
    worth = Rational(amount) * Rational(rate) * (1 - Rational(fee))
    format("%.2f", worth.round(2, half: :even))
  end
end
